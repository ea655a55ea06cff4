-- Which tables hold rows of visitors, or derived from them? Of raw.events only the partitions of %(days)s: nothing
-- else deletes rows from others. Tables of other applications are left alone.
select format('%%I.%%I', schemas.nspname, relations.relname)
from pg_class as relations
inner join pg_namespace as schemas on relations.relnamespace = schemas.oid
left join pg_inherits as parents on relations.oid = parents.inhrelid and parents.inhparent = 'raw.events'::regclass
where
    schemas.nspname in ('raw', 'live', 'ops', 'staging', 'intermediate', 'marts')
    and relations.relkind in ('r', 'm')
    and pg_has_role(relations.relowner, 'usage')
    and (parents.inhrelid is null or to_date(right(relations.relname, 8), 'YYYYMMDD') = any(%(days)s))
order by 1
