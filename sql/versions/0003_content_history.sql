-- Content history: what Git knows of each document.

create table content.histories (
    site text primary key,
    user_code text not null,
    content_root text not null,
    head_commit text not null,
    synced_at timestamptz not null default now()
);
comment on table content.histories is 'One row per site whose content stands in Git: how far its history has been read.';
comment on column content.histories.site is 'Site to which the content belongs.';
comment on column content.histories.user_code is 'Owner of the site: the tenant.';
comment on column content.histories.content_root is 'Content folder, below the root of the repository.';
comment on column content.histories.head_commit is 'Newest commit that has been read.';
comment on column content.histories.synced_at is 'When it was read.';

create table content.content_versions (
    content_id uuid not null,
    version_number integer not null,
    site text not null,
    user_code text not null,
    file_path text not null,
    change_type text not null check (change_type in ('create', 'update', 'delete', 'restore')),
    change_summary text not null,
    title text,
    content_hash text,
    content_snapshot text,
    author_name text not null,
    author_email text not null,
    authored_at timestamptz not null,
    commit_hash text not null,
    primary key (content_id, version_number)
);
create index on content.content_versions (site, file_path);
create index on content.content_versions (site, commit_hash);
comment on table content.content_versions is 'One row per document and commit that touched it, since the first commit.';
comment on column content.content_versions.content_id is
'Id of the document, that of content.items while it stands there; a file that is renamed keeps it.';
comment on column content.content_versions.version_number is 'Place among the versions of the document, from 1, oldest first.';
comment on column content.content_versions.site is 'Site to which the document belongs.';
comment on column content.content_versions.user_code is 'Owner of the site: the tenant.';
comment on column content.content_versions.file_path is 'Path below the content folder, after the commit.';
comment on column content.content_versions.change_type is
'create, update (renaming too), delete, or restore: created again where it had been deleted.';
comment on column content.content_versions.change_summary is
'First line of the commit''s message, and the path before where the commit renamed the file.';
comment on column content.content_versions.title is
'Title of this version; NULL where the file is deleted or cannot be read.';
comment on column content.content_versions.content_hash is 'SHA-256 of the file, hexadecimal; NULL where it is deleted.';
comment on column content.content_versions.content_snapshot is
'The whole file, front matter too; bytes that are not UTF-8 became U+FFFD. NULL where it is deleted or larger than 10 MiB.';
comment on column content.content_versions.author_name is 'Author of the commit.';
comment on column content.content_versions.author_email is 'Author''s e-mail address, as the commit names it.';
comment on column content.content_versions.authored_at is 'When the author made the commit.';
comment on column content.content_versions.commit_hash is 'The commit.';
