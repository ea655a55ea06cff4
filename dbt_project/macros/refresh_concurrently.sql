{# Readers go on reading what a materialized view held, while it is made anew; its unique index lets PostgreSQL do so. #}
{% macro postgres__refresh_materialized_view(relation) %}
    refresh materialized view concurrently {{ relation }}
{% endmacro %}
