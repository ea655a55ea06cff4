"""Which salts there are, and how long."""

from datetime import UTC, datetime, timedelta

from serving.collector.registry import LIFETIME, days_at_hand
from serving.collector.sender import MINUTES_AFTER_MIDNIGHT


def test_a_salt_is_there_when_its_day_begins_and_until_no_session_can_begin_in_it():
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    minutes = [midnight - timedelta(days=1) + timedelta(minutes=minute) for minute in range(2 * 24 * 60)]
    first_made = next(at for at in minutes if midnight.date() in days_at_hand(at))
    assert first_made < midnight
    last_needed = midnight + timedelta(days=1, minutes=MINUTES_AFTER_MIDNIGHT)
    assert first_made + LIFETIME > last_needed
    assert all(at.date() in days_at_hand(at) for at in minutes)
