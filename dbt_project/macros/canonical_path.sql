{# One path for one page: without the name of the folder's index, without a page's extension, without a trailing slash.
   Indexes hold it together with visitors and owners, 2,704 bytes in all: a path of more than 500 bytes is told by its
   beginning and a digest. NULL stays NULL. #}
{% macro canonical_path(path) -%}
    {%- set short -%}
        coalesce(
            nullif(
                regexp_replace(
                    regexp_replace({{ path }}, '((/index)?\.(html?|xhtml|php)|\.aspx?)$', ''), '/+$', ''
                ),
                ''
            ),
            '/'
        )
    {%- endset -%}
    case
        when {{ path }} is null then null
        when {{ bytes_in(short) }} > 500 then concat(left({{ short }}, 100), '…', md5({{ short }}))
        else {{ short }}
    end
{%- endmacro %}
