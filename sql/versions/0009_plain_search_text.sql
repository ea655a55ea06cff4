-- Less work for each document that is searched, and for each that is made searchable.

-- Compressing text takes as long as making its vectors, and of compressed text no slice can be read alone, as snippets do.
alter table content.search_index alter content set storage external;
alter table content.items alter body set storage external;

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

-- As before, but of at most 200 candidates.
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
    with languages as materialized (
        select
            found.language_code,
            websearch_to_tsquery(content.text_search_configuration(found.language_code), left(query, 500))
                || websearch_to_tsquery(
                    content.text_search_configuration(found.language_code), content.fold(left(query, 500))
                ) as wanted,
            tsvector_to_array(to_tsvector(content.text_search_configuration(found.language_code), left(query, 500)))
                as stems
        from (
            select distinct indexed.language_code
            from content.search_index as indexed
            where indexed.site = in_site and (in_language is null or indexed.language_code = in_language)
        ) as found
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
    placed as (
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
                substr(placed.content, placed.snippet_start, 1200),
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
comment on function content.search is
'Documents of a site that a query of up to 500 characters finds, best first: words, "phrases", or, -without. Snippets mark what was found. Of more than 200 documents, those are ranked that have the words in title, tags or excerpt, then the newest.';
