{# In place of postgres__refresh_materialized_view, dbt-postgres 1.11: readers go on reading what the view held while it is
   made again; its unique index lets PostgreSQL do so. #}
{% macro postgres__refresh_materialized_view(relation) %}
    refresh materialized view concurrently {{ relation }}
{% endmacro %}
