"""Questions of one web process: what a route calls."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any, NamedTuple

from psycopg import AsyncConnection

from orchestration.days import today
from serving.measures import QUESTION_SECONDS
from serving.questions.answer import Answer, answer
from serving.questions.engines import PostgresEngine
from serving.questions.faults import MOST_FAULTS, BusyError, Fault, NotBuiltError, QuestionError, TooSlowError, at
from serving.questions.freshness import read_first_day, read_freshness
from serving.questions.parsing import parse
from serving.questions.question import Question
from serving.questions.router import SOURCES, Plan

# Before the first question there is a series of each, which says that there were none.
for _source in (*SOURCES, "mixed"):
    QUESTION_SECONDS.labels(_source)
# Each takes a connection of the web process; the others are for who signs in, and for all else that is quick.
MOST_AT_ONCE = 6
# Seconds.
PATIENCE = 5.0
MOST_NAMED = 100
# Returns the sites that who asks may see.
SitesOf = Callable[[], Awaitable[Collection[str]]]


class Answered(NamedTuple):
    """A question, how it was answered, and the answer."""

    question: Question
    plan: Plan
    answer: Answer


class Questions:
    """Answers them. No statement runs longer than ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._answered = self._too_slow = 0
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Wait until few enough are asked at once. Raises BusyError if that takes long."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._turns.acquire()
        except TimeoutError:
            raise BusyError from None
        try:
            yield
        finally:
            self._turns.release()

    async def answer(self, said: Any, connection: AsyncConnection[Any], sites_of: SitesOf) -> Answered:
        """Return a question with its answer, asked on a connection within the scope of who asks.

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
        first_day = await read_first_day(engine, day) if is_of_all(said) else day
        question = parse(said, today=day, first_day=first_day)
        if question.sites is not None:
            check_sites(question.sites, await sites_of())
        try:
            found, plan = await answer(question, engine, freshness)
        except TooSlowError:
            self._too_slow += 1
            raise
        self._answered += 1
        QUESTION_SECONDS.labels(found.meta["source"]).observe(perf_counter() - began)
        return Answered(question, plan, found)

    def health(self) -> dict[str, Any]:
        """Return what this process has done so far."""
        return {"engine": PostgresEngine.name, "answered": self._answered, "too_slow": self._too_slow}


def is_of_all(said: Any) -> bool:
    return isinstance(said, dict) and said.get("range") == "all"


def check_sites(asked: Sequence[str], visible: Collection[str]) -> None:
    """Raise QuestionError for sites that there are not; also for those that who asks may not see."""
    allowed = tuple(sorted(visible)[:MOST_NAMED])
    faults = [
        Fault("unknown_site", at("/sites", place), "There is no such site that you may see.", allowed)
        for place, site in enumerate(asked)
        if site not in visible
    ]
    if faults:
        raise QuestionError(*faults[:MOST_FAULTS])
