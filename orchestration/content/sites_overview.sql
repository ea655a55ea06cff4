-- Which sites are there, whose, read from where, and how far?
select
    sites.site,
    sites.user_code,
    coalesce(sites.repository, 'no repository: its visits alone are known')
    || coalesce(', branch ' || sites.branch, '')
    || coalesce(', folder ' || nullif(sites.content_folder, ''), ''),
    case
        when sites.sync_error is not null then 'could not be read: ' || sites.sync_error
        when sites.synced_at is null then 'not read yet'
        else
            'documents: ' || (select count(*) from content.items where items.site = sites.site)
            || coalesce(', at commit ' || left(sites.head_commit, 10), '')
            || ', read ' || to_char(sites.synced_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC'
    end
from content.sites
order by sites.site
