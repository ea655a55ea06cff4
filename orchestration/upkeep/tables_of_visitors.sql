-- Which tables hold rows of visitors, or derived from them? Of raw.events only the partitions of %(days)s, and of tables of
-- detail those of the days around, which were built again: nothing else deletes rows from others. Tables of other
-- applications are left alone.
select format('%%I.%%I', schemas.nspname, relations.relname)
from pg_class as relations
inner join pg_namespace as schemas on relations.relnamespace = schemas.oid
left join ops.day_partitions as of_days on relations.oid = of_days.partition
where
    schemas.nspname in ('raw', 'live', 'ops', 'staging', 'intermediate', 'marts', 'days', 'lake')
    and relations.relkind in ('r', 'm')
    and pg_has_role(relations.relowner, 'usage')
    and (
        of_days.partition is null
        or exists (
            select from unnest(%(days)s::date[]) as erased (day)
            where abs(of_days.day - erased.day) <= case when of_days.table_name = 'raw.events' then 0 else %(around)s::integer end
        )
    )
order by 1
