-- The rule of orchestration/paths.py, which says why. dbt's macro says the same to DuckDB.
create or replace function raw.normal_path(path text) returns text
language sql immutable parallel safe as $$
    -- Most paths are in this form, and most of those are plain: the first question is the cheaper.
    select
        case
            when path !~ '[^!-~]|["#%<>?\\^`{}]|//|/\.|;j|^[^/]|^$' then path
            when
                path is nfc normalized
                and path !~ '[\u0001-\u0020"#%<>?\\^`{}\u007f-\u009f\u1fef\u2028-\u202e\u2066-\u2069\ufeff]|//|/\.|;j|^[^/]|^$'
                then path
            else raw.spelled_path(path)
        end
$$;
comment on function raw.normal_path is
'The path of a URL in the one form that paths are compared in: as browsers show it, in Unicode''s form NFC.';
