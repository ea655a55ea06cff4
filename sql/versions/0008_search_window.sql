-- Search in bounded time: to rank by the whole text costs by the document, and a common word stands in most of them.

alter table content.search_index
add column head_vector tsvector not null default '',
add column published_at timestamptz;
alter table content.search_index alter head_vector drop default;
comment on column content.search_index.head_vector is
'Title (weight A), tags (B) and excerpt (C): short enough to look at for every document that a query finds.';
comment on column content.search_index.content_vector is 'Words of the body, without their places.';
comment on column content.search_index.published_at is 'As in content.items.';

create or replace function content.make_search_vectors() returns trigger
language plpgsql as $$
declare
    body tsvector := setweight(content.search_vector(new.language_code, new.content), 'D');
begin
    new.title_vector := to_tsvector('simple', content.fold(new.title || ' ' || new.tags));
    new.content_vector := strip(body);
    new.head_vector := setweight(content.search_vector(new.language_code, new.title), 'A')
        || setweight(content.search_vector(new.language_code, new.tags), 'B')
        || setweight(content.search_vector(new.language_code, new.excerpt), 'C');
    new.combined_vector := new.head_vector || body;
    return new;
end
$$;
-- Vectors that were made beside come along.
drop trigger make_search_vectors on content.search_index;
create trigger make_search_vectors before insert on content.search_index
for each row when (new.combined_vector is null) execute function content.make_search_vectors();
create trigger renew_search_vectors
before update of language_code, title, tags, excerpt, content on content.search_index
for each row execute function content.make_search_vectors();
update content.search_index set title = title;
update content.search_index set published_at = items.published_at
from content.items
where search_index.content_id = items.content_id;

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
        limit greatest(300, skip::bigint + most)
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
'Documents of a site that a query of up to 500 characters finds, best first: words, "phrases", or, -without. Snippets mark what was found. Of more than 300 documents, those are ranked that have the words in title, tags or excerpt, then the newest.';
