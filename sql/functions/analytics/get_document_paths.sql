create or replace function analytics.get_document_paths()
returns table (site text, content_id text, url_path text)
language sql stable security definer set search_path = pg_catalog, pg_temp rows 1000 as $$
    select items.site, items.content_id::text, items.url_path
    from content.items
    where
        (select access.is_unscoped())
        or (
            ((select access.sees_all()) or items.user_code = any((select access.user_codes())::text []))
            and ((select access.sites()) is null or items.site = any((select access.sites())::text []))
        )
$$;
comment on function analytics.get_document_paths is
'One row per document of the sites that the caller may see: under which path visitors see it now. Documents that are gone have none.';
