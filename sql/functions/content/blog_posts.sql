create or replace view content.blog_posts as
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
