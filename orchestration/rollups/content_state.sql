-- Has content changed? One text, cheap to compute, that differs then: every sync rewrites the rows that it changed.
select
    concat_ws(
        ' ',
        (select count(*) || ' ' || max(synced_at) from content.items),
        (select count(*) from content.content_versions),
        (select md5(string_agg(site || head_commit, ' ' order by site)) from content.sites)
    ) as state
