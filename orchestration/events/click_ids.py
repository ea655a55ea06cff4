"""Which parameters of a URL name the advertisement or the network that was clicked, such as gclid.

Their names and meanings are in the seed. Their values identify a person's click, and are never kept.
"""

import csv

from orchestration.settings import PROJECT_ROOT

SEED = PROJECT_ROOT / "dbt_project" / "seeds" / "click_ids.csv"


def read_click_ids() -> tuple[str, ...]:
    """Return the names, in lower case; where a URL has several, the first of these counts."""
    with SEED.open(newline="") as file:
        return tuple(row["click_id"] for row in csv.DictReader(file))


CLICK_IDS = read_click_ids()
