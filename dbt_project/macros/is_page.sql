{# Whether a row tells of a page of its day: joins rows to int_page_entities. `day` says on which day the page was seen,
   where that may be another than the day of the marts that have the row; `path` how the row calls the path. #}
{% macro is_page(rows, pages, marts_day='event_day', day=none, path='page_path') -%}
    {{ rows }}.{{ marts_day }} = {{ pages }}.marts_day
    and {{ day or rows ~ '.' ~ marts_day }} = {{ pages }}.event_day
    and {{ rows }}.user_code = {{ pages }}.user_code
    and {{ rows }}.site = {{ pages }}.site
    and {{ rows }}.{{ path }} = {{ pages }}.page_path
{%- endmacro %}
