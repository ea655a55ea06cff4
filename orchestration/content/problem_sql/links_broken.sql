-- Which documents have links and images that lead nowhere, and to what?
select site || ': ' || file_path, string_agg(target, ', ' order by position)
from content.broken_links
group by site, file_path
order by 1
