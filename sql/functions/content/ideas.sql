create or replace view content.ideas as
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
