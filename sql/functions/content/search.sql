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
language sql stable parallel safe set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
    with recursive bounds as materialized (
        select 200 * greatest((greatest(skip, 0)::bigint + least(greatest(most, 0), 100) + 199) / 200, 1) as looked_at
    ),

    written_in as (
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
            tsvector_to_array(
                to_tsvector(
                    content.text_search_configuration(found.language_code),
                    -- What stands between < and > would be a tag to it.
                    translate(left(query, 500) || ' ' || content.fold(left(query, 500)), '<>', '  ')
                )
            ) as stems
        from written_in as found
        where found.language_code is not null and (in_language is null or found.language_code = in_language)
    ),

    -- Documents that have a word in title, tags or excerpt come before all others, unless they weigh nothing.
    in_heads as materialized (
        select
            indexed.content_id,
            indexed.language_code,
            ts_rank('{0.1, 0.2, 0.4, 1.0}', indexed.head_vector, languages.wanted) * indexed.search_weight as head_rank,
            indexed.published_at
        from languages
        inner join content.search_index as indexed
            on
                indexed.head_vector @@ (
                    select string_agg('''' || replace(replace(stem, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery
                    from unnest(languages.stems) as stem
                )
                and indexed.language_code = languages.language_code
                and indexed.combined_vector @@ languages.wanted
        where indexed.site = in_site and (of_type is null or indexed.content_type = of_type)
        order by head_rank desc, indexed.published_at desc nulls last, indexed.content_id
        limit (select looked_at from bounds)
    ),

    -- Then the newest.
    others as materialized (
        select
            indexed.content_id,
            indexed.language_code,
            0 as head_rank,
            indexed.published_at
        from languages
        inner join content.search_index as indexed
            on indexed.language_code = languages.language_code and indexed.combined_vector @@ languages.wanted
        where
            indexed.site = in_site
            and (of_type is null or indexed.content_type = of_type)
            and (select count(*) from in_heads where head_rank > 0) < (select looked_at from bounds)
        order by indexed.published_at desc nulls last, indexed.content_id
        limit (select looked_at from bounds)
    ),

    candidates as materialized (
        select
            found.content_id,
            found.language_code,
            languages.wanted,
            languages.stems,
            (row_number() over (order by found.head_rank desc, found.published_at desc nulls last, found.content_id) - 1)
            / 200 as block
        from (
            select distinct on (every.content_id, every.language_code) every.*
            from (
                select * from in_heads
                where head_rank > 0
                union all
                table others
            ) as every
            order by every.content_id, every.language_code, every.head_rank desc
        ) as found
        inner join languages using (language_code)
        order by block
        limit (select looked_at from bounds)
    ),

    ranked as materialized (
        select
            indexed.*,
            candidates.wanted,
            candidates.stems,
            candidates.block,
            (ts_rank_cd('{0.1, 0.2, 0.4, 1.0}', indexed.combined_vector, candidates.wanted, 1) * indexed.search_weight)::real
                as document_rank
        from candidates
        inner join content.search_index as indexed using (content_id, language_code)
        order by candidates.block, document_rank desc, indexed.url_path
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
    order by placed.block, placed.document_rank desc, placed.url_path
$$;
comment on function content.search is
'Documents of a site that a query of up to 500 characters finds, best first: words, "phrases", or, -without. Snippets mark what was found. Those come first that have the words in title, tags or excerpt, then the newest, and of these each 200 are ranked among themselves.';
