create or replace function content.suggest(prefix text, in_site text, most integer default 8) returns table (
    content_id uuid,
    url_path text,
    title text
)
language sql stable parallel safe set enable_seqscan = off as $$
    select
        indexed.content_id,
        indexed.url_path,
        indexed.title
    from content.search_index as indexed
    where
        indexed.site = in_site
        and indexed.title_vector @@ (
            select string_agg('''' || replace(replace(word, '\', '\\'), '''', '''''') || ''':*', ' & ')::tsquery
            from unnest(tsvector_to_array(to_tsvector('simple', content.fold(prefix)))) as word
        )
    order by
        not starts_with(lower(indexed.title), lower(prefix)),
        length(indexed.title),
        indexed.url_path
    limit least(greatest(most, 0), 100)
$$;
comment on function content.suggest is
'Documents of a site in whose title or tags each word of the prefix begins a word; titles that begin with it first.';
