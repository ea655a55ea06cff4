-- Which keys of event_data mean which column, from legacy_fields (name, …)? Where several mean the same, the first of them
-- that fits is taken: the column's own name, then others in this order.
create table names as
with others as (
    select
        unnest(keys) as name,
        generate_subscripts(keys, 1) as priority,
        column_name
    from (
        values
        ('owner', ['user_code', 'owner_code']),
        ('session_id', ['session']),
        ('visitor_id', ['anonymous_id', 'client_id']),
        ('contact_id', ['contact']),
        ('share_code', ['share']),
        ('page_url', ['url', 'page', 'path', 'page_path']),
        ('page_title', ['title']),
        ('referrer', ['referer', 'referrer_url']),
        ('user_agent', ['ua']),
        (
            'client_ip',
            ['ip', 'ip_address', 'ip_addr', 'remote_addr', 'remote_ip', 'remote_address', 'user_ip', 'visitor_ip',
                'x_forwarded_for', 'x_real_ip', 'forwarded_for', 'forwarded']
        ),
        ('engaged_seconds', ['time_on_page', 'duration', 'duration_seconds']),
        ('scroll_depth_percentage', ['scroll_depth', 'scroll_percentage']),
        ('load_time_ms', ['load_time']),
        ('device_type', ['device']),
        ('os', ['operating_system']),
        ('language_code', ['language', 'lang', 'locale']),
        ('timezone', ['time_zone']),
        ('country_code', ['country']),
        ('click_target', ['target', 'target_name']),
        ('click_category', ['category']),
        ('click_context', ['context']),
        ('element_type', ['element', 'element_tag', 'tag_name']),
        ('element_class', ['element_classes']),
        ('target_url', ['href', 'element_href']),
        ('is_external', ['external']),
        ('pointer_x', ['click_x', 'x']),
        ('pointer_y', ['click_y', 'y'])
    ) as mapping (column_name, keys)
),

own as (
    select
        name,
        0 as priority,
        name as column_name
    from legacy_fields
    where name != 'owner'
)

from own
union all
from others
