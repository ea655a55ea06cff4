"""The collector does what /openapi.json says, and nothing else: thousands of requests made up from that document."""

import subprocess
import sys
from pathlib import Path

import requests

from tests.serving.collector.running import RunningCollector

CONFIG = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = 20  # for each path; some 2,000 requests more try each value at its bounds
PATHS = 6


def test_requests_made_up_from_the_contract_find_nothing(collector: RunningCollector, tmp_path: Path):
    command = [Path(sys.executable).with_name("schemathesis"), "--no-color", "--config-file", CONFIG, "run"]
    options = ["--max-examples", EXAMPLES, "--seed", 1, "--continue-on-failure", "--no-shrink", "--checks", "all"]
    address = f"{collector.url}/openapi.json"
    done = subprocess.run(
        [str(it) for it in (*command, *options, address)], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr
    assert f"Tested: {PATHS}" in done.stdout
    assert "No issues found" in done.stdout


def test_the_contract_names_every_answer_and_what_only_proxies_may_say(collector: RunningCollector):
    contract = requests.get(f"{collector.url}/openapi.json", timeout=9).json()
    assert "client_ip" not in contract["components"]["schemas"]["EventData"]["properties"]
    assert {"400", "404", "405", "429", "503"} <= contract["paths"]["/api/v1/analytics/event"]["post"][
        "responses"
    ].keys()
