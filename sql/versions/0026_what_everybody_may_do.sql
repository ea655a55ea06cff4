-- What every role of the server may do in our database, analysts among them, ends at what docs/analysts.md says. Functions
-- are closed to others wherever they are applied: orchestration/resources/functions.py

do $$
begin
    if to_regrole('dogear_analyst') is not null then
        revoke create on schema public from dogear_analyst;
    end if;
end
$$;
