"""Repositories elsewhere: which commit a branch has, and its commits brought here."""

import fcntl
import hashlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pygit2
from pydantic import SecretStr
from pygit2.enums import CredentialType

from orchestration.errors import DogearError

# Milliseconds; a host that does not answer must not hold up the others for long.
pygit2.settings.server_connect_timeout = 10_000
pygit2.settings.server_timeout = 60_000


class Credentials(pygit2.RemoteCallbacks):
    """What a host may ask for: the token that was set for it, or a key of the SSH agent."""

    def __init__(self, url: str, tokens: Mapping[str, SecretStr]) -> None:
        super().__init__()
        self.host = urlsplit(url).hostname or ""
        self.tokens = tokens
        self.asked = False

    def credentials(
        self, url: str, username_from_url: str | None, allowed_types: CredentialType
    ) -> pygit2.UserPass | pygit2.KeypairFromAgent:
        # One that was refused would be refused again.
        refused, self.asked = self.asked, True
        token = self.tokens.get(self.host)
        # Where the host sends us on to another, that one gets nothing.
        same_host = urlsplit(url).hostname in {self.host, None}
        if not refused and same_host and allowed_types & CredentialType.SSH_KEY:
            return pygit2.KeypairFromAgent(username_from_url or "git")
        if not refused and same_host and token and allowed_types & CredentialType.USERPASS_PLAINTEXT:
            return pygit2.UserPass("x-access-token", token.get_secret_value())
        raise DogearError(
            f'{self.host} asks who you are. Set DOGEAR_GIT_TOKENS=\'{{"{self.host}": "token"}}\', '
            "or use an ssh URL with an SSH agent."
        )


def newest_commit(url: str, branch: str, folder: Path, tokens: Mapping[str, SecretStr]) -> str:
    """The commit of the branch (``HEAD``: of the default one) at the host. Raises DogearError."""
    return str(_newest(_remote(url, folder), branch, tokens))


def fetch(url: str, branch: str, folder: Path, tokens: Mapping[str, SecretStr]) -> None:
    """Bring the commits of the branch into the bare repository ``folder``, as ``local_name``.

    What was fetched before stays where this fails. Raises DogearError.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        remote = _remote(url, folder)
        newest = _newest(remote, branch, tokens)
        here = local_name(branch)
        repository = pygit2.Repository(str(folder))
        if here in repository.references and repository.references[here].target == newest:
            return
        try:
            remote.fetch([f"+{name_at_host(branch)}:{here}"], callbacks=Credentials(url, tokens))
        except (pygit2.GitError, OSError) as error:
            raise DogearError(f"{url} cannot be fetched: {error}.") from None


def local_name(branch: str) -> str:
    """By a digest, since Git cannot have both ``topic`` and ``topic/one``, and the host may change one to the other."""
    return f"refs/dogear/{hashlib.sha256(branch.encode()).hexdigest()[:16]}"


def name_at_host(branch: str) -> str:
    return branch if branch == "HEAD" else f"refs/heads/{branch}"


def _remote(url: str, folder: Path) -> pygit2.Remote:
    return pygit2.init_repository(str(folder), bare=True).remotes.create_anonymous(url)


def _newest(remote: pygit2.Remote, branch: str, tokens: Mapping[str, SecretStr]) -> pygit2.Oid:
    url = remote.url or ""
    try:
        heads = {head.name: head.oid for head in remote.list_heads(callbacks=Credentials(url, tokens))}
    except (pygit2.GitError, OSError) as error:
        raise DogearError(f"{url} cannot be reached: {error}.") from None
    if name_at_host(branch) not in heads:
        branches = sorted(name.removeprefix("refs/heads/") for name in heads if name and name.startswith("refs/heads/"))
        raise DogearError(f"{url} has no branch {branch}; it has {', '.join(branches[:20]) or 'none'}.")
    return heads[name_at_host(branch)]
