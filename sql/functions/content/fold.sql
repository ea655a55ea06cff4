-- Without accents and in lower case. (The unaccent extension is not on every server.)
create or replace function content.fold(words text) returns text
language sql immutable strict parallel safe as $$
    select regexp_replace(
        normalize(
            translate(replace(replace(replace(lower(words), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'øłđı', 'oldi'), nfd
        ),
        '[\u0300-\u036f]', '', 'g'
    )
$$;
comment on function content.fold is 'The text in lower case and without accents, as it is searched.';
