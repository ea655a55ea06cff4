-- A name that has an account is tried at most ten times, and then each quarter of an hour. Names without one are as many as
-- anybody likes. Both do the same work.
create or replace function access.note_refused(account_id uuid, via text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    most integer := 100;
    hour_ago timestamptz := clock_timestamp() - interval '1 hour';
    before timestamptz := (
        select log.occurred_at
        from access.audit_log as log
        where log.account_id is null and log.action = 'sign_in_refused'
        order by log.audit_id desc
        offset most - 1
        limit 1
    );
begin
    if note_refused.account_id is not null or (before > hour_ago) is not true then
        perform access.note(
            'sign_in_refused', null, null, note_refused.account_id, jsonb_build_object('via', note_refused.via)
        );
    end if;
end
$$;
comment on function access.note_refused is
'Notes a refused sign-in; of those to no account, a hundred an hour.';
