-- Paths have one form: sql/functions/raw/normal_path.sql. All days are built once more, by the rules of sessions.

comment on column raw.events.page_path is
'Path of the page''s URL as visited, without query and fragment; decoded and resolved since there is one form for paths.';
comment on column content.items.url_path is
'Path under which visitors see it, in the form in which pages are compared (raw.page_path); events join on it.';
