{# The class of a screen by its width in CSS pixels, with the bounds that Plausible has: mobile below 576, tablet below 992,
   laptop below 1440, desktop from there. NULL where the width is not known, as in logs. #}
{% macro screen_class(width) -%}
    case
        when {{ width }} < 576 then 'mobile'
        when {{ width }} < 992 then 'tablet'
        when {{ width }} < 1440 then 'laptop'
        when {{ width }} is not null then 'desktop'
    end
{%- endmacro %}
