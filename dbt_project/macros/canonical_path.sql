{# One path for one page: without the name of the folder's index, without a page's extension, without a trailing slash. #}
{% macro canonical_path(path) -%}
    coalesce(
        nullif(
            regexp_replace(
                regexp_replace({{ path }}, '((/index)?\.(html?|xhtml|php)|\.aspx?)$', ''), '/+$', ''
            ),
            ''
        ),
        '/'
    )
{%- endmacro %}
