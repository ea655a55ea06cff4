"""Which user agents are crawlers: by the list that crawler-user-agents keeps."""

from collections.abc import Iterable
from typing import Any


class CrawlerList:
    """Answers for each distinct user agent once."""

    def __init__(self) -> None:
        from crawleruseragents import is_crawler  # type: ignore[import-untyped]

        self._is_crawler: Any = is_crawler
        self._known: dict[str, bool] = {}

    def classify(self, user_agents: Iterable[str]) -> dict[str, bool]:
        """Whether each of ``user_agents`` is a crawler."""
        for user_agent in user_agents:
            if user_agent not in self._known:
                self._known[user_agent] = self._is_crawler(user_agent)
        return {user_agent: self._known[user_agent] for user_agent in user_agents}
