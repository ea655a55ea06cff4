"""How long does a search take in 10,000 documents?

    .venv/bin/python -m bench.content_search [documents]

The documents are made of the words of the sample site, so that each word stands in very many of them: harder than real
text. A query is one to three words of four letters or more, drawn as often as they are written. The goal:
20 ms for 95 of 100. Also measured: the first two searches of a new connection; the first waits for PostgreSQL to
read its dictionaries.
"""

import random
import re
import sys
import time

import psycopg

from bench.content_sync import SITE, WORDS, generated_site
from bench.results import keep

QUERIES = 300
CONNECTIONS = 30


def queries(chance: random.Random) -> list[str]:
    words = [word.lower() for word in WORDS if re.fullmatch(r"[A-Za-z]{4,}", word)]
    return [" ".join(chance.choices(words, k=chance.choice([1, 1, 2, 3]))) for _ in range(QUERIES)]


def milliseconds(connection: psycopg.Connection, function: str, asked: list[str]) -> list[float]:
    taken: list[float] = []
    for query in asked:
        started = time.perf_counter()
        connection.execute(f"select * from content.{function}(%s, %s)", [query, SITE]).fetchall()
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def say(what: str, taken: list[float]) -> dict[str, float]:
    p50, p95 = (sorted(taken)[int(part * len(taken))] for part in (0.5, 0.95))
    print(f"{what:<12}p50 {p50:5.1f} ms   p95 {p95:5.1f} ms   of {len(taken)} queries")
    return {f"{what} p50, ms": p50, f"{what} p95, ms": p95}


def main() -> None:
    documents = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    figures: dict[str, float] = {}
    with generated_site(documents) as (_, url, sync):
        sync()
        asked = queries(random.Random(1))
        with psycopg.connect(url, autocommit=True) as connection:
            prefixes = [f"docu {number % 1000}" for number in range(QUERIES)]
            connection.execute("vacuum analyze content.search_index")
            for function, texts in (("search", asked), ("suggest", prefixes)):
                milliseconds(connection, function, texts[:50])  # into memory
                figures |= say(function, milliseconds(connection, function, texts))
        first: list[float] = []
        for query in asked[:CONNECTIONS]:
            with psycopg.connect(url, autocommit=True) as connection:
                first += milliseconds(connection, "search", [query, query])
        figures |= say("search, new", first)
    keep("content_search", {"documents": documents}, figures)


if __name__ == "__main__":
    main()
