-- The first 128 bits of sha256(salt of the day, site, address, user agent), as hexadecimal text; NULL where salt or
-- address is not known.
create macro hashed_visitor(salt, site, client_ip, user_agent) as
    case
        when salt is not null and client_ip is not null
            then left(sha256(encode(concat_ws(chr(31), hex(salt), site, client_ip, coalesce(user_agent, '')))), 32)
    end;

-- A time in UTC, without its zone. As `at time zone 'UTC'`, which asks a calendar and takes ten times as long.
create macro utc(moment) as make_timestamp(epoch_us(moment));

-- The text with anything like an e-mail address masked, in any script, percent-encoded and inside JSON too.
-- Mask before cutting: half of an address would not look like one.
create macro without_email(words) as
    case
        -- All ways to write @ that are looked for hold one of these; the regular expression takes long.
        when contains(words, '@') or (contains(words, '40') and (contains(words, '%') or contains(words, '\u00')))
            then regexp_replace(
                words,
                -- A backslash goes together with what it escapes, so that JSON stays JSON; a quote begins what is in it.
                '(?:\\[^"]|[^\s/?&=#@"\\<>()\[\],;:])+'
                '(?:@|%(?:25)*40|(?:\\|%5[cC])+u0040)'
                '[^\s/?&=#@"\\<>()\[\],;:.]+(?:(?:\.|%(?:25)*2[eE])[^\s/?&=#@"\\<>()\[\],;:.]+)+',
                '[email]',
                'g'
            )
        else words
    end;

-- The text with a space for each invisible control character: of terminals (C0, DEL, C1), of lines (U+2028, U+2029), of
-- the direction of text (U+202A to U+202E, U+2066 to U+2069); and for U+FEFF.
create macro visible(words) as
    case
        -- Searching takes half as long as replacing.
        when regexp_matches(words, '[\x00-\x1F\x7F-\x9F\x{2028}-\x{202E}\x{2066}-\x{2069}\x{FEFF}]')
            then regexp_replace(
                words, '[\x00-\x1F\x7F-\x9F\x{2028}-\x{202E}\x{2066}-\x{2069}\x{FEFF}]', ' ', 'g'
            )
        else words
    end;

-- The same of JSON, whose texts may have them as escapes too; a run of those becomes one space. Escaped backslashes are
-- meanwhile another character, which JSON cannot hold: of \\n, the n is a letter.
create macro visible_json(words) as
    case
        when contains(words, '\')
            then visible(replace(
                regexp_replace(
                    replace(words, '\\', chr(1)),
                    '(?:\\(?:[bfnrt]|u(?:00[0189][0-9a-fA-F]|007[fF]|202[89a-eA-E]|206[6-9]|[fF][eE][fF][fF])))+',
                    ' ',
                    'g'
                ),
                chr(1),
                '\\'
            ))
        else visible(words)
    end;

-- A text as it is kept. Masked first: a space would split an address.
create macro kept_text(words) as visible(without_email(words));

-- An id. Ids should be opaque; one that looks like an e-mail address becomes a hash, the same for each visit to a site,
-- so that its visitor stays one visitor. Anyone who guesses the address can check it: clients should not send it.
create macro opaque_id(site, id) as
    case when without_email(id) != id then 'hashed-' || left(sha256(site || '|' || id), 32) else visible(id) end;

-- The start of a line for people to read, with anything that looks like an address masked.
create macro masked_excerpt(words) as
    left(
        kept_text(regexp_replace(
            words,
            '\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-fA-F]{1,4}:){4,}[0-9a-fA-F:.]*|[0-9a-fA-F:]*::[0-9a-fA-F:.]*',
            '[ip]',
            'g'
        )),
        300
    );

-- What a percent-encoded text stands for; the text itself where that is not UTF-8. NUL, which PostgreSQL cannot hold, goes.
create macro percent_decoded(words) as
    coalesce(replace(try(url_decode(words)), chr(0), ''), words);

-- Value of one parameter of a query string, whose name may be in capitals, e-mail addresses masked; NULL where it is
-- absent or empty. Links that were copied from a page's source still have the ampersand as HTML writes it.
create macro query_value(query, name) as
    nullif(
        left(
            kept_text(percent_decoded(replace(regexp_extract(query, '(?i)(?:^|&(?:amp;)?)' || name || '=([^&]*)', 1), '+', ' '))),
            1000
        ),
        ''
    );

-- An id in hexadecimal: the time first, as in a UUIDv7, then of a hash.
create macro timed_id(moment, digest) as
    printf('%012x', epoch_ms(moment)) || '8' || left(digest, 3) || '8' || substr(digest, 4, 15);
