-- A name in lower case, words joined by underscores: sessionId, Session-ID and session_id are the same.
create macro snake_case(words) as
    trim(regexp_replace(lower(regexp_replace(words, '([a-z0-9])([A-Z])', '\1_\2', 'g')), '[^a-z0-9]+', '_', 'g'), '_');

-- Whether the text can stand in that column, which takes what is of a kind and within bounds. An id or a code that is
-- somebody's e-mail address cannot.
create macro fits_legacy_column(column_name, kind, least, most, longest, words) as
    case
        when column_name = 'page_url' and not regexp_matches(words, '^(?:/|[a-zA-Z][a-zA-Z0-9+.-]*://)') then false
        when column_name = 'country_code' then regexp_full_match(words, '[A-Za-z]{2}')
        when kind in ('integer', 'number') then coalesce(try_cast(words as double) between least and most, false)
        when kind = 'boolean' then try_cast(words as boolean) is not null
        when kind = 'name' then length(words) <= longest and without_email(words) = words
        else length(words) <= longest
    end;
