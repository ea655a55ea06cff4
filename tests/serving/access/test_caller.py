"""Which callers a route lets in, by role, and by what a key is limited to."""

from uuid import uuid4

import pytest

from orchestration.access.credentials import Secret
from serving.access.caller import check_role
from serving.access.caller_rows import Caller, Scopes
from serving.http.problems import ProblemError

ROLES = ("analyst", "owner", "admin")


def caller(role: str, sites: tuple[str, ...] | None = None) -> Caller:
    secret = Secret("key", "dgr_very_secret")
    return Caller(uuid4(), "ada", role, "free", "key", Scopes(("ada",), sites), None, None, secret)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("needed", ROLES)
def test_a_role_is_enough_for_itself_and_for_less(role, needed):
    if ROLES.index(role) >= ROLES.index(needed):
        check_role(caller(role), needed)
    else:
        with pytest.raises(ProblemError, match=f"This needs the role {needed}"):
            check_role(caller(role), needed)


@pytest.mark.parametrize("needed", ROLES)
def test_a_key_that_is_limited_to_sites_reads_and_no_more(needed):
    limited = caller("admin", ("ada.example",))
    if needed == "analyst":
        check_role(limited, needed)
    else:
        with pytest.raises(ProblemError, match="manages nothing"):
            check_role(limited, needed)


def test_a_caller_is_shown_without_the_secret():
    assert "very_secret" not in repr(caller("owner")) + str(vars(caller("owner"))["scopes"])
