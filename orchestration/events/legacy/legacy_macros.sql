-- A name in lower case, words joined by underscores: sessionId, Session-ID and session_id are the same.
create macro snake_case(words) as
    trim(regexp_replace(lower(regexp_replace(words, '([a-z0-9])([A-Z])', '\1_\2', 'g')), '[^a-z0-9]+', '_', 'g'), '_');

-- Whether the text can stand in that column. An id that is somebody's e-mail address cannot.
create macro fits_legacy_column(column_name, words) as
    case
        when column_name = 'page_url' then regexp_matches(words, '^(?:/|[a-zA-Z][a-zA-Z0-9+.-]*://)') and length(words) <= 4000
        when column_name in ('referrer', 'target_url') then length(words) <= 4000
        when column_name = 'engaged_seconds' then coalesce(try_cast(words as double) between 0 and 86400, false)
        when column_name = 'scroll_depth_percentage' then coalesce(try_cast(words as double) between 0 and 100, false)
        when column_name = 'load_time_ms' then coalesce(try_cast(words as double) between 0 and 3600000, false)
        when column_name in ('viewport_width', 'viewport_height', 'pointer_x', 'pointer_y')
            then coalesce(try_cast(words as double) between 0 and 2000000, false)
        when column_name = 'country_code' then regexp_full_match(words, '[A-Za-z]{2}')
        when column_name = 'is_external' then try_cast(words as boolean) is not null
        when column_name in ('session_id', 'visitor_id', 'account_id', 'contact_id', 'share_code', 'page_id', 'owner')
            then length(words) <= 200 and without_email(words) = words
        when column_name in ('page_type', 'device_type', 'os', 'browser', 'language_code', 'timezone', 'element_type')
            then length(words) <= 64 and without_email(words) = words
        else length(words) <= 1000
    end;
