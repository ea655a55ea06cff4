"""User agents as browsers, apps and crawlers send them, and what they say."""

import random
import time

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA, is_crawler

from orchestration.events.user_agents import LONGEST, UserAgents

IOS = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = f"{WEBKIT} Chrome/138.0.0.0 Safari/537.36"
CHROME_MOBILE = f"{WEBKIT} Chrome/138.0.0.0 Mobile Safari/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {IOS}"
GOOGLEBOT = "(compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.fixture(scope="module")
def user_agents():
    return UserAgents()


@pytest.mark.parametrize(
    ("user_agent", "device_type", "os", "browser"),
    [
        (f"{WINDOWS}) {CHROME}", "desktop", "Windows", "Chrome"),
        (f"{WINDOWS}) {CHROME} Edg/138.0.0.0", "desktop", "Windows", "Edge"),
        (f"{WINDOWS}) {CHROME} OPR/120.0.0.0", "desktop", "Windows", "Opera"),
        (
            "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; Tablet PC 2.0)",
            *("desktop", "Windows", "Internet Explorer"),
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {IOS} Version/18.5 Safari/605.1.15",
            *("desktop", "macOS", "Safari"),  # or an iPad that asks for desktop pages: it sends the same
        ),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "desktop",
            "Linux",
            "Firefox",
        ),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME}", "desktop", "ChromeOS", "Chrome"),
        (f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1", "mobile", "iOS", "Safari"),
        (f"{IPHONE} CriOS/138.0.7204.119 Mobile/15E148 Safari/604.1", "mobile", "iOS", "Chrome"),
        (f"{IPHONE} Mobile/15E148 Instagram 380.0.0.28.105 (iPhone16,2; iOS 18_5)", "mobile", "iOS", "Instagram"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME_MOBILE}", "mobile", "Android", "Chrome"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "mobile", "Android", "Firefox"),
        (
            "Opera/9.80 (Android; Opera Mini/7.5.33361/31.1448; U; en) Presto/2.8.119 Version/11.1010",
            *("mobile", "Android", "Opera Mini"),
        ),
        (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME}", "tablet", "Android", "Chrome"),
        ("Mozilla/5.0 (Android 15; Tablet; rv:140.0) Gecko/140.0 Firefox/140.0", "tablet", "Android", "Firefox"),
        (
            f"Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) {IOS} Version/12.1 Mobile/15E148 Safari/604.1",
            *("tablet", "iOS", "Safari"),
        ),
        (
            f"Mozilla/5.0 (Linux; Android 11; KFTRWI) {WEBKIT} Silk/120.4.1 Safari/537.36",
            "tablet",
            "Android",
            "Amazon Silk",
        ),
        (f"Mozilla/5.0 (Linux; Android 9; AFTMM) {WEBKIT} Silk/106.2.3 Safari/537.36", "tv", "Android", "Amazon Silk"),
        (
            f"Mozilla/5.0 (SMART-TV; Linux; Tizen 6.5) {WEBKIT} SamsungBrowser/5.0 Chrome/85.0 TV Safari/537.36",
            *("tv", "Tizen", "Samsung Internet"),
        ),
        (f"Mozilla/5.0 (Web0S; Linux/SmartTV) {CHROME} WebAppManager", "tv", "webOS", "Chrome"),
        (f"Mozilla/5.0 (X11; Linux armv7l) {CHROME} CrKey/1.56.500000", "tv", "Chromecast", "Chrome"),
        ("AppleTV11,1/11.1", "tv", "tvOS", None),
        (
            f"Mozilla/5.0 (PlayStation; PlayStation 5/6.50) {IOS} Version/15.4 Safari/605.1.15",
            "console",
            None,
            "Safari",
        ),
        (f"{WINDOWS}; Xbox; Xbox Series X) {CHROME} Edge/44.18363.8131", "console", "Windows", "Edge"),
        (
            "Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.2.21.3",
            *("console", None, None),
        ),
        ("Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UQ1A)", None, "Android", "Android"),
        ("", None, None, None),
    ],
)
def test_what_people_use(user_agents, user_agent, device_type, os, browser):
    assert user_agents.of(user_agent) == (user_agent, False, device_type, os, browser)


@pytest.mark.parametrize(
    "user_agent",
    [
        f"Mozilla/5.0 {GOOGLEBOT}",
        f"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) {CHROME_MOBILE} {GOOGLEBOT}",
        "curl/8.14.1",
    ],
)
def test_a_crawler_has_no_device_whatever_it_pretends(user_agents, user_agent):
    assert user_agents.of(user_agent) == (user_agent, True, None, None, None)


def test_the_lists_own_function_finds_the_same_crawlers(user_agents):
    known = [it for crawler in CRAWLER_USER_AGENTS_DATA for it in crawler["instances"]]
    assert len(known) > 2_000
    assert [it for it in known if not user_agents.of(it).is_bot] == [it for it in known if not is_crawler(it)]


def test_thousands_of_made_up_ones_take_no_minutes():
    chance = random.Random(1)
    letters = "abcdefghijKLMNOP/.;()0123456789 "
    made_up = ["Mozilla/5.0 " + "".join(chance.choices(letters, k=LONGEST)) for _ in range(5_000)]
    started = time.process_time()
    assert len(UserAgents().rows(made_up)) == 5_000
    # It is about a second.
    assert time.process_time() - started < 60


def test_of_a_very_long_one_the_start_counts_and_all_of_it_comes_back(user_agents):
    start = f"{WINDOWS}) {CHROME}"
    long = start.ljust(LONGEST) + "Googlebot/2.1" * 100_000
    assert user_agents.rows([start, long]) == [
        (start, False, "desktop", "Windows", "Chrome"),
        (long, False, "desktop", "Windows", "Chrome"),
    ]
