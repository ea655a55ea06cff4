{# One path for one page: without the name of the folder's index, without a page's extension, without a trailing slash.
   500 characters, since an index holds no more. #}
{% macro canonical_path(path) -%}
    left(
        coalesce(
            nullif(
                regexp_replace(
                    regexp_replace({{ path }}, '((/index)?\.(html?|xhtml|php)|\.aspx?)$', ''), '/+$', ''
                ),
                ''
            ),
            '/'
        ),
        500
    )
{%- endmacro %}
