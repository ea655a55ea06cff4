"""Pages of ours: Jinja templates, escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Undefined


def templates_in(folder: Path, undefined: type[Undefined] = Undefined) -> Environment:
    """Return the templates of a folder; ``undefined`` is what a name stands for that has no value."""
    return Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=undefined, trim_blocks=True, lstrip_blocks=True
    )
