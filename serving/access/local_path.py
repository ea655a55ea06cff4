"""Where to go after signing in: a path of ours, and never another site."""

from urllib.parse import urlsplit

HOME = "/account"
LONGEST = 1000


def local_path(wanted: str | None) -> str:
    """Return the path, if every browser takes it for one of ours; else the first page."""
    if not wanted or len(wanted) > LONGEST or not wanted.isascii() or not wanted.isprintable():
        return HOME
    # Browsers read \\ as /, and // begins another host.
    if not wanted.startswith("/") or wanted[1:2] in {"/", "\\"} or "\\" in wanted or " " in wanted:
        return HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME
    return wanted if not parts.scheme and not parts.netloc else HOME
