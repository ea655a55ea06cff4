create or replace view content.paths as
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
