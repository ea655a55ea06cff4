-- The first 128 bits of sha256(salt of the day, site, address, user agent), as hexadecimal text.
create macro hashed_visitor(salt, site, client_ip, user_agent) as
    left(sha256(encode(concat_ws(chr(31), hex(salt), site, client_ip, coalesce(user_agent, '')))), 32);

-- Host without port and www., in lower case; NULL where there is none.
create macro clean_host(host) as
    nullif(regexp_replace(regexp_replace(lower(host), '^.*@|:\d*$', '', 'g'), '^www\.', ''), '');

-- The text with anything that reads like an e-mail address masked.
create macro without_email(words) as
    case
        when contains(words, '@') or contains(words, '%40')
            then regexp_replace(words, '[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+', '[email]', 'g')
        else words
    end;

-- The start of a line for people to look at, with anything that reads like an address masked.
create macro masked_excerpt(words) as
    without_email(regexp_replace(
        left(words, 300),
        '\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-fA-F]{1,4}:){4,}[0-9a-fA-F:.]*|[0-9a-fA-F:]*::[0-9a-fA-F:.]*',
        '[ip]',
        'g'
    ));

-- What a percent-encoded text stands for; the text itself where that is not UTF-8. NUL, which PostgreSQL cannot hold, goes.
create macro percent_decoded(words) as
    coalesce(replace(try(url_decode(words)), chr(0), ''), words);

-- Value of one parameter of a query string; NULL where it is absent or empty.
create macro query_value(query, name) as
    nullif(left(percent_decoded(replace(regexp_extract(query, '(?:^|&)' || name || '=([^&]*)', 1), '+', ' ')), 1000), '');
