"""Questions of one web process: what a route calls."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from time import perf_counter
from typing import Any

from psycopg import AsyncConnection

from serving.measures import QUESTION_SECONDS
from serving.questions.answer import Answer, answer
from serving.questions.calendar import today
from serving.questions.engines import PostgresEngine
from serving.questions.faults import Fault, NotBuiltError, QuestionError, TooSlowError, at
from serving.questions.freshness import read_freshness
from serving.questions.parsing import parse
from serving.questions.question import Question
from serving.questions.router import SOURCES

# Before the first question there is a series of each, which says that there were none.
for _source in (*SOURCES, "mixed"):
    QUESTION_SECONDS.labels(_source)
# Returns the sites that who asks may see.
SitesOf = Callable[[], Awaitable[Collection[str]]]


class Questions:
    """Answers them. No statement runs longer than ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._answered = self._too_slow = 0

    async def answer(self, said: Any, connection: AsyncConnection[Any], sites_of: SitesOf) -> tuple[Question, Answer]:
        """Return a question and its answer, on a connection within the scope of who asks.

        Raises QuestionError for what cannot be answered, DataChangedError for a cursor of other data, NotBuiltError
        where there are no marts, and TooSlowError.
        """
        began = perf_counter()
        engine = PostgresEngine(connection)
        day = today()
        await engine.limit(self._seconds)
        try:
            freshness = await read_freshness(engine, day)
        except NotBuiltError:
            # What is wrong with the question is wrong before the first build, too.
            parse(said, today=day, first_day=day)
            raise
        question = parse(said, today=day, first_day=freshness.first_day)
        if question.sites is not None:
            check_sites(question.sites, await sites_of())
        try:
            found = await answer(question, engine, freshness)
        except TooSlowError:
            self._too_slow += 1
            raise
        self._answered += 1
        QUESTION_SECONDS.labels(found.meta["source"]).observe(perf_counter() - began)
        return question, found

    def health(self) -> dict[str, Any]:
        """Return what this process has done so far."""
        return {"engine": PostgresEngine.name, "answered": self._answered, "too_slow": self._too_slow}


def check_sites(asked: Sequence[str], visible: Collection[str]) -> None:
    """Raise QuestionError for sites that there are not; also for those that who asks may not see."""
    faults = [
        Fault("unknown_site", at("/sites", place), "There is no such site that you may see.", tuple(sorted(visible)))
        for place, site in enumerate(asked)
        if site not in visible
    ]
    if faults:
        raise QuestionError(*faults[:50])
