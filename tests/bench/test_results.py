"""Benches compare what they measure with the last time."""

from pathlib import Path

import pytest

from bench.results import keep


def test_a_figure_stands_beside_the_last_one_of_the_same_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    keep("sync", {"documents": 10}, {"first, s": 2.0, "memory, MB": 100}, tmp_path)
    assert "nothing to compare with" in capsys.readouterr().out
    keep("sync", {"documents": 99}, {"first, s": 70.0}, tmp_path)
    assert "nothing to compare with" in capsys.readouterr().out
    keep("sync", {"documents": 10}, {"first, s": 1.5, "memory, MB": 150, "second, s": 1}, tmp_path)
    shown = [line.split("   ")[-1].strip() for line in capsys.readouterr().out.splitlines()[1:]]
    assert shown == ["-25 %", "+50 %", "new"]
    assert len((tmp_path / "sync.jsonl").read_text().splitlines()) == 3
