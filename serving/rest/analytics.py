"""Questions over HTTP: what readers did."""

import logging
from collections.abc import Callable, Collection
from typing import Any

import msgspec
import psycopg
from fastapi import APIRouter, Request, Response, Security
from starlette.background import BackgroundTask

from serving.access.access import Access
from serving.access.api import CREDENTIALS, EVERYWHERE, Somebody
from serving.access.caller import scoped
from serving.access.database import RETRY
from serving.http.contract import problems
from serving.http.failures import log_failure
from serving.http.problems import ProblemError
from serving.questions.decisions import decision_of
from serving.questions.faults import BusyError, DataChangedError, Fault, NotBuiltError, QuestionError, TooSlowError
from serving.questions.service import Questions
from serving.rest.contract import ANSWER, CATALOGUE, OF_BODY, OF_PARAMETERS, catalogue
from serving.rest.formats import JSON, written
from serving.rest.parameters import question_of

log = logging.getLogger("dogear.web")
STATE = "dogear_questions"
ASKED = problems(
    {
        409: "The data are others by now: a cursor does not read on in them.",
        504: "The answer takes longer than a question may.",
    }
)

REFUSALS: dict[type[Exception], tuple[int, str, str]] = {
    DataChangedError: (
        *(409, "data_changed"),
        "The marts were built again since the first page. Ask without the cursor, from the first page on.",
    ),
    BusyError: (503, "busy", "Many questions are being answered just now. Ask again in some seconds."),
    NotBuiltError: (503, "not_built", "There are no marts yet, or they are being made: dogear build makes them."),
    TooSlowError: (
        *(504, "question_too_slow"),
        "This takes longer than DOGEAR_QUESTION_SECONDS. Ask for a shorter range, or for fewer dimensions.",
    ),
}

routes = APIRouter(
    prefix="/api/v1/analytics",
    tags=["analytics"],
    responses=EVERYWHERE,
    dependencies=[Security(credential) for credential in CREDENTIALS],
)


@routes.post(
    "/query", summary="Ask a question", response_class=Response, responses={**ASKED, **ANSWER}, openapi_extra=OF_BODY
)
async def query(request: Request) -> Response:
    """How many, by what, where: docs/api.md has the language, and /api/v1/analytics/catalogue what can be asked."""
    # Nobody who sends slowly holds a connection meanwhile.
    body = await request.body()
    return await answered(request, lambda: decoded(body))


@routes.get(
    "/query",
    summary="Ask a question by a URL",
    response_class=Response,
    responses={**ASKED, **ANSWER},
    openapi_extra=OF_PARAMETERS,
)
async def query_by_url(request: Request) -> Response:
    """The same members as parameters: lists with commas between, conditions as JSON."""
    return await answered(request, lambda: question_of(request.query_params))


@routes.get("/catalogue", summary="What can be asked", responses=CATALOGUE, response_class=Response)
async def what_can_be_asked(_: Somebody) -> Response:
    """Metrics with their definition and unit, and dimensions; and which of them go together."""
    return Response(msgspec.json.encode(catalogue()), media_type=JSON)


async def answered(request: Request, said: Callable[[], Any]) -> Response:
    """Answer the question that ``said`` returns, or say why not."""
    questions: Questions = getattr(request.app.state, STATE)
    try:
        async with questions.turn(), scoped(request, is_snapshot=True) as (found, connection):

            async def sites() -> Collection[str]:
                rows = await connection.execute("select site from access.list_sites(%s)", [found.secret.digest])
                return {row["site"] for row in await rows.fetchall()}

            done = await questions.answer(said(), connection, sites)
    except (QuestionError, BusyError, DataChangedError, NotBuiltError, TooSlowError) as error:
        raise problem_of(error) from None
    response = written(done.question, done.answer)
    # Nobody waits for it.
    response.background = BackgroundTask(note, Access.of(request), found.secret.digest, decision_of(*done))
    return response


async def note(access: Access, credential: bytes, decision: dict[str, Any]) -> None:
    """Keep how a question was answered; the answer does not depend on it."""
    try:
        await access.database.rows("note_question", credential=credential, **decision)
    except (ProblemError, psycopg.Error) as error:
        log_failure(log, "Noting a question", error)


def problem_of(error: Exception) -> ProblemError:
    """Return what a request ends with, and the way out."""
    if isinstance(error, QuestionError):
        detail = "This question cannot be answered; `errors` says why."
        return ProblemError(422, detail, "invalid_question", errors=list(error.faults))
    status, code, detail = REFUSALS[type(error)]
    return ProblemError(status, detail, code, RETRY if status == 503 else None)


def decoded(body: bytes) -> Any:
    """Return the JSON of a body. Raises QuestionError."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise QuestionError(Fault("not_json", "", "The body cannot be read as JSON.")) from None
