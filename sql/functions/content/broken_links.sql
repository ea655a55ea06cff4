-- Pages that generators make of the documents: of each folder above one, of tags and the like.
create or replace view content.broken_links as
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
