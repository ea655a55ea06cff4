-- Locks between processes are tables of our own, since every role of a server may hold advisory locks.

-- A process of the version before may build, write to the lake or load at this moment: wait until none does.
select pg_advisory_xact_lock(hashtext(name))
from (values ('dogear.dbt_build'), ('dogear.lake'), ('raw.events')) as before (name);

create schema if not exists locks;
comment on schema locks is
'One empty table per lock between processes of Dogear; who holds the lock has locked the table, in exclusive mode.';
revoke all on schema locks from public;

create table if not exists locks.build ();
create table if not exists locks.lake ();
create table if not exists locks.events ();
create table if not exists locks.notifications ();
create table if not exists locks.partitions ();

alter table content.build_requests drop column sender_lock;
