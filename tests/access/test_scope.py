"""The scope of a request: set by what has checked a credential, for one transaction, and by nobody else."""

import psycopg
import pytest

from orchestration.resources.migrations import MIGRATIONS
from orchestration.resources.postgres import connect
from tests.access.conftest import Web

READ = "select access.sees_all(), access.user_codes(), access.sites()"
NOTHING = (False, [], [])


def test_a_scope_holds_for_its_transaction_and_no_longer(web: Web):
    with web.connect() as connection:
        assert connection.execute(READ).fetchone() == NOTHING
        connection.commit()
        connection.execute("select access.let_in(array['jordan', 'a, \"b\"'])")
        assert connection.execute(READ).fetchone() == (False, ["jordan", 'a, "b"'], None)
        connection.commit()
        assert connection.execute(READ).fetchone() == NOTHING
        connection.rollback()
        connection.execute("select access.let_in(array['jordan'], array['a.example'])")
        assert connection.execute(READ).fetchone() == (False, ["jordan"], ["a.example"])
        # The last credential that was presented counts, and an undone one does not.
        connection.execute("savepoint before")
        connection.execute("select access.let_in(null)")
        assert connection.execute(READ).fetchone() == (True, [], None)
        connection.execute("rollback to before")
        assert connection.execute(READ).fetchone() == (False, ["jordan"], ["a.example"])
        connection.rollback()
        assert connection.execute(READ).fetchone() == NOTHING


def test_a_scope_of_no_user_code_sees_nothing(web: Web):
    with web.connect() as connection:
        connection.execute("select access.let_in('{}', '{}')")
        assert connection.execute(READ).fetchone() == NOTHING


@pytest.mark.parametrize("is_local", [True, False])
def test_a_scope_cannot_be_replayed(web: Web, is_local: bool):
    with web.connect() as connection, web.connect() as other:
        connection.execute("select access.let_in(array['jordan'])")
        (sealed,) = connection.execute("select current_setting('dogear.scope')").fetchone() or ("",)
        # Here it counts, however it is written: it is the scope of this transaction.
        connection.execute("select set_config('dogear.scope', %s, %s)", [sealed, is_local])
        assert connection.execute(READ).fetchone() == (False, ["jordan"], None)
        other.execute("select set_config('dogear.scope', %s, %s)", [sealed, is_local])
        assert other.execute(READ).fetchone() == NOTHING
        connection.commit()
        connection.execute("select set_config('dogear.scope', %s, %s)", [sealed, is_local])
        assert connection.execute(READ).fetchone() == NOTHING


@pytest.mark.parametrize(
    "forged",
    [
        "",
        " ",
        "null",
        '{"user_codes": null, "sites": null}',
        f'{"0" * 64} {{"user_codes": null, "sites": null}}',
        f"{'0' * 64} ",
        "%",
        "é" * 65,
    ],
)
def test_a_scope_cannot_be_forged(web: Web, forged: str):
    with web.connect() as connection:
        connection.execute("select set_config('dogear.scope', %s, true)", [forged])
        assert connection.execute(READ).fetchone() == NOTHING


def test_a_sealed_scope_cannot_be_changed(web: Web):
    with web.connect() as connection:
        connection.execute("select access.let_in(array['jordan'])")
        for changed in ("replace(sealed, 'jordan', 'robin')", "sealed || ' '", "' ' || sealed", "upper(sealed)"):
            connection.execute("savepoint before")
            statement = (
                f"select set_config('dogear.scope', {changed}, true) from current_setting('dogear.scope') as sealed"
            )
            connection.execute(statement.encode())
            assert connection.execute(READ).fetchone() == NOTHING, changed
            connection.execute("rollback to before")


@pytest.mark.parametrize(
    "statement",
    [
        "select secret from access.scope_secret",
        "update access.scope_secret set secret = secret",
        "select access.seal('{}')",
        "select access.scope()",
        "select access.set_scope('1', 'admin', 'pro')",
        "alter function access.let_in security invoker",
        "create or replace function access.let_in() returns void language sql as ''",
        "select pg_read_file('PG_VERSION')",
    ],
)
def test_the_secret_and_what_uses_it_are_closed(web: Web, statement: str):
    with web.connect() as connection:
        connection.execute("select access.let_in(null)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())


@pytest.mark.parametrize(
    "setting",
    [
        "search_path = pg_temp, public, pg_catalog",
        "time zone 'Asia/Tokyo'",
        "datestyle = 'German'",
        "bytea_output = 'escape'",
        "extra_float_digits = -15",
        "client_encoding = 'LATIN1'",
        "standard_conforming_strings = off",
        "transform_null_equals = on",
        "row_security = off",
        "debug_parallel_query = on",
    ],
)
def test_no_setting_of_a_session_opens_or_closes_it(web: Web, setting: str):
    with web.connect() as connection:
        connection.execute(f"set {setting}".encode())
        assert connection.execute(READ).fetchone() == NOTHING
        connection.execute("select access.let_in(array['jordan'])")
        assert connection.execute(READ).fetchone() == (False, ["jordan"], None)


def test_each_transaction_of_a_procedure_is_one(web: Web):
    with web.connect() as connection:
        connection.autocommit = True
        connection.execute(
            """
            do $$
            declare
                sealed text;
            begin
                perform access.let_in(array['jordan']);
                sealed := current_setting('dogear.scope');
                commit;
                perform set_config('dogear.scope', sealed, false);
            end
            $$
            """
        )
        assert connection.execute(READ).fetchone() == NOTHING


def test_what_a_role_makes_for_itself_is_not_what_the_functions_use(web: Web):
    with web.connect() as connection:
        connection.execute("create temporary table scope_secret as select true as only_row, sha256('') as secret")
        connection.execute("create function pg_temp.sha256(bytea) returns bytea language sql as 'select null::bytea'")
        connection.execute("set search_path = pg_temp, access, pg_catalog")
        sealed = "'x ' || '{\"user_codes\": null, \"sites\": null}'"
        connection.execute(f"select set_config('dogear.scope', {sealed}, true)".encode())
        assert connection.execute(READ).fetchone() == NOTHING


def test_without_the_right_to_make_roles_the_migration_says_so_and_goes_on(web: Web):
    statements = (MIGRATIONS / "versions" / "0037_scope.sql").read_text()
    said: list[str] = []
    with connect(web.database_url) as connection:
        for role in ("dogear_web", "dogear_collector", "dogear_loader"):
            connection.execute(f"alter role {role} rename to {role}_aside".encode())
        connection.execute("create role weak")
        connection.execute("set role weak")
        connection.add_notice_handler(lambda notice: said.append(notice.message_primary or ""))
        connection.execute(statements[statements.index("do $$") :].encode())
        connection.execute("reset role")
        assert connection.execute("select ops.open_to_web()").fetchone() == (False,)
        connection.rollback()
    assert said == [
        "There is no role dogear_web, and weak may not create roles. "
        "docs/servers.md says what an administrator must run."
    ]
