create or replace function access.note_action(credential bytea, action text, details jsonb default '{}') returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    caller record;
begin
    select * into caller from access.acting(credential, 'analyst');
    if action not in ('exported', 'erased') then
        raise exception 'This action is noted by what does it.' using errcode = 'invalid_parameter_value';
    end if;
    perform access.note(action, caller.account_id, caller.key_id, null, details);
end
$$;
comment on function access.note_action is 'Notes an export or an erasure of the caller, or of a command, in the audit log.';
