"""Text that asks parsers for more work than it has letters."""

import resource
import time
from uuid import uuid4

import pytest

from orchestration.content.documents.document import read_document
from orchestration.content.documents.rules.conventions import read_conventions
from orchestration.content.documents.structured_text import LONGEST, parse
from orchestration.errors import DogearError

PARTS = ".".join("a" * 32_000)
QUOTED = " . ".join(['"a"'] * 10_000)


@pytest.mark.parametrize(
    "written",
    [
        *(
            f"{PARTS} = 1",
            f"{QUOTED} = 1",
            f"[{PARTS}]",
            f"[[{PARTS}]]",
            f"a = {{{PARTS} = 1}}",
            f"a = [{{{PARTS} = 1}}]",
        ),
        # What looks like the end of a string, or like its beginning.
        *(f'a = {{b = """c"""", {PARTS} = 1}}', f"a = {{b = '''c''''', {PARTS} = 1}}", f"a = '\"'\n{PARTS} = 1"),
        *(f'a = "#"\n{PARTS} = 1', f'a = "\\\\"\n{PARTS} = 1', f"# '''\n{PARTS} = 1", f'a = """\\""""\n{PARTS} = 1'),
    ],
)
def test_a_name_of_very_many_parts_is_refused_before_it_is_parsed(written):
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DogearError, match="a name of more than 20 parts"):
        parse("TOML", written)
    with pytest.raises(DogearError, match=r"dogear\.toml cannot be read: a name of more than 20 parts"):
        read_conventions({"dogear.toml": written.encode()}.get)
    conventions = read_conventions({"hugo.toml": written.encode()}.get)
    assert conventions.generator == "hugo"
    with pytest.raises(DogearError, match="not TOML that can be read: a name of more than 20 parts"):
        read_document(uuid4(), "a.md", f"+++\n{written}\n+++\n".encode(), conventions)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < memory + 100_000, "KiB; it took gigabytes"


def test_points_in_values_and_comments_make_no_name():
    points = "a." * 500
    assert parse("TOML", f'a = "{points}"\nb = """{points}"""\nc = [{"0.5, " * 50}]\n# {points}\nd.e.f = 1') == {
        "a": points,
        "b": points,
        "c": [0.5] * 50,
        "d": {"e": {"f": 1}},
    }


@pytest.mark.parametrize("kind", ["YAML", "TOML", "JSON"])
def test_nothing_is_read_that_is_nested_too_deeply_or_too_long(kind):
    before = "a = " if kind == "TOML" else '{"a": ' if kind == "JSON" else "a: "
    with pytest.raises(DogearError, match="nested too deeply"):
        parse(kind, f"{before}{'[' * 200}{']' * 200}{'}' if kind == 'JSON' else ''}")
    with pytest.raises(DogearError, match="longer than 131,072 characters"):
        parse(kind, f'{before}"{"x" * LONGEST}"')


def test_a_number_to_the_base_of_sixty_takes_no_minutes():
    started = time.process_time()
    with pytest.raises(DogearError, match="a number of more than 1024 bits"):
        parse("YAML", f"a: 1{':1' * (LONGEST // 2 - 5)}")
    assert time.process_time() - started < 60
