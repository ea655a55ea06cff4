-- Which tables hold rows of visitors, or of what was made of them? Of raw.events the partitions of %(days)s alone: nothing
-- else takes rows out of others. Tables of somebody else are left alone.
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
