-- On which days does a table of days name the visitor? The names of table and columns are filled in.
select distinct {day}
from {table}
where
    (%(site)s::text is null or site = %(site)s)
    and (
        %(id)s in (visitor_id, account_id)
        or visitor_id = %(uuid)s::uuid::text
        or (
            visitor_id like 'hashed-%%'
            and visitor_id = 'hashed-' || left(encode(sha256(convert_to(site || '|' || %(id)s, 'UTF8')), 'hex'), 32)
        )
    )
