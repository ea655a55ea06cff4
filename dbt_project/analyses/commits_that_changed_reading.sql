-- Which commit changed how a document is read? One row per document and version that was viewed, with the commit that
-- made it, the measures of its views, and how they differ from the version before; a verdict says whether that can be
-- chance (95 %). The clearest changes come first. All days count, since a version may last any time.
select
    site,
    title,
    version_number,
    commit_hash,
    change_summary,
    authored_at,
    page_views,
    avg_time_on_page,
    time_on_page_change,
    time_on_page_verdict,
    avg_scroll_depth,
    scroll_depth_change,
    scroll_depth_verdict,
    bounce_rate,
    bounce_rate_change,
    bounce_rate_verdict
from {{ ref('content_version_performance') }}
order by
    case when time_on_page_verdict in ('up', 'down') then 0 else 1 end asc,
    page_views desc, site asc, content_id asc, version_number asc
