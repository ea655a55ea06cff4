"""Hugo's and Jekyll's additions to Markdown: ``{{< shortcodes >}}`` and ``{% tags %}``."""

import re

MASK = "\ue000"
LONGEST = 2_000
TEMPLATE = re.compile(r"\{\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\}\}|\{%[^{}]*+(?<=%)\}")
BLANK_LINE = re.compile(r"\n\s*\n")
FIGURE = re.compile(r"\{\{[<%]\s*figure(?=\s)")
HIGHLIGHT = re.compile(r"\{(?:\{[<%]|%-?)\s*(?:end|/\s*)?highlight\b")
REFERENCE = re.compile(r"\{(?:\{[<%]\s*(?:rel)?ref|%-?\s*link)\s+(?:path\s*=\s*)?[\"'`]?([^\"'`\s%>]+)")


def without_templates(body: str) -> str:
    """Return ``body`` as a Markdown parser can read it, each character where it was.

    A figure becomes an ``<img>``, highlighted code a code block, and a reference that is the target of a link the path
    that it names. Everything else becomes a run of MASK, which has no meaning in Markdown.
    """
    if "{{" not in body and "{%" not in body:
        return body
    return TEMPLATE.sub(replacement, body)


def replacement(template: re.Match[str]) -> str:
    written = template[0]
    if len(written) > LONGEST or BLANK_LINE.search(written):
        return written
    if figure := FIGURE.match(written):
        return f"{'<img':<{figure.end()}}{written[figure.end() : -3]}>  "
    if HIGHLIGHT.match(written):
        return "````````".ljust(len(written))
    body, start, end = template.string, template.start(), template.end()
    before, after = body[max(start - 1, 0) : start], body[end : end + 1]
    reference = REFERENCE.match(written) if before in {"(", "<", '"', "'", " "} else None
    if reference is None:
        return MASK * len(written)
    if after in {"", ")", ">", '"', "'", " ", "\n"}:
        return f"{' ' * reference.start(1)}{reference[1]}".ljust(len(written))
    return reference[1].rjust(len(written))  # what follows, as "#heading", belongs to the target
