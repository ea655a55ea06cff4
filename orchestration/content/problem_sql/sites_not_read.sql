-- Which sites could not be synced, and why?
select site, sync_error from content.sites where sync_error is not null order by site
