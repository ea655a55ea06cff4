{# The key of a model: no two rows agree in all of these columns, and none is NULL but those of `nullable`, where two
   NULLs agree. #}
{% test unique_together(model, columns, nullable=[]) %}
select
    {{ columns | join(', ') }},
    count(*) as times
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{%- for column in columns if column not in nullable %} or {{ column }} is null{% endfor %}
{% endtest %}
