{# dbt's queries about tables, several times for each model. dbt would ask the information schema, which takes longer
   with each partition of raw.events. #}

{% macro postgres__get_columns_in_relation(relation) -%}
    {%- call statement('get_columns_in_relation', fetch_result=True) -%}
        select
            attname,
            format_type(atttypid, null),
            information_schema._pg_char_max_length(atttypid, atttypmod),
            information_schema._pg_numeric_precision(atttypid, atttypmod),
            information_schema._pg_numeric_scale(atttypid, atttypmod)
        from pg_attribute
        where attrelid = to_regclass('{{ relation }}') and attnum > 0 and not attisdropped
        order by attnum
    {%- endcall -%}
    {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}

{# Descriptions are written only if they have changed: a table of days keeps its own. #}
{% macro postgres__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- set said = {} -%}
    {%- for name, comment in run_query(descriptions_in(relation)) -%}
        {%- do said.update({name: comment}) -%}
    {%- endfor -%}
    {%- set new = [] -%}
    {%- if for_relation and config.persist_relation_docs() and model.description and model.description != said[''] -%}
        {%- do new.append(alter_relation_comment(relation, model.description)) -%}
    {%- endif -%}
    {%- if for_columns and config.persist_column_docs() -%}
        {%- for name, column in model.columns.items() if name in said and column.description != said[name] -%}
            {%- do new.append(
                'comment on column ' ~ relation ~ '.' ~ adapter.quote(name) ~ ' is '
                ~ postgres_escape_comment(column.description) ~ ';'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if new -%}
        {%- do run_query(new | join('\n')) -%}
    {%- endif -%}
{%- endmacro %}

{# By name of the column; '' is the relation itself. #}
{% macro descriptions_in(relation) -%}
    select '', coalesce(obj_description(to_regclass('{{ relation }}'), 'pg_class'), '')
    union all
    select attname, coalesce(col_description(attrelid, attnum), '')
    from pg_attribute
    where attrelid = to_regclass('{{ relation }}') and attnum > 0 and not attisdropped
{%- endmacro %}
