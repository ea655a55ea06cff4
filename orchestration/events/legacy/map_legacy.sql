-- What does each row of the old table analytics_events say, in the columns of event_input? From legacy_rows (ordinal,
-- line_number, row_id, event_type, event_data, created_at, problem: all text but the numbers), names and legacy_fields; one
-- row per row. Keys of event_data that have no column, and values that do not fit into theirs, go to properties.
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
        said.key,
        names.column_name,
        coalesce(names.priority, 0) as priority,
        legacy_fields.* exclude (name)
    from (select distinct key from said) as said
    left join names on names.name = snake_case(said.key)
    left join legacy_fields on legacy_fields.name = names.column_name
),

fitting as (
    select
        said.*,
        keys.priority,
        case
            when column_name = 'client_ip' then column_name
            when not is_nested and fits_legacy_column(column_name, kind, least, most, longest, words) then column_name
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
),

typed as (
    select
        * exclude (field),
        unnest(typed_fields(field))
    from digested
),

read as (
    select
        * replace (
            -- What is no address tells nobody apart.
            visitor_address(client_ip) as client_ip,
            lower(device_type) as device_type,
            upper(country_code) as country_code
        )
    from typed
)

select
    * exclude (ordinal, row_id, created_at, event_name, event_data, digest)
    replace (
        case event_name
            when 'pageview' then 'page_view'
            when 'page_viewed' then 'page_view'
            when 'session_start' then 'session'
            when 'session_started' then 'session'
            else event_name
        end as event_type,
        case
            when problem is not null then problem
            when event_data is null then 'event_data is no JSON object'
            when occurred_at is null then 'created_at cannot be read'
            when occurred_at < $earliest then 'created_at lies before ' || year($earliest)
            when occurred_at > $latest then 'created_at lies in the future'
            when not coalesce(regexp_full_match(event_name, '[a-z][a-z0-9_]{0,63}'), false) then 'event_type is no name'
            when coalesce(session_id, visitor_id, account_id, client_ip) is null
                then 'nobody did it: event_data has no session_id, visitor_id, account_id or ip'
        end as problem
    ),
    case
        when occurred_at between $earliest and $latest
            then printf('%012x', epoch_ms(occurred_at)) || '8' || left(digest, 3) || '8' || substr(digest, 4, 15)
    end as event_id
from read
