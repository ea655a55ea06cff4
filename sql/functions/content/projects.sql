create or replace view content.projects as
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
