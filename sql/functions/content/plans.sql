create or replace view content.plans as
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
