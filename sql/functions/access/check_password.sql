create or replace function access.check_password(account_id uuid, password_hash bytea) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    ours access.accounts;
    wait integer;
begin
    select * into ours from access.accounts where accounts.account_id = check_password.account_id;
    if ours.password_hash is null then
        return 0;
    end if;
    wait := access.take_attempt('password of ' || ours.name);
    if wait > 0 then
        return wait;
    end if;
    if (ours.password_hash = sha256(check_password.password_hash)) is not true then
        return -1;
    end if;
    perform access.forgive_attempts('password of ' || ours.name);
    return 0;
end
$$;
comment on function access.check_password is
'0 where the account has no password, or this is it; -1 where it is not, which counts as a guess; else the seconds until the next guess.';
