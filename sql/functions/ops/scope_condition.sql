-- Each reader of the scope is called once a statement: the planner puts what stands in (select …) before the scan.
create or replace function ops.scope_condition(relation regclass) returns text
language sql stable as $$
    select format(
        '%s and %s',
        case
            when bool_or(attname = 'user_code')
                then '((select access.sees_all()) or user_code = any((select access.user_codes())::text[]))'
            else '(select access.sees_all())'
        end,
        case
            when bool_or(attname = 'site')
                then '((select access.sites()) is null or site = any((select access.sites())::text[]))'
            else '(select access.sites()) is null'
        end
    )
    from pg_attribute
    where attrelid = relation and attnum > 0 and not attisdropped
$$;
comment on function ops.scope_condition is
'SQL that is true for the rows of a relation within the scope of the transaction, by its columns user_code and site. Without user_code only who sees all sees a row; without site only who is limited to no site.';
