-- What columns does this table or view have, and of what types?
select
    a.attname as name,
    format_type(a.atttypid, a.atttypmod) as type
from pg_attribute as a
where a.attrelid = cast(cast($1 as text) as regclass) and a.attnum > 0 and not a.attisdropped
order by a.attnum
