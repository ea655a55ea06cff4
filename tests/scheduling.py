"""Which tests go to one worker: whole files, and all files that share a site."""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler.loadscope import LoadScopeScheduling

# What is shared by several files, and takes long to make. Some files ask for both, so one worker makes both, once.
SHARED_SITES = ("real_site", "tiny_site")
GROUP_OF_SITES = "shared sites"


@cache
def group_of(file: str) -> str:
    """The group of the shared sites where a file asks for one, itself or by its conftest; else the file."""
    path = Path(file)
    texts = [it.read_text() for it in (path, path.with_name("conftest.py")) if it.exists()]
    asks = any(re.search(rf"\b{site}\b", text) for site in SHARED_SITES for text in texts)
    return GROUP_OF_SITES if asks else file


class WholeFiles(LoadScopeScheduling):
    """xdist's own groups by mark put nothing together with pytest 9.2, which keeps the ids of tests elsewhere."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0])
