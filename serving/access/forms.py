"""Forms as browsers send them, with the token that only our own page knows."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from orchestration.access.credentials import new_secret
from serving.access.cookies import FORM, SESSION, read_cookie, set_cookie
from serving.access.csrf import csrf_token, is_csrf_token
from serving.http.problems import ProblemError

LARGEST = 16_384
MOST_FIELDS = 20
MONTH = 30 * 24 * 3600


async def read_form(request: Request, cookie: str = SESSION) -> Mapping[str, str]:
    """Return the fields of a form that a page of ours sent, which is bound to ``cookie``.

    Raises ProblemError for any other.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise ProblemError(413, "This form is too large.")
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        fields = None
    # Texts of PostgreSQL cannot have the character 0.
    if fields is None or any("\0" in text for text in fields.values()):
        raise ProblemError(400, "This form cannot be read.")
    token = fields.pop("csrf", "")
    if not is_csrf_token(read_cookie(request, cookie), token):
        raise ProblemError(403, "This form is too old, or of another page: open it again.", "csrf")
    return fields


class FormCookie:
    """What binds the forms of somebody who is not signed in yet to this browser."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._found = read_cookie(request, FORM)
        self._value = self._found or new_secret("session").text

    @property
    def token(self) -> str:
        return csrf_token(self._value)

    def keep(self, response: Response) -> Response:
        if self._found is None:
            set_cookie(self._request, response, FORM, self._value, MONTH)
        return response
