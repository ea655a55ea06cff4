-- Lines as COPY writes them in its text format: from lines (line_number, line) and columns (name, place).
with fields as (
    select
        line_number,
        -- A backslash that is meant stands for two others for a while.
        list_transform(
            string_split(replace(line, '\\', chr(1)), chr(9)),
            lambda field: case
                when field != '\N'
                    then replace(replace(replace(replace(field, '\t', chr(9)), '\n', chr(10)), '\r', chr(13)), chr(1), '\')
            end
        ) as field
    from lines
    where trim(line) != ''
)

select
    line_number,
    field[(select place from columns where name = 'id')] as row_id,
    field[(select place from columns where name = 'event_type')] as event_type,
    field[(select place from columns where name = 'event_data')] as event_data,
    field[(select place from columns where name = 'created_at')] as created_at,
    case
        when len(field) != (select count(*) from columns)
            then 'the line has ' || len(field) || ' columns, not ' || (select count(*) from columns)
    end as problem
from fields
