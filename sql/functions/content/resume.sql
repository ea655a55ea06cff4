create or replace view content.resume as
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
