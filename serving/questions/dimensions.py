"""The dimensions by which rows can be grouped and filtered."""

from serving.questions.catalogue import Dimension

DIMENSIONS = {
    dimension.name: dimension
    for dimension in [
        Dimension(name="time:hour", type="datetime", definition="The hour in which it happened (UTC)."),
        Dimension(name="time:day", type="date", definition="The site's day on which it happened."),
        Dimension(name="time:week", type="date", definition="The Monday of its week."),
        Dimension(name="time:month", type="date", definition="The first day of its month."),
        Dimension(name="hour", type="integer", definition="The hour of the day, 0 to 23 (UTC)."),
        Dimension(name="weekday", type="integer", definition="The day of the week: 1 is Monday, 7 is Sunday."),
        Dimension(name="site", definition="The site."),
        Dimension(
            name="page",
            definition="The path of the page that was viewed; of a document, the path that it has now.",
        ),
        Dimension(name="document", definition="The id of the document that was viewed; null for other pages."),
        Dimension(name="content_type", definition="The type of the document; `page` for what is none."),
        Dimension(name="version", type="integer", definition="The version of the document that was live."),
        Dimension(name="entry_page", definition="The page with which the session began, written as `page`."),
        Dimension(name="exit_page", definition="The last page of the session, written as `page`."),
        Dimension(name="channel", definition="GA4's default channel group of the session."),
        Dimension(
            name="traffic_source",
            definition="Where the session came from, roughly: direct, organic, social, referral, email, paid, other.",
        ),
        Dimension(name="source", definition="utm_source of the session, else the host that led to the site."),
        Dimension(name="referrer", definition="The host that led to the session's first page; also the site's own."),
        *(
            Dimension(name=f"utm_{part}", definition=f"The campaign parameter utm_{part} of the session.")
            for part in ("source", "medium", "campaign", "term", "content")
        ),
        Dimension(name="country", definition="The country, as ISO 3166-1 has it in two letters."),
        Dimension(name="region", definition="The region. Regions of one name in two countries are one value."),
        Dimension(name="city", definition="The city. Cities of one name in two places are one value."),
        Dimension(name="device", definition="desktop, mobile, tablet, tv or console."),
        Dimension(name="browser", definition="The family of the browser."),
        Dimension(name="system", definition="The family of the operating system."),
        Dimension(name="language", definition="The language that the browser prefers."),
        Dimension(
            name="screen",
            definition="The screen by its width: mobile (below 576), tablet (below 992), laptop (below 1440), desktop.",
        ),
        Dimension(name="host", definition="The host of the page's URL."),
        Dimension(name="share_code", definition="The shared link that led here."),
        Dimension(name="event", definition="The type of the event."),
        Dimension(name="goal", definition="The goal that was reached."),
    ]
}
