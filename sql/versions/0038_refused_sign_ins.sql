-- Anybody may try to sign in, and each try is a row of the audit log. The newest of names without an account are looked
-- at, so that there are not more of them an hour than anybody reads: access.note_refused.

create index audit_log_refused_idx on access.audit_log (audit_id)
where account_id is null and action = 'sign_in_refused';
comment on table access.audit_log is 'One row per sign-in, refused sign-in, export, erasure, and change of an account or key. Rows are added, never changed, and deleted after DOGEAR_AUDIT_DAYS days.';
