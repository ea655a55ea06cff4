-- Which files could not be read, and why?
select site || ': ' || file_path, sync_error_message
from content.file_sync_status
where sync_status = 'error'
order by 1
