"""The API of access does what /openapi.json says, and nothing else: requests made up from that document."""

import subprocess
import sys
from pathlib import Path

import psycopg
import requests

from orchestration.access.accounts import add_account
from orchestration.access.keys import add_key

EXAMPLES, OPERATIONS = 10, 13


def test_requests_made_up_from_the_contract_find_nothing(
    served: str, owner_url: str, operator: psycopg.Connection, tmp_path: Path
) -> None:
    add_account(owner_url, "root", "admin")
    key = add_key(owner_url, "walk", account="root")
    command = [Path(sys.executable).with_name("schemathesis"), "--no-color", "run"]
    options = ["--max-examples", EXAMPLES, "--seed", 1, "--continue-on-failure", "--no-shrink", "--checks", "all"]
    header = ["--header", f"Authorization: Bearer {key}"]
    done = subprocess.run(
        [str(it) for it in (*command, *options, *header, f"{served}/openapi.json")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr
    assert f"Tested: {OPERATIONS}" in done.stdout


def test_the_contract_says_what_a_request_presents(served: str) -> None:
    contract = requests.get(f"{served}/openapi.json", timeout=9).json()
    assert {"key", "session"} == contract["components"]["securitySchemes"].keys()
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            assert {"401", "429"} <= operation["responses"].keys(), (path, method)
            assert operation["security"] == [{"key": []}, {"session": []}]
            assert operation["summary"]
