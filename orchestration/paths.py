"""The path of a URL has one form: ``normal_path`` says how it is spelled, ``page_path`` how that of a page ends.

Documents and visits are compared by it, so each path is written in it where it enters. The same in SQL, for events that
entered before: ``raw.normal_path`` and ``raw.page_path`` in PostgreSQL, dbt's macros in DuckDB.
"""

import re
from unicodedata import normalize
from urllib.parse import unquote_to_bytes

# What browsers encode in a path (url.spec.whatwg.org, "path percent-encode set"), what would divide it, invisible
# control characters, and U+1FEF, which composes to a backtick. For a path that is not UTF-8, its bytes, as surrogates.
ENCODED = re.compile('([\\x00-\\x20"#%/<>?\\\\^`{}\\x7f-\\x9f\u1fef\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff])')
NOT_PLAIN = re.compile(r'[^!-~]|["#%<>?\\^`{}]|//|/\.|;j|^[^/]|^$')
# Servlet containers put the session into the path if the client has no cookies.
SESSION = re.compile(";jsessionid=[^/;]*")
PAGE_END = re.compile(r"(?:(?:/index)?\.+(?:html?|xhtml|php|aspx?)|/)+\Z")


def normal_path(path: str) -> str:
    """Return the path of a URL in the form that browsers show: what need not be encoded is not, in Unicode's form NFC.

    Escapes that stay (of ``/ ? # %``, of controls and spaces, of bytes that are not UTF-8) are in upper case. Dot
    segments and doubled slashes are resolved as servers do. The slash at the end stays. An empty path is ``/``.
    """
    if not NOT_PLAIN.search(path):
        return path
    parts = [SESSION.sub("", spelled(part)) for part in path.split("/")]
    kept: list[str] = []
    for part in parts:
        if part == "..":
            del kept[-1:]
        elif part not in {"", "."}:
            kept.append(part)
    is_folder = parts[-1] in {"", ".", ".."} and kept
    return f"/{'/'.join(kept)}{'/' if is_folder else ''}"


def page_path(path: str) -> str:
    """Return what pages are compared by: the normal path without ``/`` or ``index`` at its end, or a page's ending."""
    return PAGE_END.sub("", normal_path(path)) or "/"


def spelled(part: str) -> str:
    """Return one part of a path, decoded but for what stays encoded."""
    text = unquote_to_bytes(part.encode("utf-8", "replace")).decode("utf-8", "surrogateescape")
    # Characters compose within what is not encoded only: the escapes are not to become other letters.
    return "".join(
        "".join(f"%{byte:02X}" for byte in piece.encode("utf-8", "surrogateescape"))
        if number % 2
        else normalize("NFC", piece)
        for number, piece in enumerate(ENCODED.split(text))
    )
