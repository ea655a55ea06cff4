{{ config(day_column='date', indexes=[{'columns': ['date']}, {'columns': ['site', 'dimension', 'date']}]) }}

{%- set families = [
    {
        'country': {'value': 'country_code'},
        'region': {'value': 'region', 'within': ['country_code']},
        'city': {'value': 'city', 'within': ['country_code', 'region']},
    },
    {
        'device': {'value': 'device_type'},
        'browser': {'value': 'browser'},
        'os': {'value': 'os'},
        'language': {'value': 'language_code'},
        'screen': {'value': 'screen_class'},
        'host': {'value': 'page_host'},
    },
    {
        'utm_source': {'value': 'utm_source'},
        'utm_medium': {'value': 'utm_medium'},
        'utm_campaign': {'value': 'utm_campaign'},
        'utm_term': {'value': 'utm_term'},
        'utm_content': {'value': 'utm_content'},
    },
    {'entry_page': {'value': 'entry_entity_id', 'within': ['entry_entity_type']}},
    {'exit_page': {'value': 'exit_entity_id', 'within': ['exit_entity_type']}},
] %}

with

sessions as (
    select
        *,
        {{ screen_class('screen_width') }} as screen_class
    from {{ ref('analytics_sessions') }}
    where {{ in_days('session_day') }}
),

combinations as (
    select
        user_code,
        site,
        session_day as date,
        {%- for family in families %}
        {%- for column in columns_of(family) %}
        {{ column }},
        {%- endfor %}
        {%- endfor %}
        {{ family_of_row(families) }} as family,
        count(*) as sessions,
        count(case when is_engaged then 1 end) as engaged_sessions,
        count(case when is_bounce then 1 end) as bounces,
        count(case when conversions > 0 then 1 end) as converting_sessions,
        sum(page_views) as page_views,
        {{ exact_sum('engaged_seconds') }} as engaged_seconds
    from sessions
    group by user_code, site, session_day, {{ sets_of(families) }}
),

named as (
    {%- for family in families %}
    {%- set number = loop.index %}
    {%- set is_last_family = loop.last %}
    {%- for dimension, columns in family.items() %}
    select
        user_code,
        site,
        date,
        '{{ dimension }}' as dimension,
        coalesce({{ columns.value }}, '') as value,
        {{ within(columns.get('within')) }} as within,
        sessions,
        engaged_sessions,
        bounces,
        converting_sessions,
        page_views,
        engaged_seconds
    from combinations
    where family = {{ number }}
    {%- if not (is_last_family and loop.last) %}

    union all
    {% endif %}
    {%- endfor %}
    {%- endfor %}
),

counts as (
    select
        user_code,
        site,
        date,
        dimension,
        value,
        within,
        sum(sessions) as sessions,
        sum(engaged_sessions) as engaged_sessions,
        sum(bounces) as bounces,
        sum(converting_sessions) as converting_sessions,
        sum(page_views) as page_views,
        {{ exact_sum('engaged_seconds') }} as engaged_seconds
    from named
    group by user_code, site, date, dimension, value, within
),

-- Which pages have rows of their own is decided where paths become pages: int_current_page_entities.
placed as (
    select
        *,
        case
            when dimension in ('entry_page', 'exit_page') then 1
            else {{ place_by_count('user_code, site, date, dimension', 'sessions', ['value', 'within']) }}
        end as place
    from counts
)

select
    user_code,
    site,
    date,
    dimension,
    {{ or_other('value') }} as value,
    case when {{ has_own_row() }} then within else '' end as within,
    cast(sum(sessions) as bigint) as sessions,
    cast(sum(engaged_sessions) as bigint) as engaged_sessions,
    cast(sum(bounces) as bigint) as bounces,
    cast(sum(converting_sessions) as bigint) as converting_sessions,
    cast(sum(page_views) as bigint) as page_views,
    {{ exact_sum('engaged_seconds') }} as engaged_seconds
from placed
group by
    user_code, site, date, dimension, {{ or_other('value') }}, case when {{ has_own_row() }} then within else '' end
