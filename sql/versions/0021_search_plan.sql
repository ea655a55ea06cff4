-- PostgreSQL 18 plans a function anew for the first five calls of a connection. Knowing the site, it then takes the
-- index of sites, looks into every document of it, and needs five times as long as with the plan for any site.
alter function content.search set plan_cache_mode = force_generic_plan;
