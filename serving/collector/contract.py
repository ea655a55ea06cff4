"""The contract of the paths for events, in OpenAPI: FastAPI does not see them."""

from typing import Any

import msgspec

from orchestration.events.event import Event, EventData
from serving.collector.batch import Batch, Rejection
from serving.collector.ingest import KINDS
from serving.collector.sanitizing import MOST_PROPERTIES

SUMMARIES = {
    "batch": "Events, at most 1,000 at once; the bad ones among them are named, the others kept",
    "event": "One event",
    "page_view": "A page view: the data of an event",
    "interaction": "An interaction: the data of an event",
    "heartbeat": "A sign of attention: the data of an event, with engaged_seconds",
}
BODIES: dict[str, str] = {"batch": "Batch", "event": "Event"}
PROBLEMS = {
    400: "The body is not one that can be read, or the site is not named",
    403: "There is no such site, or it takes no events of this origin",
    404: "There is nothing at this path",
    405: "Events are sent by POST",
    408: "The body did not arrive in time",
    413: "The body is larger than 1,000,000 bytes",
    415: "The body is compressed",
    422: "None of the events can be kept; `rejected` says why",
    429: "Too many requests, events or bytes of one address, or requests for one site; Retry-After says when",
    500: "This went wrong here",
    503: "Nothing can be kept for now; Retry-After says when",
}
RETRY_AFTER = {"description": "Seconds to wait", "required": True, "schema": {"type": "integer", "minimum": 1}}
ALLOW = {"description": "The methods that there are", "required": True, "schema": {"type": "string"}}
HEADERS: dict[int, dict[str, Any]] = {
    405: {"Allow": ALLOW},
    429: {"Retry-After": RETRY_AFTER},
    503: {"Retry-After": RETRY_AFTER},
}
REJECTED = {"type": "array", "items": {"$ref": "#/components/schemas/Rejection"}}
PROBLEM = {
    "type": "object",
    "required": ["title", "status", "code", "detail"],
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "rejected": REJECTED,
    },
}
ACCEPTED = {
    "type": "object",
    "required": ["accepted", "rejected"],
    "properties": {"accepted": {"type": "integer", "minimum": 1}, "rejected": REJECTED},
}
# Pages of a site need not name it: browsers send it as Origin.
SITE = {
    "name": "site",
    "in": "query",
    "required": True,
    "description": "Name of the site. Pages of the site itself may leave it out: their Origin header says it.",
    "schema": {"type": "string", "minLength": 1},
}


def add_events(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document, with these paths in it."""
    if "/api/analytics/ingest" in document["paths"]:
        return document
    _, schemas = msgspec.json.schema_components(
        [Batch, Event, EventData, Rejection], ref_template="#/components/schemas/{name}"
    )
    schemas = in_ecma(schemas)
    schemas["EventData"]["properties"]["properties"]["anyOf"][0]["maxProperties"] = MOST_PROPERTIES
    del schemas["EventData"]["properties"]["client_ip"]
    components = document.setdefault("components", {}).setdefault("schemas", {})
    components.update(schemas, Problem=PROBLEM, Accepted=ACCEPTED)
    for path, kind in KINDS.items():
        document["paths"][path] = {"post": operation(kind)}
    return document


def operation(kind: str) -> dict[str, Any]:
    body = {"schema": {"$ref": f"#/components/schemas/{BODIES.get(kind, 'EventData')}"}}
    accepted = {"schema": {"$ref": "#/components/schemas/Accepted"}}
    return {
        "summary": SUMMARIES[kind],
        "operationId": f"collect_{kind}",
        "parameters": [SITE],
        # Pages send it as text/plain, which needs no preflight request.
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {
            "202": {
                "description": "Kept, but for those that are rejected",
                "content": {"application/json": accepted},
            },
            **{str(status): problem_response(status, text) for status, text in PROBLEMS.items()},
        },
    }


def problem_response(status: int, description: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "headers": HEADERS.get(status, {}), "content": content}


def in_ecma(schema: Any) -> Any:
    """Write patterns as in JSON Schema: its ``$`` is the end of the text, which Python writes as ``\\Z``."""
    if isinstance(schema, dict):
        return {
            name: value.replace("\\Z", "$") if name == "pattern" and isinstance(value, str) else in_ecma(value)
            for name, value in schema.items()
        }
    return [in_ecma(item) for item in schema] if isinstance(schema, list) else schema
