"""A running installation as its operator sees it: visits come in, and each metric, query and health says so."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from orchestration.access.accounts import add_account
from orchestration.access.keys import add_key
from orchestration.cli.web_process import WebProcess
from orchestration.rollups.goals import Goal, add_goal
from orchestration.settings import PROJECT_ROOT, Settings
from tests.installation import Installation
from tests.serving.collector.running import SITE, RunningCollector, free_port, page_view, running_collector, until
from tests.serving.monitoring.prometheus import RULES, Prometheus, program, running_prometheus

DASHBOARD = json.loads((PROJECT_ROOT / "serving" / "monitoring" / "grafana.json").read_text())
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
Metrics = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def metrics_of(url: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    text = requests.get(f"{url}/metrics", timeout=10).text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def named(metrics: Metrics, name: str, **labels: str) -> float:
    """The sum of a metric over the series with these labels."""
    return sum(value for (its, pairs), value in metrics.items() if its == name and pairs >= labels.items())


class Running:
    """What one run of it all has shown: metrics before and after visits, and the servers, which still run."""

    before: Metrics
    after: Metrics
    url: str
    prometheus: Prometheus
    installation: Installation
    collector: RunningCollector


def visit(collector: RunningCollector) -> None:
    """Two people come; one signs up, tries a theme and has letters written."""
    one, other = ({"visitor_id": name, "session_id": name} for name in ("one", "other"))

    def act(kind: str, **properties: str) -> dict:
        data = page_view("/blog/why-b")["data"]
        return {"type": kind, "data": {**data, **one, "properties": properties}}

    collector.send(
        page_view("/blog/why-b", **one),
        page_view("/", **one),
        page_view("/blog/why-b", **other),
        act("signup"),
        act("theme", theme="ledger"),
        act("letter_generated", letter_type="thanks"),
        act("letter_generated", letter_type="thanks"),
        act("letter_generated", letter_type="application"),
    )
    collector.wait_for(8)


@pytest.fixture(scope="module")
def running(make_installation: Callable[..., Installation], tmp_path_factory) -> Iterator[Running]:
    found = Running()
    found.installation = installation = make_installation("monitored", WEB_PORT=free_port(), PORT=free_port())
    home = Path(installation.environment["DOGEAR_HOME"])
    with running_collector(home, installation.database_url) as found.collector, pytest.MonkeyPatch.context() as patch:
        for name, value in installation.environment.items():
            patch.setenv(name, value)
        patch.setenv("DOGEAR_COLLECTOR_PORT", found.collector.url.rpartition(":")[2])
        add_goal(installation.database_url, Goal(SITE, "signup", "signup", None))
        settings = Settings()
        with (
            WebProcess(settings, {"DATABASE_URL": installation.database_url}) as web,
            running_prometheus(tmp_path_factory.mktemp("prometheus"), f"127.0.0.1:{settings.web_port}") as prometheus,
        ):
            found.url, found.prometheus = web.url, prometheus
            found.before = metrics_of(web.url)
            visit(found.collector)
            installation.dogear("build")
            until(lambda: named(metrics_of(web.url), "dogear_visitors_total"))
            requests.get(f"{web.url}/nothing", timeout=10)
            found.after = metrics_of(web.url)
            yield found


@pytest.mark.parametrize(
    ("metric", "labels", "more"),
    [
        ("dogear_visitors_total", {"site": SITE}, 2),
        ("dogear_events_total", {"type": "page_view"}, 3),
        ("dogear_events_total", {"type": "signup"}, 1),
        ("dogear_letters_total", {"type": "thanks"}, 2),
        ("dogear_letters_total", {"type": "application"}, 1),
        ("dogear_page_views_total", {"site": SITE, "path": "/blog/why-b"}, 2),
        ("dogear_current_visitors", {"site": SITE}, 2),
        ("dogear_conversion_rate", {"site": SITE}, 0.5),
        ("dogear_theme_views", {"theme": "ledger"}, 1),
        ("dogear_requests_total", {"route": "(none)", "status": "404", "method": "GET"}, 1),
        ("dogear_request_duration_seconds_count", {"route": "(none)"}, 1),
    ],
)
def test_a_metric_moves_by_what_was_done(running: Running, metric, labels, more):
    assert named(running.after, metric, **labels) - named(running.before, metric, **labels) == more


@pytest.mark.parametrize("metric", ["dogear_database_duration_seconds", "dogear_cache_store_duration_seconds"])
def test_a_duration_is_measured_each_time(running: Running, metric):
    for part in ("count", "sum"):
        assert named(running.after, f"{metric}_{part}") > named(running.before, f"{metric}_{part}")


def test_events_are_counted_as_the_marts_count_them(running: Running):
    ((events, views),) = running.installation.rows(
        "select (select sum(event_count) from marts.analytics_daily_events), count(*) from marts.analytics_page_views"
    )
    assert named(running.after, "dogear_events_total") == events
    assert named(running.after, "dogear_page_views_total") == views


def test_a_new_process_goes_on_where_the_last_one_was(running: Running):
    def counters() -> Metrics:
        ours = ("dogear_visitors", "dogear_events", "dogear_letters", "dogear_page_views")
        return {key: value for key, value in metrics_of(running.url).items() if key[0].startswith(ours)}

    kept = counters()
    # What erasure, or a better rule for crawlers, does to the marts.
    running.installation.execute("delete from marts.analytics_daily_events where event_type = 'signup'")
    settings = Settings(web_port=free_port())
    environment = {"DATABASE_URL": running.installation.database_url, "DOGEAR_WEB_PORT": str(settings.web_port)}
    with WebProcess(settings, environment) as web:
        again = metrics_of(web.url)
    assert kept
    assert kept.items() <= again.items()


def test_prometheus_takes_all_of_it_and_finds_nothing_to_say(running: Running):
    text = requests.get(f"{running.url}/metrics", timeout=10).text
    for check, said in ((["metrics"], text), (["rules", str(RULES)], "")):
        done = subprocess.run(
            [program("promtool"), "check", *check], input=said, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


def test_the_rules_are_loaded_and_none_fails(running: Running):
    until(lambda: all(rule["health"] == "ok" for rule in running.prometheus.rules()))
    names = {rule["name"] for rule in running.prometheus.rules()}
    assert names == documented_alerts()


def documented_alerts() -> set[str]:
    document = (PROJECT_ROOT / "docs" / "monitoring.md").read_text()
    return {line.split("`")[1] for line in document.splitlines() if line.startswith("| `Dogear")}


@pytest.mark.parametrize("query", QUERIES)
def test_each_query_of_the_dashboard_finds_series(running: Running, query):
    asked = query.replace("$instance", ".*")
    assert until(lambda: running.prometheus.ask(asked), patience=15)


def test_the_dashboard_shows_every_metric_of_ours(running: Running):
    families = {name.removesuffix("_total") for (name, _) in running.after if not name.startswith("dogear_process")}
    metrics = {name for name in families if not name.endswith(("_bucket", "_sum", "_count"))}
    metrics |= {name.removesuffix("_count") for name in families if name.endswith("_count")}
    assert {metric for metric in metrics if not any(metric in query for query in QUERIES)} == set()


def health_of(running: Running, component: str) -> dict:
    return requests.get(f"{running.url}/health/{component}", timeout=10).json()


def test_strangers_see_how_a_component_is_and_no_more(running: Running):
    found = {
        name: health_of(running, name) for name in ("postgresql", "duckdb", "router", "sync", "collector", "dagster")
    }
    assert found == {
        **{name: {"status": "ok"} for name in ("postgresql", "duckdb", "router", "sync", "collector")},
        "dagster": {"status": "failed"},  # it does not run here
    }


FORWARDED = [{"X-Forwarded-For": "192.0.2.1"}, {"Forwarded": "for=192.0.2.1"}, {"Via": "1.1 proxy"}]


@pytest.mark.parametrize("headers", FORWARDED)
def test_who_comes_through_a_proxy_on_this_machine_is_not_of_this_machine(running: Running, headers):
    assert requests.get(f"{running.url}/metrics", headers=headers, timeout=10).status_code == 404


def test_through_a_proxy_the_key_of_an_admin_opens_metrics_and_details_and_no_other(running: Running):
    database_url = running.installation.database_url
    add_account(database_url, "root", "admin")
    add_account(database_url, "ada", "owner", ["ada"])
    paths = ("/metrics", "/health/postgresql", "/dagster/")

    def answered(account: str) -> list[object]:
        headers = {"Authorization": f"Bearer {add_key(database_url, 'watch', account=account)}", **FORWARDED[0]}
        metrics, health, dagster = (requests.get(running.url + path, headers=headers, timeout=10) for path in paths)
        return [metrics.status_code, sorted(health.json()), dagster.status_code]

    # Dagster does not run here.
    assert answered("root") == [200, ["detail", "since", "status", "thresholds"], 502]
    assert answered("ada") == [404, ["status"], 404]
