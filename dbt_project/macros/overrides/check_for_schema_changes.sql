{# In place of default__check_for_schema_changes, dbt-adapters 1.24: dbt asks for the columns of each side, and compares them in
   Jinja, which was a fifth of a build of few events. One question finds them the same; where it does not, dbt says what differs. #}
{% macro postgres__check_for_schema_changes(source_relation, target_relation) -%}
    {%- set columns = [] -%}
    {%- set differing = [] -%}
    {%- for name, type, is_in_both in run_query(columns_of_both(source_relation, target_relation)) -%}
        {%- do (columns if is_in_both else differing).append(api.Column(name, type)) -%}
    {%- endfor -%}
    {%- if differing or not columns -%}
        {{ return(default__check_for_schema_changes(source_relation, target_relation)) }}
    {%- endif -%}
    {{ return({'schema_changed': False, 'source_columns': columns}) }}
{%- endmacro %}

{# A row for each name and type. #}
{% macro columns_of_both(one, other) -%}
    select attname, format_type(atttypid, atttypmod), count(*) = 2
    from pg_attribute
    where attrelid in (to_regclass('{{ one }}'), to_regclass('{{ other }}')) and attnum > 0 and not attisdropped
    group by attname, atttypid, atttypmod
    order by min(attnum), attname
{%- endmacro %}
