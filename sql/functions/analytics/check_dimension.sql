create or replace function analytics.check_dimension(dimension text) returns boolean
language plpgsql immutable parallel safe as $$
begin
    if dimension is null or dimension not in (
        'country', 'region', 'city', 'device', 'browser', 'os', 'language', 'screen', 'host', 'utm_source', 'utm_medium',
        'utm_campaign', 'utm_term', 'utm_content', 'entry_page', 'exit_page'
    ) then
        raise exception 'There is no dimension %; there are: country, region, city, device, browser, os, language, screen, host, utm_source, utm_medium, utm_campaign, utm_term, utm_content, entry_page, exit_page.', coalesce(quote_literal(left(dimension, 40)), 'NULL')
            using errcode = 'invalid_parameter_value';
    end if;
    return true;
end
$$;
comment on function analytics.check_dimension is
'True for a dimension of marts.analytics_daily_breakdowns; an error that lists them for any other.';
