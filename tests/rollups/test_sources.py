"""Where visits come from: lines of a log go in, channels come out. (That both engines say the same: tests/lake.)"""

from collections.abc import Iterable
from typing import NamedTuple

from orchestration.events.logs.import_file import import_file
from tests.rollups.building import Warehouse

# As their owners wrote them.
SITE, IDN_SITE = "www.Example.org", "BÜCHER.example"
# The channel of a visit by its referrer.
REFERRERS = {
    "Organic Search": """
        https://www.google.com/ https://www.google.co.uk/ https://google.com.br/search?q=x https://images.google.de/
        HTTPS://WWW.GOOGLE.COM.:443/ https://search.brave.com/ https://cn.bing.com/ https://m.baidu.com/
        https://r.search.yahoo.com/ https://uk.search.yahoo.com/ https://yandex.com.tr/
        android-app://com.google.android.googlequicksearchbox
        android-app://com.google.android.googlequicksearchbox/https/www.google.com
    """,
    "Referral": """
        https://docs.google.com/ https://colab.research.google.com/ https://news.google.com/ https://search.google.com/
        https://docs.aws.amazon.com/ https://finance.yahoo.com/ https://de.finance.yahoo.com/ https://brave.com/
        https://notgoogle.com/ https://google.com.evil.example/ https://google.com@evil.example/
        https://developers.facebook.com/ https://somebody.blogspot.com/ https://bücher.de/ https://blog.example.org/
        http://192.0.2.1:8080/a http://[2001:db8::1]:8080/a http://localhost:3000/
        android-app://com.slack/ android-app://com.Unknown.App/ ios-app://123456789/x
    """,
    "Email": """
        https://mail.google.com/ https://mail.proton.me/ https://outlook.live.com/ https://mail.yahoo.co.uk/
        https://us-mg5.mail.yahoo.com/ https://mail.zoho.eu/ https://deref-gmx.net/ https://webmail.university.example/
        android-app://com.google.android.gm/
    """,
    "Organic Social": """
        https://t.co/ https://lnkd.in/ https://de.linkedin.com/ https://out.reddit.com/ https://l.facebook.com/
        https://lm.facebook.com/ https://de-de.facebook.com/ http://m.facebook.com/ https://l.instagram.com/
        https://news.ycombinator.com/ https://bsky.app/ https://fosstodon.org/ https://www.pinterest.co.uk/
        https://somebody.tumblr.com/ android-app://m.facebook.com/ android-app://com.pinterest/
        android-app://com.linkedin.android/ android-app://org.telegram.messenger/
    """,
    "Organic Video": "https://m.youtube.com/ https://youtu.be/ ios-app://544007664/vnd.youtube",
    "Organic Shopping": "https://www.amazon.co.uk/ https://www.ebay.de/",
    "AI Assistant": "https://chatgpt.com/ https://www.perplexity.ai/ https://gemini.google.com/ https://claude.ai/",
    # From the site itself, or from nowhere.
    "Direct": r"""
        - https://www.example.org/a https://example.org/a http://www.example.org:8080/a https://WWW.EXAMPLE.ORG./a
        https://user:secret@example.org/a about:blank data:text/html,hello https:// https://./ https:///google.com/
        https://a..b/ https://<b>/ https://google%2ecom/ google.com
    """
    + f"https://{'é' * 70}.de/",
}
IDN_REFERRERS = {
    "Direct": "https://bücher.example/ https://BÜCHER.example/ https://www.xn--bcher-kva.example:443/a",
    "Referral": "https://büch.example/ https://buecher.example/",
}
# By its page's query and its referrer.
QUERIES = {
    "Paid Search": [
        *("gclid=Cj0&gad_source=1 https://www.google.com/", "gclid=X -", "GCLID=X https://news.example/"),
        *("a=b&gbraid=0A -", "wbraid=C https://www.google.com/", "msclkid=abc https://www.bing.com/"),
        *("yclid=1 https://yandex.ru/", "fbclid=IwAR&gclid=X https://l.facebook.com/"),
        *("utm_source=google&utm_medium=cpc&gclid=Q https://www.google.com/", "utm_campaign=spring&gclid=Q -"),
    ],
    "Paid Social": ["ttclid=E.C.P -", "li_fat_id=1-2 https://www.linkedin.com/", "twclid=2-3 https://t.co/"],
    "Display": ["dclid=CJ https://news.example/"],
    "Organic Social": ["fbclid=IwAR https://l.facebook.com/", "fbclid=IwAR -"],
    "Organic Search": ["gclid=&xgclid=X&gclidx=X https://www.google.com/", "ysclid=m1 -"],
    "Referral": ["fbclid=IwAR https://news.example/"],
    "Email": ["utm_source=letter&utm_medium=email&fbclid=IwAR https://l.facebook.com/"],
    "AI Assistant": ["utm_source=chatgpt.com -"],
}


class Visit(NamedTuple):
    """A visit of a person to a site, and its channel."""

    site: str
    referrer: str
    query: str
    channel: str


VISITS = [
    *(Visit(SITE, it, "", channel) for channel, referrers in REFERRERS.items() for it in referrers.split()),
    *(Visit(IDN_SITE, it, "", channel) for channel, referrers in IDN_REFERRERS.items() for it in referrers.split()),
    *(
        Visit(SITE, referrer, f"?{query}", channel)
        for channel, queries in QUERIES.items()
        for query, referrer in map(str.split, queries)
    ),
]


def log_lines(visits: Iterable[tuple[int, Visit]]) -> str:
    return "".join(
        f'203.0.113.{number} - - [21/Nov/2026:08:00:00 +0000] "GET /{number}{visit.query} HTTP/1.1" 200 10 '
        f'"{visit.referrer}" "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"\n'
        for number, visit in visits
    )


def test_a_visit_comes_from_who_sent_it(warehouse: Warehouse):
    for site in (SITE, IDN_SITE):
        log = warehouse.home / "access.log"
        log.write_text(log_lines((n, visit) for n, visit in enumerate(VISITS) if visit.site == site))
        import_file(warehouse.url, log, site=site, user_code="ada")
    warehouse.build(select=["+analytics_daily_sources", "--indirect-selection", "empty"])
    rows = warehouse.rows("select entry_page_path, channel from marts.analytics_sessions")
    found = {int(path[1:]): channel for path, channel in rows}
    assert len(found) == len(VISITS)
    assert [(found[n], visit) for n, visit in enumerate(VISITS) if found[n] != visit.channel] == []
    shown = {name for (name,) in warehouse.rows("select referrer from marts.analytics_daily_sources")}
    assert {"docs.google.com", "xn--bcher-kva.de", "com.slack", "com.unknown.app", "[2001:db8::1]"} <= shown
    assert not shown & {"example.org", "xn--bcher-kva.example", "bücher.example"}
