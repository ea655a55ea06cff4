{# Paths of URLs, in the one form in which they are compared: orchestration/paths.py says which, and why. #}

{# The spelling of a path. NULL stays NULL. #}
{% macro normal_path(path) -%}
    {{ adapter.dispatch('normal_path')(path) }}
{%- endmacro %}

{% macro postgres__normal_path(path) -%}
    raw.normal_path({{ path }})
{%- endmacro %}

{# The same as raw.spelled_path. Most paths need none of it. #}
{% macro duckdb__normal_path(path) -%}
    {%- set more = '%[89AB][0-9A-F]' -%}
    {%- set character = [
        '%(?:2[146-9A-E]|3[0-9ABD]|4[0-9A-F]|5[0-9ABDF]|6[1-9A-F]|7[0-9ACE])',
        '%C2%[AB][0-9A-F]|%(?:C[3-9A-F]|D[0-9A-F])' ~ more,
        '%E0%[AB][0-9A-F]' ~ more,
        '%E1(?:%[89A][0-9A-F]' ~ more ~ '|%B[0-9A-E]' ~ more ~ '|%BF%(?:[89B][0-9A-F]|A[0-9A-E]))',
        '%E2(?:%80%(?:[89B][0-9A-F]|A[0-7F])|%81%(?:[89B][0-9A-F]|A[0-5A-F])',
        '%8[2-9A-F]' ~ more ~ '|%[9AB][0-9A-F]' ~ more ~ ')',
        '%E[3-9A-CE]' ~ more ~ more,
        '%ED%[89][0-9A-F]' ~ more,
        '%EF(?:%[89A][0-9A-F]' ~ more ~ '|%B[0-9AC-F]' ~ more ~ '|%BB%(?:[89A][0-9A-F]|B[0-9A-E]))',
        '%F0%[9AB][0-9A-F]' ~ more ~ more ~ '|%F[1-3]' ~ more ~ more ~ more ~ '|%F4%8[0-9A-F]' ~ more ~ more
    ] | join('|') -%}
    {%- set others = '\\x01-\\x20"#<>?\\\\^`{}\\x7F-\\x{9F}\\x{1FEF}\\x{2028}-\\x{202E}\\x{2066}-\\x{2069}\\x{FEFF}' -%}
    {%- set rest = '["#%<>?\\\\^`{}]|//|/\\.|;j|^[^/]|^$' -%}
    {%- set token = '(?i)(?:' ~ character ~ ')+|%[0-9A-F]{2}|[' ~ others ~ ']+|%|[^%' ~ others ~ ']+' -%}
    {%- set spelled -%}
        replace(
            nfc_normalize(
                array_to_string(
                    list_transform(
                        regexp_extract_all({{ path }}, '{{ token }}'),
                        lambda piece: case
                            when regexp_matches(piece, '(?i)^(?:{{ character }})') then url_decode(piece)
                            when length(piece) = 3 and regexp_matches(piece, '(?i)^%[0-9A-F]{2}$') then upper(piece) || chr(1)
                            when regexp_matches(piece, '^[%{{ others }}]')
                                then regexp_replace(hex(encode(piece)), '(..)', '%\1' || chr(1), 'g')
                            else piece
                        end
                    ),
                    ''
                )
            ),
            chr(1),
            ''
        )
    {%- endset -%}
    case
        when {{ path }} is null or not regexp_matches({{ path }}, '[^!-~]|{{ rest }}') then {{ path }}
        when nfc_normalize({{ path }}) = {{ path }} and not regexp_matches({{ path }}, '[{{ others }}]|{{ rest }}') then {{ path }}
        else list_transform(
                [string_split(regexp_replace({{ spelled }}, ';jsessionid=[^/;]*', '', 'g'), '/')],
                lambda parts: array_to_string(
                    list_reduce(
                        list_transform(parts, lambda part: [part]),
                        lambda kept, part: case
                            when part = ['..'] then kept[1:greatest(len(kept) - 1, 1)]
                            when part[1] in ('', '.') then kept
                            else kept || part
                        end,
                        ['']
                    ) || case when parts[-1] in ('', '.', '..') then [''] else [] end,
                    '/'
                )
            )[1]
    end
{%- endmacro %}

{# The form by which paths of pages are compared: without / or index at the end, or a page's ending. NULL stays NULL.
   Indexes hold it together with visitors and owners, 2,704 bytes in all: a path of more than 500 bytes is replaced by
   its beginning and a digest. #}
{% macro canonical_path(path) -%}
    {%- set canonical = adapter.dispatch('page_path')(path) -%}
    case
        when {{ bytes_in(canonical) }} > 500 then concat(left({{ canonical }}, 100), '…', md5({{ canonical }}))
        else {{ canonical }}
    end
{%- endmacro %}

{% macro postgres__page_path(path) -%}
    raw.page_path({{ path }})
{%- endmacro %}

{% macro duckdb__page_path(path) -%}
    coalesce(
        nullif(
            regexp_replace(
                {{ duckdb__normal_path(path) }}, '(?:(?:/index)?\.+(?:html?|xhtml|php|aspx?)|/)+$', ''
            ),
            ''
        ),
        case when {{ path }} is not null then '/' end
    )
{%- endmacro %}
