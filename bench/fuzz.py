"""A fuzz with a clock: does any text of up to 1 MB cost a parser more than 2 s of a processor, or 300 MB?

``python -m bench.fuzz [count] [parser]``: each parser in a process of its own; worst inputs go to /tmp/dogear-fuzz.
"""

import random
import resource
import sys
import time
from multiprocessing import get_context
from pathlib import Path

from bench.fuzz_inputs import random_input
from bench.fuzz_parsers import parsers, read_quietly

MOST_SECONDS, MOST_MB = 2.0, 300
FOUND = Path("/tmp/dogear-fuzz")  # noqa: S108 - by hand, on a developer's machine


def fuzz(name: str, count: int, seed: int = 18) -> tuple[float, float, list[str]]:
    """Seconds of the slowest input, MB by which the process grew, and what was wrong: texts, and what came of them."""
    parser, chance = parsers()[name], random.Random(f"{seed} {name}")
    read_quietly(parser, parser.sample)
    before, slowest, wrong = peak_mb(), 0.0, list[str]()
    for number in range(count):
        text = random_input(chance, parser.sample, parser.words)
        started, grown = time.process_time(), peak_mb()
        try:
            read_quietly(parser, text)
            problem = ""
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"[:200]
        seconds = time.process_time() - started
        slowest = max(slowest, seconds)
        if problem or seconds > MOST_SECONDS or peak_mb() - max(before, grown) > MOST_MB:
            wrong.append(f"{name} {number}: {seconds:.1f} s, {peak_mb() - grown:.0f} MB {problem} {text[:80]!r}")
            FOUND.mkdir(exist_ok=True)
            (FOUND / f"{name} {number}").write_text(text, errors="surrogateescape")
    return slowest, peak_mb() - before, wrong


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    names = [name for name in parsers() if len(sys.argv) < 3 or sys.argv[2] in name]
    bad = 0
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name in names:
            slowest, grown, wrong = pool.apply(fuzz, (name, count))
            print(f"{name:20} {slowest:6.2f} s {grown:6.0f} MB", flush=True)
            print("".join(f"  {line}\n" for line in wrong[:5]), end="", flush=True)
            bad += len(wrong)
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
