create or replace function content.make_search_vectors() returns trigger
language plpgsql as $$
declare
    body tsvector := setweight(content.search_vector(new.language_code, new.content), 'D');
begin
    new.title_vector := to_tsvector('simple', content.fold(new.title || ' ' || new.tags));
    new.content_vector := strip(body);
    new.head_vector := setweight(content.search_vector(new.language_code, new.title), 'A')
        || setweight(content.search_vector(new.language_code, new.tags), 'B')
        || setweight(content.search_vector(new.language_code, new.excerpt), 'C');
    new.combined_vector := new.head_vector || body;
    return new;
end
$$;
comment on function content.make_search_vectors is 'Makes the vectors of a row of content.search_index from its texts.';
