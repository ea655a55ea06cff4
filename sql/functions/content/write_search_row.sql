create or replace function content.write_search_row() returns trigger
language plpgsql as $$
begin
    insert into content.search_index (
        content_id, language_code, site, user_code, content_type, url_path, title, content, excerpt, tags, title_vector,
        content_vector, combined_vector, head_vector, search_weight, published_at
    )
    select
        new.content_id, new.language_code, new.site, new.user_code, new.content_type, new.url_path, new.title,
        new.content, new.excerpt, new.tags, new.title_vector, new.content_vector, new.combined_vector, new.head_vector,
        new.search_weight, new.published_at
    -- What stands there is deleted when all is read, and its search row with it.
    where not exists (select from content.items where items.content_id = new.content_id)
    on conflict do nothing;
    if found then
        new.is_written := true;
        new.content := '';
        new.title_vector := '';
        new.content_vector := '';
        new.combined_vector := '';
        new.head_vector := '';
    end if;
    return new;
end
$$;
comment on function content.write_search_row is
'Writes a row of a table beside to content.search_index, if its document is a new one; the row stays as a mark of that.';
