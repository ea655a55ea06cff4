"""Debian's Prometheus: it scrapes what it is given, and is asked."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from orchestration.settings import PROJECT_ROOT
from tests.serving.collector.running import free_port, until

RULES = PROJECT_ROOT / "serving" / "monitoring" / "rules.yml"


@dataclass(frozen=True)
class Prometheus:
    """A server that scrapes every moment."""

    url: str

    def ask(self, question: str) -> list[dict[str, Any]]:
        """The series of an answer."""
        answer = requests.get(f"{self.url}/api/v1/query", {"query": question}, timeout=10).json()
        assert answer["status"] == "success", (question, answer)
        return answer["data"]["result"]

    def rules(self) -> list[dict[str, Any]]:
        groups = requests.get(f"{self.url}/api/v1/rules", timeout=10).json()["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]


def program(name: str) -> str:
    """Skips where it is absent, but never under CI."""
    found = shutil.which(name)
    if found is None and os.environ.get("CI") != "true":
        pytest.skip(f"{name} is absent")
    assert found
    return found


@contextmanager
def running_prometheus(folder: Path, target: str) -> Iterator[Prometheus]:
    """One that scrapes ``target`` (host:port) and knows our rules."""
    config = folder / "prometheus.yml"
    scraped = {"job_name": "dogear", "static_configs": [{"targets": [target]}]}
    every = {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "1s"}
    config.write_text(json.dumps({"global": every, "rule_files": [str(RULES)], "scrape_configs": [scraped]}))
    port = free_port()
    options = [
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen([program("prometheus"), *options], stdout=log, stderr=subprocess.STDOUT)
        try:
            until(lambda: is_ready(f"http://127.0.0.1:{port}"))
            yield Prometheus(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(timeout=30)


def is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/-/ready", timeout=5).ok
    except requests.RequestException:
        return False
