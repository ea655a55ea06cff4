-- What kind of click brought a visitor. Files of the lake from before have no such column: it is NULL there.
alter table raw.events add column click_id_kind text;
comment on column raw.events.click_id_kind is
'Which click id was in the page''s URL, such as gclid: the name of the parameter. The id itself is not kept.';

-- Channels follow from other rules now: each day is built once more.
do $$
begin
    if to_regclass('marts.built_days') is not null then
        -- A build of them has begun: stale_days.py
        update marts.built_days set events = -2;
    end if;
end $$;
