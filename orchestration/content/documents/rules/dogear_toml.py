"""``dogear.toml``: a site's conventions that its generator's configuration does not show."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from orchestration.content.documents.rules.site_config import Config, Read, folder_below, parse_config
from orchestration.content.documents.rules.url_patterns import LONGEST_URL_PATH, TOKEN, canonical, longest_known
from orchestration.errors import DogearError

NAME = "dogear.toml"
TYPE_NAME = re.compile(r"[a-z][a-z0-9_-]{0,49}")


@dataclass(frozen=True)
class TypeRule:
    """Documents below ``folders`` of the content folder are of the type ``name``; ``url`` is their pattern."""

    name: str
    folders: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True)
class DogearToml:
    """The contents of the file; None for missing settings. ``static``: folders, and the path each is served at."""

    generator: str | None = None
    content: str | None = None
    static: tuple[tuple[str, str], ...] | None = None
    types: tuple[TypeRule, ...] = ()


def read_dogear_toml(read: Read, generators: Collection[str], tokens: Collection[str]) -> DogearToml:
    """Raise DogearError, in one line, if the file cannot be read or says what is not known."""
    data = read(NAME)
    if data is None:
        return DogearToml()
    try:
        config = parse_config(NAME, data)
    except DogearError as error:
        raise DogearError(f"{NAME} cannot be read: {error}.") from None
    refuse_unknown(config, ("generator", "content", "static", "types"), "")
    generator = text_in(config, "generator")
    if generator is not None and generator not in generators:
        raise DogearError(f"{NAME}: generator is {shown(generator)}; it can be {', '.join(generators)}.")
    content = text_in(config, "content")
    types = config.get("types", {})
    if not isinstance(types, dict):
        raise DogearError(f"{NAME}: types is not a table. Write [types.blog].")
    rules = tuple(read_type(name, value, tokens) for name, value in types.items())
    refuse_doubled_folders(rules)
    return DogearToml(
        generator=generator,
        content=None if content is None else checked_folder("content", content),
        static=read_static(config["static"]) if "static" in config else None,
        types=rules,
    )


def read_type(name: str, value: Any, tokens: Collection[str]) -> TypeRule:
    where = f"types.{name[:50]}"
    if not TYPE_NAME.fullmatch(name):
        raise DogearError(f"{NAME}: a type is written in lower case, such as blog, not {shown(name)}.")
    if not isinstance(value, dict):
        raise DogearError(f"{NAME}: {where} is not a table. Write [{where}].")
    refuse_unknown(value, ("folders", "url"), f"{where}.")
    folders = value.get("folders", [])
    if not isinstance(folders, list) or not all(isinstance(folder, str) for folder in folders):
        raise DogearError(f'{NAME}: {where}.folders is not a list of folders. Write it like ["posts", "notes"].')
    url = text_in(value, "url", f"{where}.")
    if url is not None:
        check_pattern(f"{where}.url", url, tokens)
    return TypeRule(name, tuple(checked_folder(f"{where}.folders", folder) for folder in folders), url)


def check_pattern(where: str, pattern: str, tokens: Collection[str]) -> None:
    known = dict.fromkeys(tokens)
    unknown = [word for word in TOKEN.findall(pattern[:LONGEST_URL_PATH]) if longest_known(word, known)[0] not in known]
    if unknown:
        raise DogearError(f"{NAME}: {where} has :{unknown[0][:50]}; known are :{', :'.join(sorted(tokens))}.")
    if not is_url_path(pattern):
        raise DogearError(f"{NAME}: {where} is no path: {shown(pattern)}. Write it like /blog/:year/:slug.")


def read_static(value: Any) -> tuple[tuple[str, str], ...]:
    folders = dict.fromkeys(value, "/") if is_list_of_texts(value) else value
    if not isinstance(folders, dict):
        raise DogearError(
            f'{NAME}: static is not a list of folders. Write it like ["public"] or {{"img" = "/images"}}.'
        )
    for folder, prefix in folders.items():
        if not isinstance(prefix, str) or not is_url_path(prefix):
            raise DogearError(
                f"{NAME}: static serves {shown(folder)} at {shown(prefix)}; write a path such as /images."
            )
    return tuple((checked_folder("static", folder), canonical(prefix) or "/") for folder, prefix in folders.items())


def refuse_unknown(config: Config, known: Collection[str], where: str) -> None:
    for name in config:
        if name not in known:
            raise DogearError(f"{NAME}: {where}{name[:50]!r} is not known; known are {', '.join(known)}.")


def refuse_doubled_folders(rules: Collection[TypeRule]) -> None:
    owners: dict[str, str] = {}
    for rule in rules:
        for folder in rule.folders:
            if owners.setdefault(folder, rule.name) != rule.name:
                raise DogearError(
                    f"{NAME}: the folder {shown(folder)} is of two types, {owners[folder]} and {rule.name}."
                )


def text_in(config: Config, name: str, where: str = "") -> str | None:
    value = config.get(name)
    if value is not None and not isinstance(value, str):
        raise DogearError(f"{NAME}: {where}{name} is not a text in quotation marks.")
    return value


def checked_folder(where: str, written: str) -> str:
    folder = folder_below(written)
    if folder is None:
        raise DogearError(
            f"{NAME}: {where} leads out of the site: {shown(written)}. Write a path below the site's folder."
        )
    return folder


def is_url_path(written: str) -> bool:
    return (
        written.startswith("/")
        and len(written) <= LONGEST_URL_PATH
        and not re.search(r"[?#{]", written)
        and canonical(written) is not None
    )


def is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def shown(value: object) -> str:
    """Return ``value`` in one line that is not too long."""
    return repr(value[:80]) if isinstance(value, str) else f"a {type(value).__name__}"
