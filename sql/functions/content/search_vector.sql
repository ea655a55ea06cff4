-- As before; what is ASCII has no accents to take away.
create or replace function content.search_vector(language_code text, words text) returns tsvector
language plpgsql immutable strict parallel safe as $$
declare
    configuration constant regconfig := content.text_search_configuration(language_code);
    vector constant tsvector := to_tsvector(configuration, words);
    accented text;
begin
    if octet_length(words) > length(words) then
        accented := (
            select string_agg(found.word[1], ' ')
            from regexp_matches(words, '[[:alnum:]]*[\u00c0-\u024f\u1e00-\u1eff][[:alnum:]]*', 'g') as found (word)
        );
    end if;
    return case when accented is null then vector else vector || to_tsvector(configuration, content.fold(accented)) end;
end
$$;
comment on function content.search_vector is 'The words of a text as they are searched: as written, and without accents.';
