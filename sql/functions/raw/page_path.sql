-- The rule of orchestration/paths.py, which says why. dbt's macro says the same to DuckDB.
create or replace function raw.page_path(path text) returns text
language sql immutable parallel safe as $$
    select
        coalesce(
            nullif(
                regexp_replace(raw.normal_path(path), '(?:(?:/index)?\.+(?:html?|xhtml|php|aspx?)|/)+$', ''), ''
            ),
            case when path is not null then '/' end
        )
$$;
comment on function raw.page_path is
'What paths of pages are compared by: in the one form, without / or index at the end, or a page''s ending.';
