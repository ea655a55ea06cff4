"""How much of one file stands in another, as Git counts it when it looks for renames and copies."""

import re
from collections import Counter

# Lines, those of more than 64 bytes in pieces (Git's diffcore-delta.c).
PIECE = re.compile(rb"[^\n]{0,63}\n|[^\n]{1,64}")
# As `git log --follow` has it.
ENOUGH = 0.5


def similarity(before: bytes, after: bytes) -> float:
    """Bytes that both files hold, as a share, 0 to 1, of the longer one (Git's diffcore-rename.c)."""
    longer = max(len(before), len(after))
    if min(len(before), len(after)) < longer * ENOUGH:
        return 0
    pieces, kept = bytes_by_piece(before), bytes_by_piece(after)
    return sum(min(size, kept[piece]) for piece, size in pieces.items()) / max(longer, 1)


def bytes_by_piece(data: bytes) -> Counter[bytes]:
    counted: Counter[bytes] = Counter()
    for piece in PIECE.findall(data.replace(b"\r\n", b"\n")):
        counted[piece] += len(piece)
    return counted
