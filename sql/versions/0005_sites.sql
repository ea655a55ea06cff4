-- Sites with their repositories; what documents link to, what their texts measure, and every URL they had.

create table content.sites (
    site text primary key,
    user_code text not null,
    repository text,
    branch text,
    content_root text,
    build_url text,
    added_at timestamptz not null default now(),
    read_as text,
    content_folder text,
    head_commit text,
    fingerprint text,
    synced_at timestamptz,
    sync_error text
);
comment on table content.sites is 'One row per site of this installation: what it is, and how far its content has been read.';
comment on column content.sites.site is 'Name of the site, its host as a rule; events and content carry it.';
comment on column content.sites.user_code is 'Owner of the site: the tenant.';
comment on column content.sites.repository is
'Folder or Git repository (a path or a URL) that holds the content; NULL for a site whose visits alone are known.';
comment on column content.sites.branch is
'Branch whose commits are read; NULL for the working tree of a local repository, or the default branch of another.';
comment on column content.sites.content_root is
'Folder of the Markdown files below the repository''s; NULL where the generator''s own is meant.';
comment on column content.sites.build_url is 'Webhook that builds the site; NULL for none.';
comment on column content.sites.added_at is 'When it was added.';
comment on column content.sites.read_as is
'Digest of what else the tables are made by: owner, content folder, rules of types and URLs. Another one, and all is read again.';
comment on column content.sites.content_folder is
'Folder of the Markdown files that was read last, below the repository''s; empty where that is all of it.';
comment on column content.sites.head_commit is 'Newest commit that has been read; NULL before the first, and outside of Git.';
comment on column content.sites.fingerprint is
'What the source was when it was read, told without reading it; another one, and the sensor asks for a sync.';
comment on column content.sites.synced_at is 'When the content was last read.';
comment on column content.sites.sync_error is 'Why the last sync could not be done; NULL where it was.';

-- What it said stands in content.sites; whatever was read before is read again, with the columns below.
drop table content.histories;

alter table content.items add column aliases jsonb not null default '[]';
comment on column content.items.aliases is 'Array of other URL paths that lead to it, as the front matter says.';

-- They are read again, with their new columns.
truncate content.content_versions;
alter table content.content_versions
add column content_type text, add column url_path text, add column path_id uuid not null;
-- Two sites may be made of one repository, and of one document: staging, and what it is for.
alter table content.content_versions
drop constraint content_versions_pkey, add primary key (site, content_id, version_number);
comment on column content.content_versions.path_id is
'Id that follows from the path at which the document began; content_id is the same, unless front matter names another.';
comment on column content.content_versions.content_type is 'Type of the document after the commit; NULL while its file stood outside of the content folder.';
comment on column content.content_versions.url_path is
'Path under which visitors saw this version; NULL where the file is deleted, cannot be read, or stood outside of the content folder.';

create table content.measures (
    site text not null,
    user_code text not null,
    content_hash text not null,
    language_code text,
    word_count integer not null,
    reading_minutes double precision not null,
    sentence_count integer not null,
    paragraph_count integer not null,
    heading_count integer not null,
    image_count integer not null,
    images_without_text integer not null,
    code_block_count integer not null,
    internal_link_count integer not null,
    external_link_count integer not null,
    readability double precision,
    entity_count integer,
    has_title boolean not null,
    has_description boolean not null,
    has_tags boolean not null,
    has_date boolean not null,
    primary key (site, content_hash)
);
comment on table content.measures is
'One row per text of a site: what it measures. Items and versions have it by their content_hash.';
comment on column content.measures.site is 'Site to which the text belongs.';
comment on column content.measures.user_code is 'Owner of the site: the tenant.';
comment on column content.measures.content_hash is 'SHA-256 of the file, hexadecimal.';
comment on column content.measures.language_code is
'Language (ISO 639-1), as the front matter says, else as it reads; NULL where the text is too short to tell.';
comment on column content.measures.word_count is 'Words; a character of Chinese or Japanese counts as one.';
comment on column content.measures.reading_minutes is 'Minutes that reading takes at an average pace.';
comment on column content.measures.sentence_count is 'Sentences.';
comment on column content.measures.paragraph_count is 'Paragraphs.';
comment on column content.measures.heading_count is 'Headings of every level.';
comment on column content.measures.image_count is 'Images.';
comment on column content.measures.images_without_text is 'Images without an alternative text.';
comment on column content.measures.code_block_count is 'Blocks of code.';
comment on column content.measures.internal_link_count is 'Links to pages of the site itself.';
comment on column content.measures.external_link_count is 'Links to other sites.';
comment on column content.measures.readability is
'LIX (Björnsson 1968): words a sentence plus the percentage of words longer than six letters. Below 30 very easy, above 60 very hard; NULL for short texts and scripts without spaces.';
comment on column content.measures.entity_count is
'Different proper names, as capitals inside sentences tell them; NULL for languages in which they do not.';
comment on column content.measures.has_title is 'A title is written, in the front matter or as a heading.';
comment on column content.measures.has_description is 'A description is written in the front matter.';
comment on column content.measures.has_tags is 'It has tags.';
comment on column content.measures.has_date is 'It has a date.';

create table content.links (
    content_id uuid not null references content.items on delete cascade deferrable initially deferred,
    position integer not null,
    site text not null,
    user_code text not null,
    kind text not null check (kind in ('link', 'image')),
    target text not null,
    link_text text not null,
    start_offset integer,
    is_internal boolean not null,
    paths text[] not null,
    files text[] not null,
    primary key (content_id, position)
);
create index on content.links (site) where is_internal;
comment on table content.links is 'One row per link and image of a document that stands there now.';
comment on column content.links.content_id is 'The document.';
comment on column content.links.position is 'Place among the links of the document, from 1.';
comment on column content.links.site is 'Site to which the document belongs.';
comment on column content.links.user_code is 'Owner of the site: the tenant.';
comment on column content.links.kind is 'link or image.';
comment on column content.links.target is 'Where it leads, as it is written.';
comment on column content.links.link_text is 'Its text; of an image the alternative text.';
comment on column content.links.start_offset is
'Characters of the body before the target; NULL where it does not stand there as such.';
comment on column content.links.is_internal is 'It leads to the site itself.';
comment on column content.links.paths is 'URL paths that the target may mean; several where it is relative.';
comment on column content.links.files is 'Files below the repository''s folder that the target may mean.';

create table content.files (
    site text not null,
    user_code text not null,
    file_path text not null,
    url_path text not null,
    primary key (site, file_path)
);
create index on content.files (site, url_path);
comment on table content.files is 'One row per file of a site that is no document, and is served as it is.';
comment on column content.files.site is 'Site to which the file belongs.';
comment on column content.files.user_code is 'Owner of the site: the tenant.';
comment on column content.files.file_path is 'Path below the repository''s folder, with forward slashes.';
comment on column content.files.url_path is 'Path under which the site serves it.';

create view content.paths as
with versions as (
    select
        site,
        user_code,
        content_id,
        content_type,
        file_path,
        url_path,
        authored_at,
        row_number() over (partition by site, content_id order by version_number desc) as age
    from content.content_versions
    where url_path is not null
),

former as (
    select
        site,
        user_code,
        content_id,
        url_path,
        max(authored_at) as last_at
    from versions
    group by site, user_code, content_id, url_path
)

select
    site,
    user_code,
    url_path as path,
    content_id,
    content_type,
    file_path,
    case when is_draft then 'draft' else 'current' end as kind,
    case when is_draft then 3 else 1 end as precedence,
    null::timestamptz as last_at
from content.items
union all
select site, user_code, alias, content_id, content_type, file_path, 'alias', 2, null
from content.items, jsonb_array_elements_text(aliases) as alias
where not is_draft
union all
select
    former.site,
    former.user_code,
    former.url_path,
    former.content_id,
    coalesce(items.content_type, newest.content_type),
    coalesce(items.file_path, newest.file_path),
    case when items.content_id is null then 'deleted' else 'old' end,
    4,
    former.last_at
from former
inner join versions as newest
    on former.site = newest.site and former.content_id = newest.content_id and newest.age = 1
left join content.items on former.site = items.site and former.content_id = items.content_id
where items.url_path is distinct from former.url_path and not coalesce(items.aliases ? former.url_path, false);
comment on view content.paths is
'One row per document and URL path under which visitors see it or saw it. Where several have one path, the lowest precedence is meant, then the latest.';
comment on column content.paths.kind is
'current, alias (as the front matter says), draft, old (before it was renamed), or deleted (the document is gone).';
comment on column content.paths.precedence is '1 for current, 2 for alias, 3 for draft, 4 for what was.';
comment on column content.paths.last_at is 'Last commit of the document while it had this path; NULL where it has it now.';

-- Pages that generators make of the documents: of each folder above one, of tags and the like.
create view content.broken_links as
with known as (
    select site, path from content.paths where kind in ('current', 'alias')
    union
    select site, url_path from content.files
    union
    select site, regexp_replace(url_path, '/index\.html?$', '') from content.files where url_path ~ '/index\.html?$'
    union
    select items.site, array_to_string((string_to_array(items.url_path, '/'))[1:depth], '/')
    from content.items, generate_series(2, array_length(string_to_array(items.url_path, '/'), 1) - 1) as depth
    where not items.is_draft
    union
    select site, '/' from content.sites
)

select
    links.site,
    links.user_code,
    links.content_id,
    items.file_path,
    links.position,
    links.kind,
    links.target,
    links.link_text
from content.links
inner join content.items on links.content_id = items.content_id
where
    links.is_internal
    and not items.is_draft
    and not exists (
        select from unnest(links.paths) as wanted
        where
            wanted ~ '^/(tags?|categor(y|ies)|series|authors?|archives?|page)(/|$)'
            or wanted ~ '/(index\.xml|feed(\.xml|\.json)?|rss(\.xml)?|atom\.xml|sitemap\.xml)$'
            or (links.site, wanted) in (select site, path from known)
    )
    and not exists (
        select from unnest(links.files) as wanted
        where
            (links.site, wanted) in (select site, file_path from content.files)
            or (links.site, wanted) in (
                select sites.site, concat_ws('/', nullif(sites.content_folder, ''), published.file_path)
                from content.sites
                inner join content.items as published on sites.site = published.site and not published.is_draft
            )
    );
comment on view content.broken_links is
'One row per link or image of a published document that leads to no document, alias or file of the site. What generators make themselves (lists, tags, feeds) is taken to be there.';

-- The documents of each of the five types, with what their front matter says in columns.

create function content.first_of(front_matter jsonb, variadic names text[]) returns text
language sql immutable strict parallel safe as $$
    select nullif(trim(front_matter ->> name), '')
    from unnest(names) with ordinality as wanted (name, place)
    where nullif(trim(front_matter ->> name), '') is not null
    order by place
    limit 1
$$;
comment on function content.first_of is 'The first of these names that has a value in the front matter, as text.';

create function content.date_of(written text) returns date
language plpgsql immutable strict parallel safe as $$
begin
    return make_date(left(written, 4)::integer, substr(written, 6, 2)::integer, substr(written, 9, 2)::integer);
exception when others then
    return null;
end
$$;
comment on function content.date_of is 'A date that is written like 2026-03-01, whatever follows; NULL for what is none.';

create function content.list_of(front_matter jsonb, variadic names text[]) returns text[]
language sql immutable parallel safe as $$
    select coalesce(
        (
            select
                case
                    when jsonb_typeof(front_matter -> name) = 'array'
                        then array(select jsonb_array_elements_text(front_matter -> name))
                    else regexp_split_to_array(trim(front_matter ->> name), '\s*,\s*')
                end
            from unnest(names) with ordinality as wanted (name, place)
            where nullif(front_matter ->> name, '') is not null and jsonb_typeof(front_matter -> name) <> 'object'
            order by place
            limit 1
        ),
        '{}'
    )
$$;
comment on function content.list_of is 'A list of the front matter, whether it is written as one or separated by commas.';

create view content.blog_posts as
select
    items.content_id,
    items.site,
    items.user_code,
    items.slug,
    items.url_path,
    items.title,
    items.excerpt,
    items.body,
    items.language_code,
    items.is_draft,
    items.published_at,
    content.date_of(content.first_of(items.front_matter, 'lastmod', 'updated', 'last_modified_at')) as updated_on,
    content.first_of(items.front_matter, 'author') as author,
    content.first_of(items.front_matter, 'series') as series,
    content.list_of(items.front_matter, 'categories', 'category') as categories,
    content.list_of(items.front_matter, 'tags') as tags,
    measures.word_count,
    measures.reading_minutes
from content.items
left join content.measures using (site, content_hash)
where items.content_type = 'blog';
comment on view content.blog_posts is 'One row per document of type blog.';

create view content.projects as
select
    items.content_id,
    items.site,
    items.user_code,
    items.slug,
    items.url_path,
    items.title,
    items.excerpt,
    items.body,
    items.language_code,
    items.is_draft,
    items.published_at,
    content.first_of(items.front_matter, 'status') as status,
    content.first_of(items.front_matter, 'repository', 'repo', 'github') as repository_url,
    content.first_of(items.front_matter, 'website', 'demo', 'link') as website_url,
    content.date_of(content.first_of(items.front_matter, 'started', 'start_date', 'start')) as started_on,
    content.date_of(content.first_of(items.front_matter, 'ended', 'end_date', 'end')) as ended_on,
    content.list_of(items.front_matter, 'technologies', 'tech', 'stack') as technologies,
    content.list_of(items.front_matter, 'tags') as tags
from content.items
where items.content_type = 'projects';
comment on view content.projects is 'One row per document of type projects.';

create view content.ideas as
select
    items.content_id,
    items.site,
    items.user_code,
    items.slug,
    items.url_path,
    items.title,
    items.excerpt,
    items.body,
    items.language_code,
    items.is_draft,
    items.published_at,
    content.first_of(items.front_matter, 'status') as status,
    content.list_of(items.front_matter, 'tags') as tags
from content.items
where items.content_type = 'ideas';
comment on view content.ideas is 'One row per document of type ideas.';

create view content.plans as
select
    items.content_id,
    items.site,
    items.user_code,
    items.slug,
    items.url_path,
    items.title,
    items.excerpt,
    items.body,
    items.language_code,
    items.is_draft,
    items.published_at,
    content.first_of(items.front_matter, 'status') as status,
    content.date_of(content.first_of(items.front_matter, 'due', 'due_date', 'deadline')) as due_on,
    content.list_of(items.front_matter, 'tags') as tags
from content.items
where items.content_type = 'plans';
comment on view content.plans is 'One row per document of type plans.';

create view content.resume as
select
    items.content_id,
    items.site,
    items.user_code,
    items.slug,
    items.url_path,
    items.title,
    items.excerpt,
    items.body,
    items.language_code,
    items.is_draft,
    content.date_of(content.first_of(items.front_matter, 'lastmod', 'updated', 'date')) as updated_on,
    coalesce(content.first_of(items.front_matter, 'name'), items.title) as full_name,
    coalesce(content.first_of(items.front_matter, 'headline', 'role'), items.excerpt) as headline,
    content.first_of(items.front_matter, 'location') as location
from content.items
where items.content_type = 'resume';
comment on view content.resume is 'One row per document of type resume.';

comment on column raw.imports.file is 'Path of the file, absolute.';
