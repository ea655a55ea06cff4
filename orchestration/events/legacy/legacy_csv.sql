-- Lines of CSV, quoted as RFC 4180 says: from lines (line_number, line) and columns (name, place).
with fields as (
    select
        line_number,
        line,
        regexp_extract_all(line, '(?:^|,)("(?:[^"]|"")*"|[^",]*)', 1) as field
    from lines
    where trim(line) != ''
),

unquoted as (
    select
        line_number,
        array_to_string(field, ',') = line as is_whole,
        list_transform(
            field,
            lambda words: case
                when words like '"%' then replace(words[2:-2], '""', '"')
                when words != '' then words
            end
        ) as field
    from fields
)

select
    line_number,
    field[(select place from columns where name = 'id')] as row_id,
    field[(select place from columns where name = 'event_type')] as event_type,
    field[(select place from columns where name = 'event_data')] as event_data,
    field[(select place from columns where name = 'created_at')] as created_at,
    case
        when not is_whole then 'not a line of CSV'
        when len(field) != (select count(*) from columns)
            then 'the line has ' || len(field) || ' columns, not ' || (select count(*) from columns)
    end as problem
from unquoted
