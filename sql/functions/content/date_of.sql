create or replace function content.date_of(written text) returns date
language plpgsql immutable strict parallel safe as $$
begin
    return make_date(left(written, 4)::integer, substr(written, 6, 2)::integer, substr(written, 9, 2)::integer);
exception when others then
    return null;
end
$$;
comment on function content.date_of is 'A date that is written like 2026-03-01, whatever follows; NULL for what is none.';
