create or replace function analytics.get_cached_content(key text, generator regprocedure, ttl interval) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
    made_by regproc;
    entry_key text;
    found_value jsonb;
    found_expiry timestamptz;
begin
    -- What is kept was made from all rows, and not from those of who asked first.
    if not access.is_unscoped() then
        raise exception 'Kept answers are about all sites: analysts may ask for them.' using errcode = 'insufficient_privilege';
    end if;
    select oid::regproc into made_by from pg_proc
    where
        oid = generator and pronamespace = 'analytics'::regnamespace and prokind = 'f'
        and pronargs = 0 and not proretset and prorettype = 'jsonb'::regtype;
    if made_by is null then
        raise exception 'generator is %; it must be a function of schema analytics without arguments that returns jsonb, such as analytics.overview().',
            coalesce(generator::text, 'NULL') using errcode = 'invalid_parameter_value';
    end if;
    if key is null or length(key) not between 1 and 200 then
        raise exception 'key must have 1 to 200 characters.' using errcode = 'invalid_parameter_value';
    end if;
    if ttl is null or ttl < interval '1 second' or ttl > interval '30 days' then
        raise exception 'ttl is %; it must be between 1 second and 30 days.', coalesce(ttl::text, 'NULL')
            using errcode = 'invalid_parameter_value';
    end if;
    -- Keys of their own: nobody reads or replaces by this function what others keep.
    entry_key := format('sql:%s:%s', made_by, key);

    select value, expires_at into found_value, found_expiry from ops.cache_entries as entries where entries.key = entry_key;
    if found_expiry > clock_timestamp() then
        return found_value;
    end if;
    -- What cannot be kept, as on a replica, is made each time.
    if current_setting('transaction_read_only') = 'on' then
        execute format('select %s()', made_by) into found_value;
        return found_value;
    end if;
    -- The row is the lock. Nobody else sees the first one of a key before it holds an answer, but waits here for it.
    insert into ops.cache_entries as entries (key, value, expires_at) values (entry_key, 'null', '-infinity')
    on conflict on constraint cache_entries_pkey do nothing;
    perform from ops.cache_entries as entries where entries.key = entry_key for update skip locked;
    if not found then
        -- Another makes it: the old one, meanwhile.
        return found_value;
    end if;
    -- Somebody may have made it before the lock was ours.
    select value, expires_at into found_value, found_expiry from ops.cache_entries as entries where entries.key = entry_key;
    if found_expiry > clock_timestamp() then
        return found_value;
    end if;

    execute format('select %s()', made_by) into found_value;
    found_value := coalesce(found_value, 'null');
    update ops.cache_entries as entries
    set value = found_value, tags = array[made_by::text], made_at = clock_timestamp(), expires_at = clock_timestamp() + ttl
    where entries.key = entry_key;
    delete from ops.cache_entries as entries
    where entries.key in (
        select old.key from ops.cache_entries as old
        where old.expires_at < clock_timestamp() - interval '1 day' and old.key like 'sql:%' and old.key <> entry_key
        for update skip locked
    );
    return found_value;
end
$$;
comment on function analytics.get_cached_content is
'What generator returned for this key (1 to 200 characters) less than ttl (1 second to 30 days) ago; else what it returns now, which is kept in ops.cache_entries.
generator: a function of schema analytics without arguments that returns jsonb, such as analytics.overview(); nothing else is called, and no text is run as SQL. It runs with the rights of who owns the functions.
One session makes a value at a time; others get the old one meanwhile, or wait where there is none.';
