{# In place of default__persist_docs, dbt-adapters 1.24: descriptions are written where they are not those that stand there.
   A table of days keeps its own. #}
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
