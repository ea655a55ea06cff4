"""Times for schemathesis: of the last days, since older ones are refused, which JSON Schema cannot say."""

from datetime import UTC, datetime, timedelta

import schemathesis
from hypothesis import strategies as st

AGES = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=6))
schemathesis.openapi.format("date-time", AGES.map(lambda age: (datetime.now(UTC) - age).isoformat()))
