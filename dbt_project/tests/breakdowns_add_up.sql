{%- set of_sessions = ['sessions', 'engaged_sessions', 'bounces', 'converting_sessions', 'page_views'] -%}
{%- set of_pages = ['page_views', 'entries', 'bounces', 'timed_views'] -%}

-- Each dimension of a breakdown has all sessions of its site and day, or all page views and entries of its pages. Each
-- row of the result is a mart, a site, a day and a dimension where this is not so.
with

sessions as (
    select
        user_code,
        site,
        date,
        {%- for measure in of_sessions %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        {{ exact_sum('engaged_seconds') }} as engaged_seconds
    from {{ ref('analytics_daily_sources') }}
    where {{ in_days('date') }}
    group by user_code, site, date
),

sessions_by_value as (
    select
        user_code,
        site,
        date,
        dimension,
        {%- for measure in of_sessions %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        {{ exact_sum('engaged_seconds') }} as engaged_seconds
    from {{ ref('analytics_daily_breakdowns') }}
    where {{ in_days('date') }}
    group by user_code, site, date, dimension
),

pages as (
    select
        user_code,
        site,
        date,
        sum(total_views) as page_views,
        {%- for measure in of_pages[1:] %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        {{ exact_sum('seconds_on_page') }} as seconds_on_page
    from {{ ref('analytics_aggregates') }}
    where entity_type <> 'site' and hour is null and {{ in_days('date') }}
    group by user_code, site, date
),

pages_by_value as (
    select
        user_code,
        site,
        date,
        dimension,
        {%- for measure in of_pages %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        {{ exact_sum('seconds_on_page') }} as seconds_on_page
    from {{ ref('analytics_daily_page_breakdowns') }}
    where {{ in_days('date') }}
    group by user_code, site, date, dimension
),

session_dimensions as (
    select distinct dimension from sessions_by_value
),

page_dimensions as (
    select distinct dimension from pages_by_value
),

expected_sessions as (
    select
        sessions.*,
        session_dimensions.dimension
    from sessions
    cross join session_dimensions
),

expected_pages as (
    select
        pages.*,
        page_dimensions.dimension
    from pages
    cross join page_dimensions
)

select
    'analytics_daily_breakdowns' as mart,
    coalesce(expected.site, found.site) as site,
    coalesce(expected.date, found.date) as date,
    coalesce(expected.dimension, found.dimension) as dimension
from expected_sessions as expected
full join sessions_by_value as found
    on
        expected.user_code = found.user_code
        and expected.site = found.site
        and expected.date = found.date
        and expected.dimension = found.dimension
where
    expected.engaged_seconds is distinct from found.engaged_seconds
    {%- for measure in of_sessions %}
    or expected.{{ measure }} is distinct from found.{{ measure }}
    {%- endfor %}

union all

select
    'analytics_daily_page_breakdowns' as mart,
    coalesce(expected.site, found.site) as site,
    coalesce(expected.date, found.date) as date,
    coalesce(expected.dimension, found.dimension) as dimension
from expected_pages as expected
full join pages_by_value as found
    on
        expected.user_code = found.user_code
        and expected.site = found.site
        and expected.date = found.date
        and expected.dimension = found.dimension
where
    expected.seconds_on_page is distinct from found.seconds_on_page
    {%- for measure in of_pages %}
    or expected.{{ measure }} is distinct from found.{{ measure }}
    {%- endfor %}
