create or replace function access.take_attempt(what text) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    step interval := interval '15 minutes';
    most integer := 10;
    at timestamptz := clock_timestamp();
    until timestamptz;
begin
    insert into access.attempts as ours (bucket, free_at)
    values (access.bucket_of(what), at + step)
    on conflict (bucket) do update set free_at = greatest(ours.free_at, at) + step
    where greatest(ours.free_at, at) <= at + (most - 1) * step;
    if found then
        return 0;
    end if;
    select attempts.free_at into until from access.attempts where attempts.bucket = access.bucket_of(what);
    return ceil(extract(epoch from until - at - (most - 1) * step));
end
$$;
comment on function access.take_attempt is
'0 where one more guess at something may be made, which counts it: ten at once, then one each quarter of an hour. Else the seconds to wait. Another guess at the same waits until this transaction ends.';
