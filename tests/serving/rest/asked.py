"""Programs that ask the API about the three sites."""

from typing import Any

import requests
from requests.adapters import HTTPAdapter

PATIENCE = 60


class Program:
    """A program with a key, which keeps its connection."""

    def __init__(self, url: str, key: str | None) -> None:
        self._url = f"{url}/api/v1/analytics"
        self._session = requests.Session()
        self._session.mount("http://", HTTPAdapter(pool_maxsize=1))
        if key is not None:
            self._session.headers["Authorization"] = f"Bearer {key}"

    def post(self, question: Any) -> requests.Response:
        return self._session.post(f"{self._url}/query", json=question, timeout=PATIENCE)

    def post_bytes(self, body: bytes) -> requests.Response:
        said = {"Content-Type": "application/json"}
        return self._session.post(f"{self._url}/query", data=body, headers=said, timeout=PATIENCE)

    def get(self, path: str = "/query", **parameters: Any) -> requests.Response:
        return self._session.get(f"{self._url}{path}", params=parameters, timeout=PATIENCE)

    def ask(self, question: Any) -> dict[str, Any]:
        """The answer of a question that has one."""
        answer = self.post(question)
        assert answer.status_code == 200, answer.text
        return answer.json()
