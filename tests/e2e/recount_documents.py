"""Rows of the marts about documents and their versions."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from tests.e2e.acts import Act
from tests.e2e.facts import Facts, PageView, total
from tests.e2e.recount_content import Version
from tests.e2e.recounts import Key, Marts, Row, entered, grouped, mean, timed

MARTS = Marts()
SOURCES = ["organic", "social", "direct", "referral", "email", "paid", "other"]


def of_document(facts: Facts, key: Callable[[Act], Key]) -> Iterable[tuple[Key, list[PageView], Counter[str]]]:
    """By ``key`` of what happened on documents: the page views, and how many acts of each kind."""
    acts = grouped([act for act in facts.acts if facts.is_document(act)], key)
    views = grouped([view for view in facts.views if view.is_document], lambda view: key(view.act))
    for name, own in acts.items():
        kinds = Counter(act.kind for act in own)
        if kinds.keys() & {"page_view", "click", "like", "comment", "share"}:
            yield name, views[name], kinds


def reactions_and_sources(views: list[PageView], kinds: Counter[str]) -> Row:
    sources = Counter(view.source for view in views)
    return (*(kinds[kind] for kind in ("click", "share", "comment", "like")), *(sources[name] for name in SOURCES))


@MARTS.recount(
    "content_metrics",
    "{content}, metric_date, total_views, unique_views, seconds_on_page, timed_views, entries, bounces, bounce_rate, "
    "total_clicks, social_shares, comments, likes, " + ", ".join(f"{source}_views" for source in SOURCES),
)
def content_metrics(facts: Facts) -> Iterable[Row]:
    for (document, day), views, kinds in of_document(facts, lambda act: (facts.entity(act), act.day)):
        counts = (len(views), len({view.act.reader for view in views}), *timed(views), *entered(views))
        yield (document, day, *counts, *reactions_and_sources(views, kinds))


@MARTS.recount(
    "mv_content_analytics",
    "{content}, last_read_on, total_views, unique_visitors, avg_time_on_page, bounce_rate, "
    "total_clicks, social_shares, comments, likes, " + ", ".join(f"{source}_views" for source in SOURCES),
)
def content_analytics(facts: Facts) -> Iterable[Row]:
    first = datetime.now(UTC).date() - timedelta(days=29)
    recent = Facts([act for act in facts.acts if act.day >= first], facts.pages, facts.goals)
    last_day = grouped(recent.acts, recent.entity)
    for document, views, kinds in of_document(recent, recent.entity):
        met = {"page_view", "click", "like", "comment", "share"}
        last = max(act.day for act in last_day[document] if act.kind in met)
        seconds = mean(view.seconds for view in views)
        visitors = len({view.act.reader for view in views})
        yield (document, last, len(views), visitors, seconds, entered(views)[2], *reactions_and_sources(views, kinds))


@MARTS.recount(
    "content_version_days",
    "{content}, day, version_number, page_views, entries, bounces, timed_views, seconds_on_page, "
    "squared_seconds_on_page, scrolled_views, scroll_depth, squared_scroll_depth",
)
def content_version_days(facts: Facts) -> Iterable[Row]:
    read = [view for view in facts.views if view.version]
    for (document, day, version), views in grouped(read, lambda v: (v.entity, v.act.day, version_of(v))).items():
        entries, bounces, _ = entered(views)
        seconds, times = timed(views)
        squares = total(view.seconds and view.seconds**2 for view in views)
        depths = [view.depth for view in views if view.depth is not None]
        scrolled = (len(depths), total(depths), total(depth**2 for depth in depths))
        yield (document, day, version.number, len(views), entries, bounces, times, seconds, squares, *scrolled)


def version_of(view: PageView) -> Version:
    assert view.version
    return view.version


@MARTS.recount(
    "content_version_performance",
    "{content}, version_number, commit_hash, author_name, authored_at, first_day, last_day, page_views, entries, "
    "bounces, bounce_rate, avg_time_on_page, avg_scroll_depth, compared_with",
)
def content_version_performance(facts: Facts) -> Iterable[Row]:
    read = [view for view in facts.views if view.version]
    before: dict[str, int] = {}
    by_version = grouped(read, lambda view: (view.entity, version_of(view)))
    for (document, version), views in sorted(by_version.items(), key=lambda item: item[0][1].number):
        days = [view.act.day for view in views]
        says = (version.number, version.commit, version.author, version.authored_at, min(days), max(days))
        means = mean(view.seconds for view in views), mean(view.depth for view in views)
        yield (document, *says, len(views), *entered(views), *means, before.get(document))
        before[document] = version.number


@MARTS.recount("content_version_quality", "{content}, version_number, commit_hash, author_name, authored_at")
def content_version_quality(facts: Facts) -> Iterable[Row]:
    for file, versions in facts.pages.versions.items():
        for version in versions:
            yield (file, version.number, version.commit, version.author, version.authored_at)


@MARTS.recount("content_documents", "file_path, is_draft, versions, authors, first_committed_at, last_committed_at")
def content_documents(facts: Facts) -> Iterable[Row]:
    for file, versions in facts.pages.versions.items():
        times = [version.authored_at for version in versions]
        authors = len({version.author for version in versions})
        yield (file, file in facts.pages.drafts, len(versions), authors, min(times), max(times))
