"""``adapter.dispatch`` for sqlfluff, which renders macros without dbt: always PostgreSQL's."""

from collections.abc import Callable

from jinja2 import pass_context
from jinja2.runtime import Context


@pass_context
def dispatch(context: Context, macro: str, package: str | None = None) -> Callable[..., str]:  # noqa: ARG001 - dbt's
    return context.resolve(f"postgres__{macro}")
