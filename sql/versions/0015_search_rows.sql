-- Less time for a first sync, whose search rows are written while the next documents are read, and for each search.

create function content.write_search_row() returns trigger
language plpgsql as $$
begin
    insert into content.search_index (
        content_id, language_code, site, user_code, content_type, url_path, title, content, excerpt, tags, title_vector,
        content_vector, combined_vector, head_vector, search_weight, published_at
    )
    select
        new.content_id, new.language_code, new.site, new.user_code, new.content_type, new.url_path, new.title,
        new.content, new.excerpt, new.tags, new.title_vector, new.content_vector, new.combined_vector, new.head_vector,
        new.search_weight, new.published_at
    -- What stands there is deleted when all is read, and its search row with it.
    where not exists (select from content.items where items.content_id = new.content_id)
    on conflict do nothing;
    if found then
        new.is_written := true;
        new.content := '';
        new.title_vector := '';
        new.content_vector := '';
        new.combined_vector := '';
        new.head_vector := '';
    end if;
    return new;
end
$$;
comment on function content.write_search_row is
'Writes a row of a table beside to content.search_index, if its document is a new one; the row stays as a mark of that.';

-- As before, in less time: the languages of a site are found by a step of its index for each, where a snippet begins is
-- looked for once, and a snippet is made of 800 characters in place of 1,200.
create or replace function content.search(
    query text,
    in_site text,
    of_type text default null,
    in_language text default null,
    most integer default 10,
    skip integer default 0
) returns table (
    content_id uuid,
    content_type text,
    language_code text,
    url_path text,
    title text,
    snippet text,
    rank real
)
-- The planner does not know what it costs to unpack the vectors of all documents.
language sql stable parallel safe set enable_seqscan = off as $$
    with recursive written_in as (
        select min(indexed.language_code) as language_code
        from content.search_index as indexed
        where indexed.site = in_site
        union all
        select (
            select min(indexed.language_code)
            from content.search_index as indexed
            where indexed.site = in_site and indexed.language_code > written_in.language_code
        )
        from written_in
        where written_in.language_code is not null
    ),

    languages as materialized (
        select
            found.language_code,
            websearch_to_tsquery(content.text_search_configuration(found.language_code), left(query, 500))
                || websearch_to_tsquery(
                    content.text_search_configuration(found.language_code), content.fold(left(query, 500))
                ) as wanted,
            tsvector_to_array(to_tsvector(content.text_search_configuration(found.language_code), left(query, 500)))
                as stems
        from written_in as found
        where found.language_code is not null and (in_language is null or found.language_code = in_language)
    ),

    candidates as materialized (
        select
            indexed.content_id,
            indexed.language_code,
            languages.wanted,
            languages.stems
        from languages
        inner join content.search_index as indexed
            on indexed.language_code = languages.language_code and indexed.combined_vector @@ languages.wanted
        where indexed.site = in_site and (of_type is null or indexed.content_type = of_type)
        order by
            ts_rank('{0.1, 0.2, 0.4, 1.0}', indexed.head_vector, languages.wanted) * indexed.search_weight desc,
            indexed.published_at desc nulls last,
            indexed.content_id
        limit greatest(200, skip::bigint + most)
    ),

    ranked as materialized (
        select
            indexed.*,
            candidates.wanted,
            candidates.stems,
            (ts_rank_cd('{0.1, 0.2, 0.4, 1.0}', indexed.combined_vector, candidates.wanted, 1) * indexed.search_weight)::real
                as document_rank
        from candidates
        inner join content.search_index as indexed using (content_id, language_code)
        order by document_rank desc, indexed.url_path
        limit least(greatest(most, 0), 100) offset greatest(skip, 0)
    ),

    -- A snippet is made of the text around the first word that was found; to look through all of it takes longer than
    -- the search. A stem is how its words begin, as a rule; where it is not, the snippet is of the beginning.
    placed as materialized (
        select
            ranked.*,
            coalesce(
                (
                    select greatest(min(nullif(strpos(lower(left(ranked.content, 20000)), stem), 0)) - 200, 1)
                    from unnest(ranked.stems) as stem
                ),
                1
            ) as snippet_start
        from ranked
    )

    select
        placed.content_id,
        placed.content_type,
        placed.language_code,
        placed.url_path,
        placed.title,
        ts_headline(
            content.text_search_configuration(placed.language_code),
            regexp_replace(
                substr(placed.content, placed.snippet_start, 800),
                case when placed.snippet_start > 1 then '^\S*\s' else '^' end,
                ''
            ),
            placed.wanted,
            'StartSel=<mark>, StopSel=</mark>, MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter=" … "'
        ),
        placed.document_rank
    from placed
    order by placed.document_rank desc, placed.url_path
$$;
