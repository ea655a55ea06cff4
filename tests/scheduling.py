"""Which tests go to one worker: whole files, and all files that share a site."""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler.loadscope import LoadScopeScheduling

# What is shared by several files, and takes long to make. Some files ask for both sites, so one worker makes both.
GROUP_OF_SITES = "shared sites"
GROUPS = {GROUP_OF_SITES: ("real_site", "tiny_site"), "questions": ("three_sites",)}


@cache
def group_of(file: str) -> str:
    """The group of what a file asks for, itself or by its conftest; else the file."""
    path = Path(file)
    texts = [it.read_text() for it in (path, path.with_name("conftest.py")) if it.exists()]
    for group, shared in GROUPS.items():
        if any(re.search(rf"\b{site}\b", text) for site in shared for text in texts):
            return group
    return file


class WholeFiles(LoadScopeScheduling):
    """xdist's own groups by mark put nothing together with pytest 9.2, which keeps the ids of tests elsewhere."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0])
