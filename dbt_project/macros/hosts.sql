{# A host as raw.events has it, in lower case and without www.: names of sites are as their owners wrote them. #}
{% macro bare_host(host) -%}
    {%- set lower = lower_ascii(host) -%}
    case when {{ lower }} like 'www.%' then substr({{ lower }}, 5) else {{ lower }} end
{%- endmacro %}

{# The texts by which a row of traffic_source_categories may match this source, as a list of expressions: the first with
   a row decides. Each kind of row is described in docs/rollups.md. #}
{% macro source_forms(source) -%}
    {%- set host = "regexp_replace(" ~ source ~ ", '^(www|m|mobile|l|lm)\\.', '')" -%}
    {{ return([
        source,
        host,
        "regexp_replace(" ~ host ~ ", '\\.((ac|co|com|edu|gov|ne|net|or|org)\\.)?[a-z]{2}$', '.{}')",
        "regexp_replace(" ~ host ~ ", '^[a-z]{2}(-[a-z]{2})?\\.', '{}.')",
        "regexp_replace(" ~ host ~ ", '^[^.]+\\.', '*.')",
        "split_part(" ~ host ~ ", '.', 1) || '.*'"
    ]) }}
{%- endmacro %}
