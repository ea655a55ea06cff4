{# Incremental strategy: the days that are being built leave the table and come anew, in one transaction.
   A model names the column that holds its day, and how many days beyond the last it writes:
   `day_column='session_day'`, `days_after=1`. #}
{% macro get_incremental_replace_days_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    delete from {{ target }} where {{ in_days(config.require('day_column'), config.get('days_after', 0)) }};
    insert into {{ target }} ({{ columns }}) select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}
