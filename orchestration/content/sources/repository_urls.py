"""URLs of repositories: which are allowed, and which machines may be contacted for them.

A repository's URL makes this machine send a request, with its own rights. So no URL holds a password, none is an option
of a program, and machines that only this one reaches are contacted only if the operator allows it.
"""

import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from orchestration.errors import DogearError
from orchestration.resources.internet_addresses import as_address, is_public

PORTS = {"https": 443, "ssh": 22}
USER = re.compile(r"[\w.+][\w.+-]*", re.ASCII)
HOST_NAME = re.compile(r"[\w.][\w.-]{0,252}", re.ASCII)
PRIVATE_HOSTS = "DOGEAR_PRIVATE_GIT_HOSTS"
NO_SECRETS = "A URL with a password or token would be kept in the database: set DOGEAR_GIT_TOKENS instead."


@dataclass(frozen=True)
class Endpoint:
    """The endpoint of a repository; ``host`` is "" for a file of this machine."""

    scheme: str
    host: str = ""
    port: int = 0

    @property
    def name(self) -> str:
        """The key of its token: with the port if it is not that of https."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS["https"] else f"{host}:{self.port}"


def is_remote(repository: str) -> bool:
    """Return whether it is a URL, or ``user@host:path``, and not a local path: the first colon decides, as in Git."""
    return "://" in repository or ":" in repository.partition("/")[0]


def endpoint_of(url: str) -> Endpoint:
    """Return where the URL leads. Raises DogearError, which quotes no secret, for one that is not allowed."""
    if not url.isprintable():
        raise DogearError("A repository's URL holds characters that cannot be printed.")
    if "://" not in url:
        user, _, rest = url.rpartition("@")
        host, _, path = rest.partition(":")
        if ":" in user or "@" in user:
            raise DogearError(NO_SECRETS)
        if not user or path.startswith("-"):
            raise DogearError(
                "A repository over ssh is written like git@host:path, and a folder with a colon like ./a:b."
            )
        url = f"ssh://{user}@{host}/{path}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise DogearError("A repository's URL cannot be read; write it like https://host/path.") from None
    if parts.password is not None or parts.query or parts.fragment or (parts.username and parts.scheme != "ssh"):
        raise DogearError(NO_SECRETS)
    if parts.scheme == "file" and not parts.netloc:
        return Endpoint("file")
    if parts.scheme not in PORTS:
        raise DogearError(f"Repositories are read over https, ssh or file:///path, not over {parts.scheme[:20]}.")
    host = (parts.hostname or "").removesuffix(".")
    if not (HOST_NAME.fullmatch(host) or as_address(host)) or not USER.fullmatch(parts.username or "git"):
        raise DogearError("A repository's URL has no host that can be asked; write it like https://host/path.")
    return Endpoint(parts.scheme, host, port or PORTS[parts.scheme])


def refuse_private(host: str, port: int, allowed: Collection[str]) -> None:
    """Raise DogearError if a host has an address that is not public, unless it is ``allowed``, or is not known."""
    if host.lower() in allowed:
        return
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise DogearError(f"{host} cannot be reached: its name is not known.") from None
    for address in {as_address(str(answer[4][0]).partition("%")[0]) for answer in found}:
        if address is None or not is_public(address):
            raise DogearError(
                f"{host} is at {address}, which is no public address. If it may be asked all the same: "
                f"{PRIVATE_HOSTS}={host}"
            )
