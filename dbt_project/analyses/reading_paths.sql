-- What is read after what? One row per pair of pages that were viewed one right after the other in a session: how
-- often, and as a share of all views right after the first. A page that was viewed again at once is left out.
with

page_views as (
    select
        site,
        session_id,
        page_path,
        lead(page_path) over (partition by session_id order by view_number) as next_path
    from {{ ref('analytics_page_views') }}
    where {{ in_days('view_day') }}
),

pairs as (
    select
        site,
        page_path,
        next_path,
        count(*) as times
    from page_views
    where page_path <> next_path
    group by site, page_path, next_path
)

select
    site,
    page_path,
    next_path,
    times,
    times * 1.0 / sum(times) over (partition by site, page_path) as share_of_next
from pairs
order by site asc, times desc, page_path asc, next_path asc
