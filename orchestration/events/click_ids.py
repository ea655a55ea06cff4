"""Which parameters of a URL name the advertisement or the network that was clicked, such as gclid.

Their names are those of the seed, which says what they tell. Their values name a person's click, and are kept nowhere.
"""

import csv

from orchestration.settings import PROJECT_ROOT

SEED = PROJECT_ROOT / "dbt_project" / "seeds" / "click_ids.csv"


def read_click_ids() -> tuple[str, ...]:
    """Return the names, in lower case; where a URL has several, the first of these counts."""
    with SEED.open(newline="") as file:
        return tuple(row["click_id"] for row in csv.DictReader(file))


CLICK_IDS = read_click_ids()
