"""The metrics in Prometheus' formats: what was measured in this process, and what was read of PostgreSQL."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from serving.measures import REGISTRY
from serving.monitoring.day_counts import BETWEEN, OTHER
from serving.monitoring.health import Health
from serving.monitoring.readings import Reading

# name, what it says, label names; the values come from a reading.
COUNTERS = {
    "visitors": ("dogear_visitors", "Visitors: each counts once a site and day.", ["site"]),
    "events": ("dogear_events", "Events of people, by type.", ["type"]),
    "letters": ("dogear_letters", "Letters that were generated (event letter_generated), by type.", ["type"]),
    "page_views": ("dogear_page_views", "Page views, by site and path.", ["site", "path"]),
}


def exposition(accepted: str, reading: Reading | None, components: Mapping[str, Health]) -> tuple[bytes, str]:
    """Return the text and its content type, in the format that ``accepted`` asks for.

    Without a reading, its metrics are left out: a gap says more than an old number.
    """
    encode, content_type = choose_encoder(accepted)
    both = _Both([*(metrics_of(reading) if reading else ()), components_metric(components)])
    return encode(both), content_type


class _Both(CollectorRegistry):
    """The registry of this process, and more metrics."""

    def __init__(self, more: Iterable[Metric]) -> None:
        super().__init__()
        self._more = list(more)

    def collect(self) -> Iterable[Metric]:
        yield from REGISTRY.collect()
        yield from self._more


def metrics_of(reading: Reading) -> Iterable[Metric]:
    for key, (name, said, labels) in COUNTERS.items():
        counter = CounterMetricFamily(name, said, labels=labels)
        for label, amount in reading.counts[key].items():
            values = label.split(BETWEEN, len(labels) - 1)
            counter.add_metric([*values, *[OTHER] * (len(labels) - len(values))], amount)
        yield counter
    yield gauge(
        "dogear_current_visitors",
        "People of the last five minutes, by site.",
        "site",
        reading.now.get("current_visitors", {}),
    )
    said = "Sessions of the last seven days that reached a goal, as a share (0 to 1), by site."
    yield gauge("dogear_conversion_rate", said, "site", reading.conversion_rate)
    yield gauge("dogear_theme_views", "Events theme of the last seven days, by theme.", "theme", reading.theme_views)


def components_metric(components: Mapping[str, Health]) -> Metric:
    values = {name: float(health.status != "failed") for name, health in components.items() if health.status != "off"}
    return gauge(
        "dogear_component_up", "1 if the component works, perhaps not well; 0 if it does not.", "component", values
    )


def gauge(name: str, said: str, label: str, values: Mapping[str, float]) -> Metric:
    found = GaugeMetricFamily(name, said, labels=[label])
    for value, amount in values.items():
        found.add_metric([value], amount)
    return found
