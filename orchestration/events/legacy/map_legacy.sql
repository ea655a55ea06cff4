-- What does each row of the old table analytics_events say, in the columns of event_input? From legacy_rows (ordinal,
-- line_number, row_id, event_type, event_data, created_at, problem: all text but the numbers); one row per row. Keys of
-- event_data that have no column, and values that do not fit into theirs, go to properties.
create or replace temp table mapped as
with documents as (
    select
        * exclude (event_data),
        try_cast(created_at as timestamptz) as occurred_at,
        snake_case(event_type) as event_name,
        coalesce(event_type, '') || ' ' || coalesce(left(event_data, 1000), '') as line,
        case
            when not json_valid(event_data) then null
            when ltrim(event_data) like '{%' then event_data
            -- JSON that was written as a text of JSON.
            when ltrim(event_data) like '"%' and json_valid(event_data ->> '$') and ltrim(event_data ->> '$') like '{%'
                then event_data ->> '$'
        end as event_data
    from legacy_rows
),

said as materialized (
    select
        d.ordinal,
        d.row_id,
        field.key,
        field.value,
        field.type in ('OBJECT', 'ARRAY') as is_nested,
        nullif(trim(replace(case when is_nested then field.value::varchar else field.value ->> '$' end, chr(0), '')), '')
            as words
    from documents as d, json_each(d.event_data) as field
    where field.type != 'NULL'
),

-- The same few keys come again and again.
keys as (
    select
        key,
        column_name,
        coalesce(priority, 0) as priority
    from (select distinct key from said)
    left join names on names.name = snake_case(key)
),

fitting as (
    select
        said.*,
        keys.priority,
        case
            when column_name = 'client_ip' or (not is_nested and fits_legacy_column(column_name, words)) then column_name
        end as column_name
    from said
    inner join keys using (key)
    where words is not null
),

placed as (
    select
        *,
        row_number() over (partition by ordinal, column_name order by priority, key) as place,
        first_value(words) over (partition by ordinal, column_name order by priority, key) as first_words
    from fitting
),

found as (
    select
        ordinal,
        map_from_entries(list((column_name, words)) filter (column_name is not null and place = 1)) as field,
        -- What a row without id is known by.
        string_agg(key || chr(30) || words, chr(31) order by key, words)
            filter (row_id is null and column_name is distinct from 'client_ip')
            as content
    from placed
    group by ordinal
),

-- Nested values as JSON text, since properties are flat.
left_over as (
    select
        ordinal,
        key,
        case when is_nested then to_json(words) else value end as value
    from placed
    where column_name is null or (place > 1 and words != first_words and column_name != 'client_ip')
),

properties as (
    select
        ordinal,
        -- A text that is an address of a machine, whatever its key, goes.
        regexp_replace(
            replace(json_group_object(key, value)::varchar, '\u0000', ''), '(\\?")(?:' || $address || ')(\\?")', '\1[ip]\2', 'g'
        ) as properties
    from left_over
    group by ordinal
),

digested as (
    select
        d.*,
        f.field,
        p.properties,
        sha256(concat_ws(
            chr(31), 'legacy', $site, coalesce('id ' || d.row_id, regexp_replace(f.content, $address, '', 'g'), ''), d.event_type, d.occurred_at::varchar
        )) as digest
    from documents as d
    left join found as f using (ordinal)
    left join properties as p using (ordinal)
)

select
    line_number,
    line,
    case
        when occurred_at between $earliest and $latest
            then printf('%012x', epoch_ms(occurred_at)) || '8' || left(digest, 3) || '8' || substr(digest, 4, 15)
    end as event_id,
    occurred_at,
    case event_name
        when 'pageview' then 'page_view'
        when 'page_viewed' then 'page_view'
        when 'session_start' then 'session'
        when 'session_started' then 'session'
        else event_name
    end as event_type,
    field['owner'] as owner,
    field['session_id'] as session_id,
    field['visitor_id'] as visitor_id,
    field['account_id'] as account_id,
    field['contact_id'] as contact_id,
    field['share_code'] as share_code,
    -- What is no address tells nobody apart.
    visitor_address(field['client_ip']) as client_ip,
    field['page_url'] as page_url,
    field['page_type'] as page_type,
    field['page_id'] as page_id,
    field['page_title'] as page_title,
    field['referrer'] as referrer,
    field['user_agent'] as user_agent,
    without_email(field['utm_source']) as utm_source,
    without_email(field['utm_medium']) as utm_medium,
    without_email(field['utm_campaign']) as utm_campaign,
    without_email(field['utm_term']) as utm_term,
    without_email(field['utm_content']) as utm_content,
    try_cast(field['engaged_seconds'] as double) as engaged_seconds,
    round(try_cast(field['scroll_depth_percentage'] as double))::bigint as scroll_depth_percentage,
    round(try_cast(field['load_time_ms'] as double))::bigint as load_time_ms,
    lower(field['device_type']) as device_type,
    field['os'] as os,
    field['browser'] as browser,
    field['language_code'] as language_code,
    field['timezone'] as timezone,
    round(try_cast(field['viewport_width'] as double))::bigint as viewport_width,
    round(try_cast(field['viewport_height'] as double))::bigint as viewport_height,
    upper(field['country_code']) as country_code,
    without_email(field['region']) as region,
    without_email(field['city']) as city,
    without_email(field['click_target']) as click_target,
    without_email(field['click_category']) as click_category,
    without_email(field['click_context']) as click_context,
    field['element_type'] as element_type,
    without_email(field['element_id']) as element_id,
    without_email(field['element_class']) as element_class,
    field['element_text'] as element_text,
    field['target_url'] as target_url,
    try_cast(field['is_external'] as boolean) as is_external,
    round(try_cast(field['pointer_x'] as double))::bigint as pointer_x,
    round(try_cast(field['pointer_y'] as double))::bigint as pointer_y,
    properties,
    case
        when problem is not null then problem
        when event_data is null then 'event_data is no JSON object'
        when occurred_at is null then 'created_at cannot be read'
        when occurred_at < $earliest then 'created_at lies before ' || year($earliest)
        when occurred_at > $latest then 'created_at lies in the future'
        when not coalesce(regexp_full_match(event_name, '[a-z][a-z0-9_]{0,63}'), false) then 'event_type is no name'
        when coalesce(field['session_id'], field['visitor_id'], field['account_id'], client_ip) is null
            then 'nobody did it: event_data has no session_id, visitor_id, account_id or ip'
    end as problem
from digested
