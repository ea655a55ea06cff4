"""Whatever reads like an address of a machine, IPv4 or IPv6, wherever it stands in a text. A time has too few colons.

For DuckDB's expressions as well, which look neither back nor ahead; ``masked_excerpt`` in duckdb_macros.sql says the
same. An address has no more than 39 letters: where that is not said, Python takes time with the square of the length.
"""

import re

ANY_ADDRESS = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-fA-F]{1,4}:){4,}[0-9a-fA-F:.]*|[0-9a-fA-F:]{0,39}::[0-9a-fA-F:.]*"
)
