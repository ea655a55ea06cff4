{# Whether a row belongs to a page of its day: joins rows to int_page_entities. `day` is the day on which the page was
   seen, if that may differ from the day of the marts that hold the row; `path` is the row's column of the path. #}
{% macro is_page(rows, pages, marts_day='event_day', day=none, path='page_path') -%}
    {{ rows }}.{{ marts_day }} = {{ pages }}.marts_day
    and {{ day or rows ~ '.' ~ marts_day }} = {{ pages }}.event_day
    and {{ rows }}.user_code = {{ pages }}.user_code
    and {{ rows }}.site = {{ pages }}.site
    and {{ rows }}.{{ path }} = {{ pages }}.page_path
{%- endmacro %}

{# Whether a session of int_sessions entered on a page: the day on which it began counts, even if its entry came after
   midnight. #}
{% macro is_entry_page(sessions, pages) -%}
    {{ is_page(sessions, pages, 'session_day', utc_day(sessions ~ '.described_at'), 'entry_page_path') }}
{%- endmacro %}

{# The same for the page on which a session ended. #}
{% macro is_exit_page(sessions, pages) -%}
    {{ is_page(sessions, pages, 'session_day', sessions ~ '.exit_day', 'exit_page_path') }}
{%- endmacro %}
