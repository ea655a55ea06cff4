-- The rule of orchestration/paths.py, which says why. dbt's macro says the same to DuckDB.
create or replace function raw.spelled_path(written text) returns text
language plpgsql immutable strict parallel safe as $$
declare
    more constant text := '%[89AB][0-9A-F]';
    -- A character that need not be encoded: of one byte, then two, three, four. Left out are those of `others`.
    character constant text := concat_ws(
        '|',
        '%(?:2[146-9A-E]|3[0-9ABD]|4[0-9A-F]|5[0-9ABDF]|6[1-9A-F]|7[0-9ACE])',
        '%C2%[AB][0-9A-F]|%(?:C[3-9A-F]|D[0-9A-F])' || more,
        '%E0%[AB][0-9A-F]' || more,
        '%E1(?:%[89A][0-9A-F]' || more || '|%B[0-9A-E]' || more || '|%BF%(?:[89B][0-9A-F]|A[0-9A-E]))',
        '%E2(?:%80%(?:[89B][0-9A-F]|A[0-7F])|%81%(?:[89B][0-9A-F]|A[0-5A-F])',
        '%8[2-9A-F]' || more || '|%[9AB][0-9A-F]' || more || ')',
        '%E[3-9A-CE]' || more || more,
        '%ED%[89][0-9A-F]' || more,
        '%EF(?:%[89A][0-9A-F]' || more || '|%B[0-9AC-F]' || more || '|%BB%(?:[89A][0-9A-F]|B[0-9A-E]))',
        '%F0%[9AB][0-9A-F]' || more || more || '|%F[1-3]' || more || more || more || '|%F4%8[0-9A-F]' || more || more
    );
    others constant text := '\u0001-\u0020"#<>?\\^`{}\u007f-\u009f\u1fef\u2028-\u202e\u2066-\u2069\ufeff';
    token constant text := '((?:' || character || ')+)|(%[0-9A-F]{2})|([' || others || ']+|%)|([^%' || others || ']+)';
    path text;
begin
    -- U+0001 after each escape, so that nothing composes with its letters.
    select
        replace(
            normalize(
                string_agg(
                    case
                        when piece[1] is not null
                            then convert_from(decode(replace(piece[1], '%', ''), 'hex'), 'UTF8')
                        when piece[2] is not null then upper(piece[2]) || chr(1)
                        when piece[3] is not null
                            then regexp_replace(
                                upper(encode(convert_to(piece[3], 'UTF8'), 'hex')), '(..)', '%\1' || chr(1), 'g'
                            )
                        else piece[4]
                    end,
                    '' order by place
                ),
                nfc
            ),
            chr(1),
            ''
        )
    into path
    from regexp_matches(written, token, 'gi') with ordinality as found (piece, place);
    path := '/' || regexp_replace(coalesce(path, ''), ';jsessionid=[^/;]*', '', 'g');
    -- A dot segment at the end leads to a folder.
    if path ~ '/\.\.?$' then
        path := path || '/';
    end if;
    path := regexp_replace(path, '(/\.?)*/', '/', 'g');
    while path ~ '/\.\./' loop
        path := regexp_replace(regexp_replace(path, '^(/\.\.)+/', '/'), '/[^/]+/\.\./', '/');
    end loop;
    return path;
end
$$;
comment on function raw.spelled_path is
'The path of a URL, spelled in the one way: escapes that need not be are decoded, dot segments are resolved.';
