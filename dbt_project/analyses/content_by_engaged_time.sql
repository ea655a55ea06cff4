-- What is read longest? One row per document: page views, mean seconds on it (over views with known seconds), the sum
-- of known seconds, and the mean as a share of the time that reading it takes at an average pace.
with

metrics as (
    select
        site,
        content_id,
        sum(total_views) as page_views,
        sum(timed_views) as timed_views,
        sum(seconds_on_page) as seconds_on_page
    from {{ ref('content_metrics') }}
    where {{ in_days('metric_date') }}
    group by site, content_id
),

documents as (
    select * from {{ ref('content_documents') }}
)

select
    metrics.site,
    documents.title,
    documents.url_path,
    metrics.page_views,
    metrics.timed_views,
    metrics.seconds_on_page / nullif(metrics.timed_views, 0) as avg_time_on_page,
    metrics.seconds_on_page,
    metrics.seconds_on_page / nullif(metrics.timed_views, 0) / nullif(60 * documents.reading_minutes, 0)
        as share_of_reading_time
from metrics
inner join documents on metrics.site = documents.site and metrics.content_id = documents.content_id
order by metrics.seconds_on_page desc nulls last, metrics.page_views desc, documents.url_path asc
