{# GA4's default channel group. `source`, `medium` and `campaign` are '' where there is none; `category` is the kind of
   site that the source is. Rules and their order: https://support.google.com/analytics/answer/9756891
   GA4 has had AI Assistant since May 2026. #}
{% macro traffic_channel(source, medium, campaign, category) %}
{%- set is_paid -%} {{ matches(medium, '^(.*cp.*|ppc|retargeting|paid.*)$') }} {%- endset -%}
{%- set is_shopping -%} ({{ category }} = 'shopping' or {{ matches(campaign, '(^|[^a-df-z])shop|shopping') }}) {%- endset -%}
    case
        when {{ source }} = '' and {{ medium }} = '' then 'Direct'
        when {{ campaign }} like '%cross-network%' then 'Cross-network'
        when {{ is_shopping }} and {{ is_paid }} then 'Paid Shopping'
        when {{ category }} = 'search' and {{ is_paid }} then 'Paid Search'
        when {{ category }} = 'social' and {{ is_paid }} then 'Paid Social'
        when {{ category }} = 'video' and {{ is_paid }} then 'Paid Video'
        when {{ medium }} in ('display', 'banner', 'expandable', 'interstitial', 'cpm') then 'Display'
        when {{ is_paid }} then 'Paid Other'
        when {{ category }} = 'assistant' or {{ medium }} = 'ai-assistant' then 'AI Assistant'
        when {{ is_shopping }} then 'Organic Shopping'
        when
            {{ category }} = 'social'
            or {{ medium }} in ('social', 'social-network', 'social-media', 'sm', 'social network', 'social media')
            then 'Organic Social'
        when {{ category }} = 'video' or {{ medium }} like '%video%' then 'Organic Video'
        when {{ category }} = 'search' or {{ medium }} = 'organic' then 'Organic Search'
        when
            {{ category }} = 'email'
            or {{ source }} in ('email', 'e-mail', 'e_mail', 'e mail')
            or {{ medium }} in ('email', 'e-mail', 'e_mail', 'e mail')
            then 'Email'
        when {{ medium }} = 'affiliate' then 'Affiliates'
        when {{ medium }} in ('referral', 'app', 'link') then 'Referral'
        when {{ medium }} = 'audio' then 'Audio'
        when {{ source }} = 'sms' or {{ medium }} = 'sms' then 'SMS'
        when
            {{ medium }} like '%push'
            or {{ medium }} like '%mobile%'
            or {{ medium }} like '%notification%'
            or {{ source }} = 'firebase'
            then 'Mobile Push Notifications'
        else 'Unassigned'
    end
{%- endmacro %}
