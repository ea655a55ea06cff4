create or replace function ops.open_to_processes() returns boolean
language plpgsql as $$
begin
    if num_nulls(to_regrole('dogear_collector'), to_regrole('dogear_loader'), to_regrole('dogear_monitor')) > 0 then
        return false;
    end if;
    grant usage on schema content, raw to dogear_collector;
    grant select (site, user_code, allowed_origins) on content.sites to dogear_collector;
    grant select, insert on raw.visitor_salts to dogear_collector;
    grant execute on function raw.destroy_old_visitor_salts() to dogear_collector;

    grant usage on schema live, locks, raw to dogear_loader;
    -- What it has of an event that is there already: which it is, and whether it counts.
    grant insert, select (event_id, site, occurred_at, is_bot) on raw.events to dogear_loader;
    grant insert on raw.rejected_events, raw.day_counts to dogear_loader;
    grant select, insert on raw.corrected_events to dogear_loader;
    grant select, insert, update on live.visitors to dogear_loader;
    grant execute on function raw.ensure_event_partitions(date []) to dogear_loader;
    -- Who may update a table may lock it.
    grant update on locks.events to dogear_loader;
    if pg_has_role((select datdba from pg_database where datname = current_database()), 'usage') then
        execute format('grant temporary on database %I to dogear_loader', current_database());
    end if;

    grant usage on schema ops to dogear_monitor;
    grant execute on function ops.monitored_days(date), ops.monitored_now() to dogear_monitor;
    return true;
end
$$;
comment on function ops.open_to_processes is
'Gives the roles dogear_collector, dogear_loader and dogear_monitor what the collector''s processes and monitoring do in the database, and nothing else. False where one of them is not there.';
