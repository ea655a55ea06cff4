-- Which published documents have no title of their own, and are called by their file?
select items.site || ': ' || items.file_path, items.title
from content.items
inner join content.measures on items.site = measures.site and items.content_hash = measures.content_hash
where not items.is_draft and not measures.has_title
order by 1
