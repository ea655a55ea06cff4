-- The host as IDNA encodes it. ascii_host asks Python, so most hosts pass it by.
create macro encoded_host(host) as
    case when regexp_matches(host, '[^\x00-\x7F]') then ascii_host(host) else host end;

-- Host without user, port, www. and the root's dot, in lower case and as IDNA encodes it; NULL for what can be no host.
-- Some servers log bytes of other scripts as \xe4.
create macro clean_host(host) as
    nullif(
        regexp_extract(
            encoded_host(rtrim(regexp_replace(lower(left(host, 1000)), '^.*@|:\d*$', '', 'g'), '.')),
            '^(?:www\.)?([a-z0-9_\\-]+(?:\.[a-z0-9_\\-]+)*|\[[0-9a-f:.]+\])$',
            1
        ),
        ''
    );

-- The host as the site is named, where it is the site's own: names of sites may be written in any script.
create macro host_of_site(site, host) as
    case
        when not regexp_matches(site, '[^\x00-\x7F]') then host
        when clean_host(site) = host
            -- As bare_host in dbt has it.
            then regexp_replace(
                translate(site, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), '^www\.', ''
            )
        else host
    end;

-- The first of the click_ids that a query string has a value for; NULL where it has none.
create macro click_id_kind(query) as
    getvariable('click_ids')[list_min(list_transform(
        regexp_extract_all(query, getvariable('click_id_pattern'), 1),
        lambda name: list_position(getvariable('click_ids'), lower(name))
    ))];
