-- What a field of a log says; NULL where it says nothing. NUL, which PostgreSQL cannot hold, goes.
create macro logged_text(words) as
    nullif(nullif(replace(words, chr(0), ''), ''), '-');

-- A moment as so many seconds since 1970, or thousandths, millionths, billionths of them: which, is told by their number.
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
    case
        when regexp_full_match(words, '\d{1,19}(?:\.\d+)?(?:[eE]\+?\d{1,2})?')
            then epoch_time(try_cast(words as double))
        when regexp_full_match(words, '\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?\s?(?:Z|[+-]\d\d(?::?\d\d)?)')
            then try_cast(replace(words, ',', '.') as timestamptz)
        else try_strptime(words, '%d/%b/%Y:%H:%M:%S %z')
    end;

-- The digest of a line, without its address, since a hash of it could be searched for.
create macro line_digest(written_time, request, method, target, status, bytes, referrer, user_agent) as
    md5(concat_ws(chr(31), written_time, request, method, target, status, bytes, referrer, user_agent));

-- Percent signs that were encoded themselves, as CloudFront does, put back.
create macro undoubled(words) as
    regexp_replace(words, '%25([0-9A-Fa-f]{2})', '%\1', 'g');
