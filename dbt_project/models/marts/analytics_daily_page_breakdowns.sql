{{
    config(
        day_column='date',
        indexes=[{'columns': ['date']}, {'columns': ['entity_id', 'date']}],
        post_hook="{{ analyze_if_grown(this) }}"
    )
}}

{#- Dimension, and the column of its value. Each costs as much again, in time and in space: what else is asked of a
    page is asked of analytics_page_views. #}
{%- set dimensions = {
    'channel': 'channel', 'country': 'country_code', 'language': 'language_code', 'device': 'device_type'
} %}

with

page_views as (
    select
        user_code,
        site,
        view_day as date,
        entity_type,
        entity_id,
        {%- for dimension, column in dimensions.items() %}
        coalesce({{ column }}, '') as {{ dimension }},
        {%- endfor %}
        true as is_view,
        is_entry and session_day = view_day as is_entry,
        is_bounce,
        time_on_page
    from {{ ref('analytics_page_views') }}
    where entity_id is not null and {{ in_days('view_day') }}
),

-- A session counts on the day on which it began, as in analytics_aggregates, also where it viewed its first page after
-- midnight.
late_sessions as (
    select * from {{ ref('int_sessions') }}
    where page_views > 0 and {{ utc_day('described_at') }} > session_day and {{ in_days('session_day') }}
),

late_entries as (
    select
        sessions.user_code,
        sessions.site,
        sessions.session_day as date,
        sessions.entry_entity_type as entity_type,
        sessions.entry_entity_id as entity_id,
        {%- for dimension, column in dimensions.items() %}
        coalesce(sessions.{{ column }}, '') as {{ dimension }},
        {%- endfor %}
        false as is_view,
        true as is_entry,
        sessions.is_bounce,
        cast(null as double precision) as time_on_page
    from {{ ref('analytics_sessions') }} as sessions
    inner join late_sessions on sessions.session_id = late_sessions.session_id
    where sessions.entry_entity_id is not null and {{ in_days('sessions.session_day') }}
),

visits as (
    select * from page_views
    union all
    select * from late_entries
),

counts as (
    select
        user_code,
        site,
        date,
        entity_type,
        entity_id,
        case
            {%- for dimension in dimensions %}
            when grouping({{ dimension }}) = 0 then '{{ dimension }}'
            {%- endfor %}
        end as dimension,
        coalesce({{ dimensions | join(', ') }}) as value,
        count(case when is_view then 1 end) as page_views,
        count(case when is_entry then 1 end) as entries,
        count(case when is_entry and is_bounce then 1 end) as bounces,
        count(time_on_page) as timed_views,
        {{ exact_sum('time_on_page') }} as seconds_on_page
    from visits
    group by
        user_code, site, date, entity_type, entity_id,
        grouping sets (
            {%- for dimension in dimensions %}
            ({{ dimension }}){{ ',' if not loop.last }}
            {%- endfor %}
        )
),

-- Few days have more pairs than may have rows of their own: only the pairs of these are sorted.
crowded as (
    select
        user_code,
        site,
        date,
        dimension
    from counts
    group by user_code, site, date, dimension
    having count(*) > {{ var('most_page_values') }}
),

placed as (
    select
        counts.*,
        {{ place_by_count(
            'counts.user_code, counts.site, counts.date, counts.dimension', 'counts.page_views',
            ['counts.entity_type', 'counts.entity_id', 'counts.value']
        ) }} as place
    from counts
    inner join crowded
        on
            counts.user_code = crowded.user_code
            and counts.site = crowded.site
            and counts.date = crowded.date
            and counts.dimension = crowded.dimension
)

select
    counts.user_code,
    counts.site,
    counts.date,
    counts.entity_type,
    counts.entity_id,
    counts.dimension,
    counts.value,
    counts.page_views,
    counts.entries,
    counts.bounces,
    counts.timed_views,
    counts.seconds_on_page
from counts
left join crowded
    on
        counts.user_code = crowded.user_code
        and counts.site = crowded.site
        and counts.date = crowded.date
        and counts.dimension = crowded.dimension
where crowded.dimension is null

union all

select
    user_code,
    site,
    date,
    entity_type,
    entity_id,
    dimension,
    {{ or_other('value', 'most_page_values') }} as value,
    cast(sum(page_views) as bigint) as page_views,
    cast(sum(entries) as bigint) as entries,
    cast(sum(bounces) as bigint) as bounces,
    cast(sum(timed_views) as bigint) as timed_views,
    {{ exact_sum('seconds_on_page') }} as seconds_on_page
from placed
group by user_code, site, date, entity_type, entity_id, dimension, {{ or_other('value', 'most_page_values') }}
