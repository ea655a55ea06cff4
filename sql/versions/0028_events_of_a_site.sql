-- A known id must not keep the event of another site away: an event is known by its site too. Rows stay as they are, so
-- that what was sent before and is sent again counts once, as ever. The index of each day is made again: on two cores, some seconds a million events.
alter table raw.events drop constraint events_pkey;
alter table raw.events add primary key (event_id, occurred_at, site);

-- The site is that of the event. Where its day has left for the lake, nobody believes another copy of it any more.
alter table raw.corrected_events add column site text;
update raw.corrected_events set site = events.site
from raw.events
where events.event_id = corrected_events.event_id and events.client_occurred_at is not null;
delete from raw.corrected_events where site is null;
alter table raw.corrected_events drop constraint corrected_events_pkey;
alter table raw.corrected_events add primary key (event_id, site);

comment on table raw.corrected_events is
'One row per event whose time was put right: it is known by its site and id alone.';
comment on column raw.corrected_events.site is 'Site of the event, as in raw.events.';
comment on column raw.events.event_id is
'Made where the event was seen (UUIDv7 in the tracker; derived from file and line in imports), so that a retry never counts twice. Another site may have the same.';
