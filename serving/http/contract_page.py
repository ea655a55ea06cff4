"""A contract in OpenAPI as a page to read: plain HTML of our own, without scripts and without files from elsewhere."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "pages"
STYLE = "/docs.css"
METHODS = ("get", "post", "put", "patch", "delete")
REFERENCE = "#/components/schemas/"
# What else a schema may say of a value, and how the page says it.
LIMITS = {
    "format": "{}",
    "pattern": "matches {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "maxProperties": "at most {} members",
    "default": "{} if left out",
}


def contract_page(document: Mapping[str, Any]) -> str:
    """Return the page of an OpenAPI document."""
    return template().render(
        info=document["info"],
        style=STYLE,
        operations=[
            {"method": method, "path": path, **operation}
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        ],
        schemas=document.get("components", {}).get("schemas", {}),
        parts_of=parts_of,
        limits_of=limits_of,
    )


@cache
def template() -> Any:
    # Read when somebody asks: the collector takes in millions of events without this page.
    from serving.http.templates import templates_in

    return templates_in(FOLDER).get_template("contract.html")


@cache
def style() -> bytes:
    return (FOLDER / "contract.css").read_bytes()


def parts_of(schema: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """Return the type of a value in words, as texts; with a text that names a schema, its name, to link to it."""
    if reference := schema.get("$ref"):
        name = reference.removeprefix(REFERENCE)
        return [(name, name)]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            parts = [parts_of(one) for one in schema[several]]
            return [part for at, one in enumerate(parts) for part in ([(" or ", None)] if at else []) + one]
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return [(", ".join(map(str, values)), None)]
    kind = schema.get("type", "any value")
    if kind == "array":
        return [("list of ", None), *parts_of(schema.get("items", {}))]
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return [("object of ", None), *parts_of(schema["additionalProperties"])]
    return [(" or ".join(kind) if isinstance(kind, list) else str(kind), None)]


def limits_of(schema: Mapping[str, Any]) -> str:
    """Return the bounds of a value in words; of what may be null, those of the rest."""
    schemas = [schema, *schema.get("anyOf", ())]
    said = [words.format(one[key]) for one in schemas for key, words in LIMITS.items() if one.get(key) is not None]
    return "; ".join(dict.fromkeys(said))
