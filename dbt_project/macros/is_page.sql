{# Whether a row tells of a page of its day: joins rows to int_page_entities. `day` and `path` say how the row has them, where
   it is not by these names. #}
{% macro is_page(rows, pages, day=none, path='page_path') -%}
    {{ day or rows ~ '.event_day' }} = {{ pages }}.event_day
    and {{ rows }}.user_code = {{ pages }}.user_code
    and {{ rows }}.site = {{ pages }}.site
    and {{ rows }}.{{ path }} = {{ pages }}.page_path
{%- endmacro %}
