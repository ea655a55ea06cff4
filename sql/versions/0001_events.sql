-- What readers did: one typed, append-only table, and what is needed to fill it safely.

create schema raw;

create table raw.imports (
    import_id bigint generated always as identity primary key,
    site text not null,
    file text not null,
    format text not null,
    file_id uuid not null,
    head_lines integer not null,
    head_digest bytea not null,
    lines_read bigint not null,
    events_added bigint not null,
    events_known bigint not null,
    lines_passed_over bigint not null,
    lines_rejected bigint not null,
    imported_at timestamptz not null default now()
);
create index on raw.imports (site, head_lines, head_digest);
comment on table raw.imports is 'One row per file that was imported, each time that it was imported.';
comment on column raw.imports.import_id is 'Number of the import; raw.events.import_id points here.';
comment on column raw.imports.site is 'Site whose visits the file holds.';
comment on column raw.imports.file is 'Path of the file as it was given.';
comment on column raw.imports.format is 'access_log (combined or common) or ndjson (the collector''s format).';
comment on column raw.imports.file_id is
'What makes the file itself: a copy that was renamed, compressed or has grown since has the same. Ids of events derive from it.';
comment on column raw.imports.head_lines is 'How many lines from the start of the file the file is known by.';
comment on column raw.imports.head_digest is 'SHA-256 of the site and of these lines, addresses of machines left out.';
comment on column raw.imports.lines_read is 'Lines in the file.';
comment on column raw.imports.events_added is 'Events that were new.';
comment on column raw.imports.events_known is 'Events that raw.events held already.';
comment on column raw.imports.lines_passed_over is 'Lines that are sound but no event: images, errors, redirects, empty lines.';
comment on column raw.imports.lines_rejected is 'Lines, or events in a line, that went to raw.rejected_events.';
comment on column raw.imports.imported_at is 'When the import became visible.';

create table raw.events (
    -- ids
    event_id uuid not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null default now(),
    client_occurred_at timestamptz,
    event_type text not null,
    source text not null,
    import_id bigint references raw.imports,
    line_number bigint,
    -- who owns the page
    site text not null,
    user_code text not null,
    share_code text,
    -- who visits
    account_id text,
    contact_id text,
    client_visitor_id text,
    anonymous_id uuid,
    previous_anonymous_id uuid,
    client_session_id text,
    is_bot boolean not null,
    -- page
    page_type text,
    page_id text,
    page_title text,
    page_host text,
    page_path text,
    -- where from
    referrer_host text,
    referrer_path text,
    utm_source text,
    utm_medium text,
    utm_campaign text,
    utm_term text,
    utm_content text,
    -- attention
    engaged_seconds double precision,
    scroll_depth_percentage smallint,
    load_time_ms integer,
    -- device and place
    user_agent text,
    device_type text,
    os text,
    browser text,
    language_code text,
    timezone text,
    viewport_width integer,
    viewport_height integer,
    country_code text,
    region text,
    city text,
    -- clicks
    click_target text,
    click_category text,
    click_context text,
    element_type text,
    element_id text,
    element_class text,
    element_text text,
    target_url text,
    is_external boolean,
    pointer_x integer,
    pointer_y integer,
    -- server logs
    response_status smallint,
    response_bytes bigint,
    -- what has no column
    properties jsonb,
    primary key (event_id, occurred_at)
) partition by range (occurred_at);

comment on table raw.events is
'One row per thing a visitor (or a crawler) did. Append-only; one partition per UTC day of occurred_at.';
comment on column raw.events.event_id is
'Made by whoever saw the event (UUIDv7 in the tracker; derived from file and line in imports), so that a retry never counts twice.';
comment on column raw.events.occurred_at is 'When it happened, after a wrong client clock was put right.';
comment on column raw.events.received_at is 'When Dogear stored it.';
comment on column raw.events.client_occurred_at is 'When the client said that it happened; NULL where occurred_at says the same.';
comment on column raw.events.event_type is 'page_view, click, session, heartbeat, scroll, interaction, heatmap, or any custom name.';
comment on column raw.events.source is 'How it came in: access_log, ndjson, collector, legacy.';
comment on column raw.events.import_id is 'The import that brought it; NULL for the collector.';
comment on column raw.events.line_number is 'Line of the imported file, from 1.';
comment on column raw.events.site is 'Site that was visited, as it is named in the settings.';
comment on column raw.events.user_code is 'Owner of the site: the tenant.';
comment on column raw.events.share_code is 'Code of the shared link that was opened, if any.';
comment on column raw.events.account_id is 'The visitor''s account on the site, an opaque id, if signed in.';
comment on column raw.events.contact_id is 'Opaque id of the contact to whom the shared link was given.';
comment on column raw.events.client_visitor_id is 'First-party visitor id; only with consent.';
comment on column raw.events.anonymous_id is
'First 128 bits of sha256(salt of the day, site, IP, user agent). The salt is destroyed after two days.';
comment on column raw.events.previous_anonymous_id is
'The same under the salt of the day before; only in the first 30 minutes after midnight UTC, so that midnight need not cut a session.';
comment on column raw.events.client_session_id is 'Session id made by the client, if it makes one.';
comment on column raw.events.is_bot is 'The user agent is on the list of crawlers. Kept here, left out of marts.';
comment on column raw.events.page_type is 'Type of page, as the client names it.';
comment on column raw.events.page_id is 'Id of the page, as the client names it.';
comment on column raw.events.page_title is 'Title of the page when it was viewed.';
comment on column raw.events.page_host is 'Host of the page''s URL; NULL in logs that do not name it.';
comment on column raw.events.page_path is 'Path of the page''s URL as visited, without query and fragment.';
comment on column raw.events.referrer_host is 'Host of the page that led here, without www.';
comment on column raw.events.referrer_path is 'Path of the page that led here, without query and fragment.';
comment on column raw.events.utm_source is 'Campaign parameter utm_source of the landing URL.';
comment on column raw.events.utm_medium is 'Campaign parameter utm_medium.';
comment on column raw.events.utm_campaign is 'Campaign parameter utm_campaign.';
comment on column raw.events.utm_term is 'Campaign parameter utm_term.';
comment on column raw.events.utm_content is 'Campaign parameter utm_content.';
comment on column raw.events.engaged_seconds is 'Seconds of attention since the event before, from a heartbeat.';
comment on column raw.events.scroll_depth_percentage is 'Deepest point of the page seen so far, 0 to 100.';
comment on column raw.events.load_time_ms is 'Milliseconds until the page had loaded.';
comment on column raw.events.user_agent is 'User-Agent header.';
comment on column raw.events.device_type is 'desktop, mobile, tablet, tv, console, or NULL where unknown.';
comment on column raw.events.os is 'Operating system family.';
comment on column raw.events.browser is 'Browser family.';
comment on column raw.events.language_code is 'Preferred language of the browser, BCP 47.';
comment on column raw.events.timezone is 'IANA time zone of the visitor.';
comment on column raw.events.viewport_width is 'Width of the viewport, CSS pixels.';
comment on column raw.events.viewport_height is 'Height of the viewport, CSS pixels.';
comment on column raw.events.country_code is 'ISO 3166-1 alpha-2.';
comment on column raw.events.region is 'Region, as the geographic source names it.';
comment on column raw.events.city is 'City, as the geographic source names it.';
comment on column raw.events.click_target is 'What was clicked, by its data-dogear name or target URL.';
comment on column raw.events.click_category is 'Group of the click target: link, download, outbound, button…';
comment on column raw.events.click_context is 'Part of the page: navbar, content, sidebar, footer…';
comment on column raw.events.element_type is 'HTML element clicked.';
comment on column raw.events.element_id is 'Its id attribute.';
comment on column raw.events.element_class is 'Its class attribute.';
comment on column raw.events.element_text is 'Its text, cut to 200 characters.';
comment on column raw.events.target_url is 'Where the link leads.';
comment on column raw.events.is_external is 'The link leaves the site.';
comment on column raw.events.pointer_x is 'Pointer position from the left edge of the page, CSS pixels.';
comment on column raw.events.pointer_y is 'Pointer position from the top edge of the page, CSS pixels.';
comment on column raw.events.response_status is 'HTTP status, from a server log.';
comment on column raw.events.response_bytes is 'Bytes sent, from a server log.';
comment on column raw.events.properties is 'Properties of a custom event: a flat JSON object.';

create function raw.ensure_event_partitions(days date[]) returns void
language plpgsql as $$
declare
    one_day date;
    partition_name text;
begin
    -- One at a time: two imports may need the same new day.
    perform pg_advisory_xact_lock(hashtext('raw.ensure_event_partitions'));
    for one_day in select distinct d from unnest(days) as wanted (d) order by d loop
        partition_name := 'events_' || to_char(one_day, 'YYYYMMDD');
        if to_regclass('raw.' || partition_name) is null then
            execute format(
                'create table raw.%I partition of raw.events for values from (%L) to (%L)',
                partition_name,
                one_day || ' 00:00:00+00',
                one_day + 1 || ' 00:00:00+00'
            );
        end if;
    end loop;
end
$$;
comment on function raw.ensure_event_partitions is
'Creates the partitions of raw.events for these UTC days that are not there yet.';

create function raw.analyze_event_partitions(days date[]) returns void
language plpgsql as $$
declare
    one_day date;
begin
    foreach one_day in array days loop
        execute format('analyze raw.%I', 'events_' || to_char(one_day, 'YYYYMMDD'));
    end loop;
end
$$;
comment on function raw.analyze_event_partitions is
'Tells the planner what these UTC days hold now; their partitions must be there.';

create table raw.rejected_events (
    rejected_id uuid primary key,
    import_id bigint references raw.imports,
    site text not null,
    source text not null,
    file text,
    line_number bigint,
    event_index integer,
    reason text not null,
    excerpt text,
    rejected_at timestamptz not null default now()
);
comment on table raw.rejected_events is 'One row per line or event that could not be read, with what a person needs to mend it.';
comment on column raw.rejected_events.rejected_id is 'Derived from file, line and reason: the same failure is kept once.';
comment on column raw.rejected_events.import_id is 'The import that met it first.';
comment on column raw.rejected_events.site is 'Site for which it was sent.';
comment on column raw.rejected_events.source is 'How it came in, as in raw.events.';
comment on column raw.rejected_events.file is 'Path of the imported file, as it was given.';
comment on column raw.rejected_events.line_number is 'Line of the file, from 1.';
comment on column raw.rejected_events.event_index is 'Position in a batch of events, from 0.';
comment on column raw.rejected_events.reason is 'What is wrong.';
comment on column raw.rejected_events.excerpt is 'Start of what was sent, with addresses of machines and people masked.';
comment on column raw.rejected_events.rejected_at is 'When it was refused.';

create table raw.visitor_salts (
    day date primary key,
    salt bytea not null,
    created_at timestamptz not null default now()
);
comment on table raw.visitor_salts is 'One row per UTC day whose salt is still known. A salt lives for two days.';
comment on column raw.visitor_salts.day is 'UTC day of the events that it hides.';
comment on column raw.visitor_salts.salt is '32 random bytes.';
comment on column raw.visitor_salts.created_at is 'When it was made.';

create function raw.destroy_old_visitor_salts() returns bigint
language sql as $$
    with destroyed as (
        delete from raw.visitor_salts where created_at < now() - interval '2 days' returning day
    )
    select count(*) from destroyed
$$;
comment on function raw.destroy_old_visitor_salts is
'Destroys the salts that have lived for two days: their visitor ids can no longer be tied to an address.';
