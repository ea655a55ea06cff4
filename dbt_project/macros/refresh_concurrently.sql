{# Readers go on reading a materialized view while it is refreshed; its unique index lets PostgreSQL do so. #}
{% macro postgres__refresh_materialized_view(relation) %}
    refresh materialized view concurrently {{ relation }}
{% endmacro %}
