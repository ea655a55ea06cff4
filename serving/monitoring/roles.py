"""Who may see more of an installation than how it is."""

from collections.abc import Awaitable, Callable

from starlette.requests import HTTPConnection

ADMIN = "admin"
# The role of who asks; None for nobody. Raises ProblemError while the database does not answer.
RoleOf = Callable[[HTTPConnection], Awaitable[str | None]]
