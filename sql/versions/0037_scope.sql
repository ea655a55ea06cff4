-- The database itself decides what a process may see: each has a role of its own, and the web process sees only rows within
-- the scope of a credential that was presented to it. docs/security.md

create schema if not exists access;
create schema if not exists scoped;
comment on schema scoped is
'What the web process reads in place of views and materialized views of schema marts, which no policy can cover: the rows within its scope. Made by ops.protect_mart.';

-- Two random UUIDs hold 244 random bits. (Functions that return random bytes come with an extension.)
create table access.scope_secret (
    only_row boolean primary key default true check (only_row),
    secret bytea not null check (length(secret) = 32)
);
insert into access.scope_secret (secret)
select sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
comment on table access.scope_secret is
'One row: what scopes are sealed with. Only functions read it; who knew it could claim any scope.';
comment on column access.scope_secret.only_row is 'True: there is no second row.';
comment on column access.scope_secret.secret is '32 random bytes, which differ in each database.';

do $$
declare
    groups constant jsonb := '{
        "dogear_web": "Rights of Dogear''s web process: the marts within the scope of a credential. docs/security.md",
        "dogear_collector": "Rights of Dogear''s collector: sites and salts. docs/security.md",
        "dogear_loader": "Rights of Dogear''s loader: raw events and live visitors. docs/security.md",
        "dogear_monitor": "Rights of Dogear''s monitoring: counts of all sites together. docs/security.md"
    }';
    name text;
    purpose text;
begin
    -- Roles belong to all databases of the server: another installation may have made them, or be making them.
    for name, purpose in select * from jsonb_each_text(groups) loop
        if to_regrole(name) is null then
            begin
                execute format('create role %I nologin', name);
            exception when duplicate_object or unique_violation then
                null;
            end;
        end if;
        begin
            execute format('comment on role %I is %L', name, purpose);
        exception when insufficient_privilege then
            raise notice 'Role % is left as it is: % may not change it.', name, current_user;
        end;
    end loop;
exception when insufficient_privilege then
    raise notice 'There is no role %, and % may not create roles. docs/servers.md says what an administrator must run.', name, current_user;
end
$$;

-- Every role may read the names of tables, and these had names of sites. Locks of sites have numbers now.
do $$
declare
    lock regclass;
begin
    for lock in
        select oid from pg_class where relnamespace = 'locks'::regnamespace and relname ~ '^(imports|media) '
    loop
        execute format('drop table %s', lock);
    end loop;
end
$$;
