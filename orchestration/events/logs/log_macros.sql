-- What a field of a log says; NULL where it says nothing. NUL, which PostgreSQL cannot hold, goes.
create macro logged_text(words) as
    nullif(nullif(replace(words, chr(0), ''), ''), '-');

-- A moment as seconds since 1970, or thousandths, millionths, billionths of them: the size of the number shows which.
create macro epoch_time(moment) as
    case
        when moment < 1e11 then make_timestamptz(round(moment * 1e6)::bigint)
        when moment < 1e14 then make_timestamptz(round(moment * 1e3)::bigint)
        when moment < 1e17 then make_timestamptz(moment::bigint)
        when moment < 1e19 then make_timestamptz((moment / 1e3)::bigint)
    end;

-- A moment as servers write it: ISO 8601 with a zone, as in the common log format, or since 1970 in seconds,
-- milliseconds, microseconds or nanoseconds. NULL for anything else; what has no zone could be any moment.
create macro logged_time(words) as
    coalesce(
        try_strptime(words, '%d/%b/%Y:%H:%M:%S %z'),
        case
            when regexp_full_match(words, '\d{1,19}(?:\.\d+)?(?:[eE]\+?\d{1,2})?')
                then epoch_time(try_cast(words as double))
            when regexp_full_match(words, '\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?\s?(?:Z|[+-]\d\d(?::?\d\d)?)')
                then try_cast(replace(words, ',', '.') as timestamptz)
            -- Of several formats in one list, DuckDB would take the 31st of February.
            else try_strptime(words, '%d/%b/%Y:%H:%M:%S.%f %z')
        end
    );

-- Method and target of the line of a request. Some servers accept spaces in a target.
create macro requested(words) as
    regexp_extract(words, '^(\S+) +(.+?)(?: +HTTP/\d(?:\.\d)?)?\s*$', ['method', 'target']);

-- A URL, or a line of a request, without what reads like an address in its query. Paths stay: they are kept as they are.
-- As query_without_addresses in addresses.py.
create macro query_without_addresses(words) as
    case
        when contains(words, '?')
            then split_part(words, '?', 1) || regexp_replace(
                substr(words, strpos(words, '?')),
                '\d{1,3}(?:\.\d{1,3}){3}'
                '|(?:[0-9a-fA-F]{1,4}(?::|%3[aA])){4,}(?:[0-9a-fA-F:.]|%3[aA])*'
                '|(?:[0-9a-fA-F:]|%3[aA]){0,39}(?::|%3[aA]){2}(?:[0-9a-fA-F:.]|%3[aA])*',
                '',
                'g'
            )
        else words
    end;

-- The fields of a line by which it is known again. No address is among them, since a digest of it could be searched for.
-- A line that an older version read (is_old) is known by its whole queries.
create macro known_by(is_old, written_time, request, method, target, status, bytes, referrer, user_agent) as
    concat_ws(
        chr(31),
        written_time,
        case when is_old then request::varchar else query_without_addresses(request::varchar) end,
        method,
        case when is_old then target else query_without_addresses(target) end,
        status,
        bytes,
        case when is_old then referrer else query_without_addresses(referrer) end,
        user_agent
    );

-- Percent signs that were encoded themselves, as CloudFront does, put back.
create macro undoubled(words) as
    regexp_replace(words, '%25([0-9A-Fa-f]{2})', '%\1', 'g');
