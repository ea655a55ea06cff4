"""The same visits as different servers write them down."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
NOON = datetime(2026, 5, 17, 12, 0, 0, tzinfo=UTC)
CLOUDFRONT_FIELDS = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) "
    "cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken "
    "x-forwarded-for"
)
CLOUDFRONT_HEADER = f"#Version: 1.0\n#Fields: {CLOUDFRONT_FIELDS}\n"


@dataclass(frozen=True)
class Visit:
    """One request."""

    target: str = "/"
    ip: str = "192.0.2.1"
    at: datetime = NOON
    method: str = "GET"
    status: int = 200
    agent: str = FIREFOX
    referrer: str = ""
    size: int = 512


def combined(visit: Visit, rest: str = "", time: str = "%d/%b/%Y:%H:%M:%S %z") -> str:
    request = f"{visit.method} {visit.target} HTTP/1.1"
    tail = f'"{visit.referrer or "-"}" "{visit.agent or "-"}"{rest}'
    return f'{visit.ip} - - [{visit.at.strftime(time)}] "{request}" {visit.status} {visit.size} {tail}\n'


def nginx_json(visit: Visit, **others: object) -> str:
    said = {
        "time_iso8601": visit.at.isoformat(),
        "remote_addr": visit.ip,
        "request": f"{visit.method} {visit.target} HTTP/1.1",
        "status": str(visit.status),
        "body_bytes_sent": str(visit.size),
        "http_referer": visit.referrer,
        "http_user_agent": visit.agent,
        "host": "www.example.org",
    }
    return json.dumps({name: value for name, value in (said | others).items() if value is not None}) + "\n"


def traefik_json(visit: Visit) -> str:
    said = {
        "ClientAddr": f"{visit.ip}:40342",
        "ClientHost": visit.ip,
        "DownstreamContentSize": visit.size,
        "DownstreamStatus": visit.status,
        "OriginStatus": visit.status,
        "RequestHost": "www.example.org",
        "RequestMethod": visit.method,
        "RequestPath": visit.target,
        "RequestProtocol": "HTTP/2.0",
        "StartUTC": visit.at.strftime("%Y-%m-%dT%H:%M:%S.000000000Z"),
        "level": "info",
        "msg": "",
        "request_Referer": visit.referrer,
        "request_User-Agent": visit.agent,
        "time": visit.at.isoformat(),
    }
    return json.dumps(said) + "\n"


def caddy_json(visit: Visit, forwarded: str = "", **others: object) -> str:
    headers = {
        "Referer": [visit.referrer] if visit.referrer else None,
        "User-Agent": [visit.agent],
        "Accept": ["*/*"],
        "X-Forwarded-For": [forwarded] if forwarded else None,
    }
    request = {
        "remote_ip": "10.0.0.1",
        "remote_port": "40342",
        "client_ip": visit.ip,
        "proto": "HTTP/2.0",
        "method": visit.method,
        "host": "example.org:443",
        "uri": visit.target,
        "headers": {name: value for name, value in headers.items() if value},
        "tls": {"resumed": False, "version": 772},
    }
    said = {
        "level": "info",
        "ts": visit.at.timestamp(),
        "logger": "http.log.access.log0",
        "msg": "handled request",
        "request": request,
        "bytes_read": 0,
        "duration": 0.000929675,
        "size": visit.size,
        "status": visit.status,
        "resp_headers": {"Server": ["Caddy"]},
    }
    return json.dumps(said | others, separators=(",", ":")) + "\n"


def cloudfront(visit: Visit) -> str:
    url = urlsplit(visit.target)
    said = {
        "date": f"{visit.at:%Y-%m-%d}",
        "time": f"{visit.at:%H:%M:%S}",
        "x-edge-location": "FRA56-P4",
        "sc-bytes": str(visit.size),
        "c-ip": visit.ip,
        "cs-method": visit.method,
        "cs(Host)": "d111111abcdef8.cloudfront.net",
        "cs-uri-stem": url.path.replace("%", "%25"),
        "sc-status": f"{visit.status:03}",
        "cs(Referer)": visit.referrer.replace("%", "%25") or "-",
        "cs(User-Agent)": quote(visit.agent, safe="/();:,.+"),
        "cs-uri-query": url.query.replace("%", "%25") or "-",
        "x-host-header": "www.example.org",
        "x-forwarded-for": "198.51.100.9,%20203.0.113.8",
    }
    return "\t".join(said.get(name, "-") for name in CLOUDFRONT_FIELDS.split()) + "\n"
