"""What PUBLIC and an analyst may do in each schema, walked over in the catalogue, so that nothing new is forgotten."""

import psycopg

from tests.installation import Installation

OURS = "nspname !~ '^pg_' and nspname <> 'information_schema'"
SCHEMAS = f"""
    select nspname, right_ from pg_namespace cross join unnest(array['usage', 'create']) as right_
    where {OURS} and has_schema_privilege(oid, right_) order by 1, 2
"""
RELATIONS = f"""
    select distinct nspname, right_
    from pg_class inner join pg_namespace on pg_namespace.oid = relnamespace
    cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as right_
    where {OURS} and relkind in ('r', 'p', 'v', 'm', 'f') and has_table_privilege(pg_class.oid, right_)
    order by 1, 2
"""
SEQUENCES = f"""
    select pg_class.oid::regclass::text
    from pg_class inner join pg_namespace on pg_namespace.oid = relnamespace
    where {OURS} and case when relkind = 'S' then has_sequence_privilege(pg_class.oid, 'usage, select, update') end
"""
ROUTINES = f"""
    select distinct nspname
    from pg_proc inner join pg_namespace on pg_namespace.oid = pronamespace
    where {OURS} and has_function_privilege(pg_proc.oid, 'execute')
"""
BY_OWNER_WITHOUT_PATH = f"""
    select pg_proc.oid::regprocedure::text
    from pg_proc inner join pg_namespace on pg_namespace.oid = pronamespace
    where {OURS} and prosecdef and 'search_path=pg_catalog, pg_temp' <> all(coalesce(proconfig, '{{}}'))
"""
DATABASE = """
    select right_ from unnest(array['connect', 'create', 'temporary']) as right_
    where has_database_privilege(current_database(), right_)
"""


def test_an_analyst_has_the_rights_that_are_written_down_and_no_others(analyst: psycopg.Connection) -> None:
    assert analyst.execute(DATABASE.encode()).fetchall() == [("connect",)]
    assert analyst.execute(SCHEMAS.encode()).fetchall() == [
        ("analytics", "usage"),
        ("marts", "usage"),
        ("public", "usage"),
        ("scoped", "usage"),
    ]
    readable = [(schema, right) for schema, right in analyst.execute(RELATIONS.encode()) if schema != "public"]
    assert readable == [("marts", "select"), ("scoped", "select")]
    assert analyst.execute(SEQUENCES.encode()).fetchall() == []
    assert sorted(analyst.execute(ROUTINES.encode()).fetchall()) == [("access",), ("analytics",)]


def test_who_calls_a_function_of_its_owner_has_no_say_in_what_its_names_mean(tiny_site: Installation) -> None:
    assert tiny_site.rows(BY_OWNER_WITHOUT_PATH) == []
