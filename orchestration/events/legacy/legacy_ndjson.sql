-- Lines of JSON objects, one for each row of the old table: from lines (line_number, line).
with objects as (
    select
        line_number,
        case
            when json_valid(line) and ltrim(line) like '{%'
                then json_transform(
                    line,
                    '{"id": "VARCHAR", "event_type": "VARCHAR", "event_data": "JSON", "created_at": "VARCHAR"}'
                )
        end as said
    from lines
    where trim(line) != ''
)

select
    line_number,
    said.id as row_id,
    said.event_type as event_type,
    said.event_data::varchar as event_data,
    said.created_at as created_at,
    case when said is null then 'not a JSON object' end as problem
from objects
