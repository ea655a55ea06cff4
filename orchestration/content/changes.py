"""Has anything changed in a content folder? Told without reading its files."""

import hashlib
from pathlib import Path

from orchestration.content.git_history import find_checkout
from orchestration.content.read_files import markdown_files, path_below


def fingerprint(root: Path) -> str:
    """The commit (if there is one) and a digest of the files' paths, sizes and times: another one, another content.

    Raises DogearError where ``root`` cannot be listed.
    """
    root = root.expanduser().absolute()
    checkout = find_checkout(root)
    digest = hashlib.sha256()
    for file in markdown_files(root):
        stat = file.lstat()
        digest.update(f"{path_below(root, file)}\n{stat.st_size} {stat.st_mtime_ns}\n".encode())
    return f"{checkout.head if checkout else 'no commit'}, files {digest.hexdigest()[:16]}"
