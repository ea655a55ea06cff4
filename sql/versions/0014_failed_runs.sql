-- Runs that failed are told to whoever runs the installation: they belong to no site.

alter table ops.notifications drop constraint notifications_type_check;
alter table ops.notifications add constraint notifications_type_check
check (type in ('like', 'comment', 'reply', 'share', 'more', 'run_failed'));
alter table ops.notifications drop constraint notifications_related_type_check;
alter table ops.notifications add constraint notifications_related_type_check
check (related_type in ('document', 'page', 'run'));
alter table ops.notifications alter column site drop not null;
alter table ops.notifications add constraint notifications_site_check check (site is not null or type = 'run_failed');

comment on column ops.notifications.notification_id is
'Follows from the cause: a comment and its recipient, site, page, type and hour, or a run; so nothing is told twice.';
comment on column ops.notifications.site is
'Site on which it happened; of type more the first by name; NULL of type run_failed.';
comment on column ops.notifications.type is
'like, comment or share (of a page); reply (to the account''s comment); more (what an hour brought beyond the most that is told); run_failed (told to DOGEAR_OPERATOR).';
comment on column ops.notifications.action_url is
'The page on the site, to be opened, or the run in the Dagster UI; NULL where the path that the client sent is none.';
comment on column ops.notifications.related_type is
'document (related_id is a content_id of content.items), page (related_id is its path) or run (a run_id of ops.job_queue); NULL where no page is known.';
comment on column ops.notifications.related_id is 'What was liked, commented or shared, or the run that failed.';
comment on column ops.notifications.hour is
'Begin of the UTC hour in which Dogear received the cause (raw.events.received_at), or saw that a run had failed.';
