-- Which URLs do several published documents have? Visits count for the first of them.
select site || ': ' || url_path, string_agg(file_path, ', ' order by file_path)
from content.items
where not is_draft
group by site, url_path
having count(*) > 1
order by 1
