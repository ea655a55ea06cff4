-- Media: which images of a site are published, in which sizes, and where.

create table content.media (
    site text not null,
    user_code text not null,
    file_path text not null,
    url_path text not null,
    source_tag text,
    content_hash text,
    file_size bigint,
    mime_type text,
    width integer,
    height integer,
    status text not null check (status in ('published', 'error')),
    error_message text,
    storage_url text not null,
    recipe text not null,
    variants jsonb not null default '[]',
    published_at timestamptz,
    primary key (site, file_path),
    check ((status = 'error') = (error_message is not null)),
    check ((status = 'published') = (published_at is not null))
);
create index on content.media (site, url_path);
comment on table content.media is
'One row per image file that stands in the site''s folder now: what is published of it, or why nothing is.';
comment on column content.media.site is 'Site to which the file belongs.';
comment on column content.media.user_code is 'Owner of the site: the tenant.';
comment on column content.media.file_path is 'Path below the site''s folder, with forward slashes.';
comment on column content.media.url_path is 'Path under which the site itself serves the file.';
comment on column content.media.source_tag is
'Tag of the file when it was read: while the file has the same, it is not read again. NULL where it could not be read.';
comment on column content.media.content_hash is 'SHA-256 of the file, hexadecimal; NULL where it could not be read.';
comment on column content.media.file_size is 'Bytes of the file.';
comment on column content.media.mime_type is 'Media type of the file, as its content says; NULL where that is no image.';
comment on column content.media.width is
'Width in pixels, upright; NULL where it cannot be told (an SVG need not say) or the status is error.';
comment on column content.media.height is 'Height in pixels, likewise.';
comment on column content.media.status is 'published or error; of a file that is an error nothing is published.';
comment on column content.media.error_message is 'Why it cannot be published, in one line.';
comment on column content.media.storage_url is 'Where the variants are published, without credentials: a folder, or a URL.';
comment on column content.media.recipe is 'Version of the rules by which the variants were made.';
comment on column content.media.variants is
'Array of {name, key, width, height, bytes, format}: full (at most 2048 pixels wide and 8192 high), then w640 and w320 where the
image is wider. The key is the path below the storage; what lies there never changes.';
comment on column content.media.published_at is 'When these variants were published under this path.';

create function content.published_body(of_document uuid, base text default '/media/') returns text
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
