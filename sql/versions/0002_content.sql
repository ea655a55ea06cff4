-- What there is to read: documents, and how the reading of each file went.

create schema content;

create table content.items (
    content_id uuid primary key,
    site text not null,
    user_code text not null,
    content_type text not null,
    slug text not null,
    url_path text not null,
    title text not null,
    excerpt text,
    body text not null,
    front_matter jsonb not null,
    tags jsonb not null,
    is_draft boolean not null,
    published_at timestamptz,
    word_count integer not null,
    content_hash text not null,
    file_path text not null,
    synced_at timestamptz not null default now(),
    unique (site, file_path)
);
comment on table content.items is 'One row per document that stands in the site''s content folder now.';
comment on column content.items.content_id is 'Stable id: the front matter''s id where it is a UUID, else derived from site and file path.';
comment on column content.items.site is 'Site to which the document belongs.';
comment on column content.items.user_code is 'Owner of the site: the tenant.';
comment on column content.items.content_type is 'First folder of the path: resume, projects, blog, ideas, plans, or another.';
comment on column content.items.slug is 'Last part of the URL.';
comment on column content.items.url_path is 'Path under which visitors see it, without extension and trailing slash; events join on it.';
comment on column content.items.title is 'Title from the front matter, else the first heading, else the slug.';
comment on column content.items.excerpt is 'Description from the front matter, else the first paragraph.';
comment on column content.items.body is 'Markdown without the front matter.';
comment on column content.items.front_matter is 'Front matter as it was written.';
comment on column content.items.tags is 'Array of tags.';
comment on column content.items.is_draft is 'Marked as a draft.';
comment on column content.items.published_at is 'Date from the front matter.';
comment on column content.items.word_count is 'Words in the body.';
comment on column content.items.content_hash is 'SHA-256 of the file, hexadecimal.';
comment on column content.items.file_path is 'Path below the content folder, with forward slashes.';
comment on column content.items.synced_at is 'When this row was last written.';

create table content.file_sync_status (
    site text not null,
    file_path text not null,
    content_type text not null,
    content_id uuid,
    file_hash text,
    file_size bigint,
    last_modified timestamptz,
    sync_status text not null check (sync_status in ('pending', 'syncing', 'synced', 'error')),
    last_sync_attempt timestamptz not null,
    last_successful_sync timestamptz,
    sync_error_message text,
    processing_time_ms double precision,
    extracted_metadata jsonb,
    primary key (site, file_path)
);
comment on table content.file_sync_status is 'One row per file in the content folder: how the last reading of it went.';
comment on column content.file_sync_status.site is 'Site to which the file belongs.';
comment on column content.file_sync_status.file_path is 'Path below the content folder, with forward slashes.';
comment on column content.file_sync_status.content_type is 'First folder of the path.';
comment on column content.file_sync_status.content_id is 'The document read from it; NULL until it has been read once.';
comment on column content.file_sync_status.file_hash is 'SHA-256 of the file, hexadecimal; NULL where it could not be opened.';
comment on column content.file_sync_status.file_size is 'Bytes.';
comment on column content.file_sync_status.last_modified is 'Modification time of the file.';
comment on column content.file_sync_status.sync_status is 'pending, syncing, synced or error.';
comment on column content.file_sync_status.last_sync_attempt is 'When it was last read.';
comment on column content.file_sync_status.last_successful_sync is 'When it was last read without error.';
comment on column content.file_sync_status.sync_error_message is 'Why it could not be read, in words that help to mend it.';
comment on column content.file_sync_status.processing_time_ms is 'Milliseconds spent on it.';
comment on column content.file_sync_status.extracted_metadata is 'Front matter as it was read.';
