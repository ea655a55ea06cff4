"""Tables and progress on a terminal. Strangers' text is never read as markup, emoji codes or control characters."""

from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task
from rich.table import Table
from rich.text import Text

from orchestration.visible_text import visible_text


def plain(text: str, style: str = "") -> Text:
    """Return ``text`` as it is, for whatever rich prints: from a bare string it would read markup."""
    return Text(visible_text(text), style)


class Description(ProgressColumn):
    """What a task is called."""

    def render(self, task: Task) -> Text:
        return plain(task.description)


def progress_bar(*columns: ProgressColumn) -> Progress:
    """Return progress on standard error, gone at the end: description, bar, then ``columns``."""
    return Progress(Description(), BarColumn(), *columns, console=Console(stderr=True), transient=True)


def print_beside(progress: Progress, line: str) -> None:
    """One line on standard error, above the bars."""
    progress.console.print(plain(line), soft_wrap=True)


def print_title(*parts: Text) -> None:
    """One line on standard output, and an empty one."""
    Console().print(Text.assemble(*parts), "", sep="\n")


def print_table(title: str, columns: Mapping[str, bool], rows: Iterable[Iterable[str]]) -> None:
    """A table on standard output; ``columns`` says by name whether they hold numbers, which stand to the right."""
    table = Table(title=plain(title, "table.title"), title_justify="left", min_width=60)
    for name, is_numeric in columns.items():
        table.add_column(plain(name), justify="right" if is_numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(plain, row))
    Console().print(table)
