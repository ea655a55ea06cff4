create or replace function content.published_body(of_document uuid, base text default '/media/') returns text
language sql stable parallel safe as $$
    with images as (
        -- Images that share a definition, as [1]: photo.jpg, share the place where their target stands.
        select distinct on (links.start_offset)
            links.start_offset,
            links.start_offset + length(links.target) as end_offset,
            base || (media.variants -> 0 ->> 'key') as url
        from content.links
        inner join content.media
            on
                links.site = media.site
                and media.status = 'published'
                and (media.file_path = any(links.files) or media.url_path = any(links.paths))
        where links.content_id = of_document and links.kind = 'image' and links.start_offset is not null
        order by links.start_offset, array_position(links.files, media.file_path), media.file_path
    ),

    pieces as (
        select
            images.start_offset,
            images.end_offset,
            images.url,
            coalesce(lag(images.end_offset) over (order by images.start_offset), 0) as copied_to
        from images
    )

    select
        coalesce(
            (
                select
                    string_agg(
                        substr(items.body, pieces.copied_to + 1, pieces.start_offset - pieces.copied_to) || pieces.url,
                        '' order by pieces.start_offset
                    )
                from pieces
            ),
            ''
        )
        || substr(items.body, coalesce((select max(pieces.end_offset) from pieces), 0) + 1)
    from content.items
    where items.content_id = of_document
$$;
comment on function content.published_body is
'The Markdown of a document, where images that are published lead to their full variant below `base`.';
