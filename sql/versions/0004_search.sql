-- Search: what the documents of a site say, ranked, with snippets, and suggestions while typing.

alter table content.items add column language_code text;
comment on column content.items.language_code is
'Language (ISO 639-1), as the front matter says, else as it reads; NULL where the text is too short to tell.';

-- Without accents and in lower case. (The unaccent extension is not on every server.)
create function content.fold(words text) returns text
language sql immutable strict parallel safe as $$
    select regexp_replace(
        normalize(
            translate(replace(replace(replace(lower(words), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'øłđı', 'oldi'), nfd
        ),
        '[\u0300-\u036f]', '', 'g'
    )
$$;
comment on function content.fold is 'The text in lower case and without accents, as it is searched.';

create function content.text_search_configuration(language_code text) returns regconfig
language sql immutable parallel safe as $$
    select case language_code
        when 'ar' then 'arabic'::regconfig when 'da' then 'danish' when 'de' then 'german' when 'el' then 'greek'
        when 'en' then 'english' when 'es' then 'spanish' when 'fi' then 'finnish' when 'fr' then 'french'
        when 'hi' then 'hindi' when 'hu' then 'hungarian' when 'hy' then 'armenian' when 'id' then 'indonesian'
        when 'it' then 'italian' when 'lt' then 'lithuanian' when 'nl' then 'dutch' when 'no' then 'norwegian'
        when 'pt' then 'portuguese' when 'ro' then 'romanian' when 'ru' then 'russian' when 'sr' then 'serbian'
        when 'sv' then 'swedish' when 'ta' then 'tamil' when 'tr' then 'turkish'
        else 'simple'
    end
$$;
comment on function content.text_search_configuration is
'The configuration that knows the stems of a language; the one that takes words as they are for any other.';

-- A stemmer knows its language with accents, a reader may type none: words that have some are kept without them too.
create function content.search_vector(language_code text, words text) returns tsvector
language sql immutable strict parallel safe as $$
    select to_tsvector(content.text_search_configuration(language_code), words)
        || to_tsvector(
            content.text_search_configuration(language_code),
            coalesce(
                (
                    select string_agg(content.fold(accented.word[1]), ' ')
                    from regexp_matches(words, '[[:alnum:]]*[\u00c0-\u024f\u1e00-\u1eff][[:alnum:]]*', 'g') as accented (word)
                ),
                ''
            )
        )
$$;
comment on function content.search_vector is 'The words of a text as they are searched: as written, and without accents.';

create table content.search_index (
    content_id uuid not null references content.items on delete cascade deferrable initially deferred,
    language_code text not null,
    site text not null,
    user_code text not null,
    content_type text not null,
    url_path text not null,
    title text not null,
    content text not null,
    excerpt text not null,
    tags text not null,
    title_vector tsvector not null,
    content_vector tsvector not null,
    combined_vector tsvector not null,
    search_weight real not null default 1,
    primary key (content_id, language_code)
);
-- Compressing them takes longer than making them.
alter table content.search_index alter content_vector set storage external, alter combined_vector set storage external;
create index on content.search_index using gin (combined_vector);
create index on content.search_index using gin (title_vector);
create index on content.search_index (site, language_code);
comment on table content.search_index is 'One row per published document and language, as it is searched.';
comment on column content.search_index.content_id is 'The document.';
comment on column content.search_index.language_code is 'Language (ISO 639-1); empty where it is not known.';
comment on column content.search_index.site is 'Site to which the document belongs.';
comment on column content.search_index.user_code is 'Owner of the site: the tenant.';
comment on column content.search_index.content_type is 'As in content.items.';
comment on column content.search_index.url_path is 'As in content.items.';
comment on column content.search_index.title is 'As in content.items.';
comment on column content.search_index.content is 'The body without Markdown''s marks, up to 500,000 characters.';
comment on column content.search_index.excerpt is 'As in content.items, or empty.';
comment on column content.search_index.tags is 'Tags, separated by commas.';
comment on column content.search_index.title_vector is 'Words of the title and tags as they stand, without accents: for suggestions.';
comment on column content.search_index.content_vector is 'Words of the body, weight D.';
comment on column content.search_index.combined_vector is 'Title (weight A), tags (B), excerpt (C) and body (D): for the search.';
comment on column content.search_index.search_weight is 'Factor of the rank; 1 unless the front matter gives a search_weight.';

create function content.make_search_vectors() returns trigger
language plpgsql as $$
begin
    new.title_vector := to_tsvector('simple', content.fold(new.title || ' ' || new.tags));
    new.content_vector := setweight(content.search_vector(new.language_code, new.content), 'D');
    new.combined_vector := setweight(content.search_vector(new.language_code, new.title), 'A')
        || setweight(content.search_vector(new.language_code, new.tags), 'B')
        || setweight(content.search_vector(new.language_code, new.excerpt), 'C')
        || new.content_vector;
    return new;
end
$$;
comment on function content.make_search_vectors is 'Makes the vectors of a row of content.search_index from its texts.';
create trigger make_search_vectors before insert or update on content.search_index
for each row execute function content.make_search_vectors();

create function content.search(
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
            websearch_to_tsquery(content.text_search_configuration(found.language_code), query)
                || websearch_to_tsquery(content.text_search_configuration(found.language_code), content.fold(query))
                as wanted
        from (
            select distinct indexed.language_code
            from content.search_index as indexed
            where indexed.site = in_site and (in_language is null or indexed.language_code = in_language)
        ) as found
    ),
    ranked as materialized (
        select
            indexed.*,
            languages.wanted,
            (ts_rank_cd('{0.1, 0.2, 0.4, 1.0}', indexed.combined_vector, languages.wanted, 1) * indexed.search_weight)::real
                as document_rank
        from languages
        inner join content.search_index as indexed
            on indexed.language_code = languages.language_code and indexed.combined_vector @@ languages.wanted
        where indexed.site = in_site and (of_type is null or indexed.content_type = of_type)
        order by document_rank desc, indexed.url_path
        limit least(greatest(most, 0), 100) offset greatest(skip, 0)
    )
    select
        ranked.content_id,
        ranked.content_type,
        ranked.language_code,
        ranked.url_path,
        ranked.title,
        ts_headline(
            content.text_search_configuration(ranked.language_code),
            left(ranked.content, 20000),
            ranked.wanted,
            'StartSel=<mark>, StopSel=</mark>, MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter=" … "'
        ),
        ranked.document_rank
    from ranked
    order by ranked.document_rank desc, ranked.url_path
$$;
comment on function content.search is
'Documents of a site that a query finds, best first: words, "phrases", or, -without. Snippets mark what was found.';

create function content.suggest(prefix text, in_site text, most integer default 8) returns table (
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
