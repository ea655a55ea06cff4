-- How large the visitor's screen is. Files of the lake from before have no such columns: they are NULL there.
alter table raw.events add column screen_width integer;
alter table raw.events add column screen_height integer;
comment on column raw.events.screen_width is 'Width of the screen, CSS pixels.';
comment on column raw.events.screen_height is 'Height of the screen, CSS pixels.';
