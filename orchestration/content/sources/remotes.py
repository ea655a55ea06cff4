"""Remote repositories: which commit a branch has, and fetching its commits."""

import fcntl
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pygit2
from pydantic import SecretStr
from pygit2.enums import CredentialType

from orchestration.content.sources.repository_urls import PORTS, Endpoint, endpoint_of, refuse_private
from orchestration.errors import DogearError
from orchestration.settings import Settings

# Milliseconds; a host that does not answer must not hold up the others for long.
pygit2.settings.server_connect_timeout = 10_000
pygit2.settings.server_timeout = 60_000


@dataclass(frozen=True)
class GitAccess:
    """What the operator grants: tokens by host, ``host:port`` where it is not 443, and hosts that are not public."""

    tokens: Mapping[str, SecretStr] = field(default_factory=dict[str, SecretStr])
    private_hosts: Collection[str] = ()

    @classmethod
    def granted_by(cls, settings: Settings) -> "GitAccess":
        return cls(settings.git_tokens, settings.private_git_hosts.lower().replace(",", " ").split())


class HostCallbacks(pygit2.RemoteCallbacks):
    """What a host may ask for: the token that was set for it, or a key of the SSH agent. Another host gets nothing."""

    def __init__(self, endpoint: Endpoint, access: GitAccess) -> None:
        super().__init__()
        self.endpoint = endpoint
        self.access = access
        self.asked = False

    def certificate_check(self, certificate: None, valid: bool, host: bytes) -> bool:  # noqa: ARG002
        """Return whether to go on with a host, which may be that of a redirect. Raises DogearError."""
        refuse_private(host.decode("ascii", "replace"), self.endpoint.port, self.access.private_hosts)
        raise pygit2.Passthrough

    def credentials(
        self, url: str, username_from_url: str | None, allowed_types: CredentialType
    ) -> pygit2.UserPass | pygit2.KeypairFromAgent:
        # Refused credentials would be refused again.
        refused, self.asked = self.asked, True
        same_host = endpoint_of(url) == self.endpoint
        if same_host and not refused:
            if self.endpoint.scheme == "ssh" and allowed_types & CredentialType.SSH_KEY:
                return pygit2.KeypairFromAgent(username_from_url or "git")
            token = self.access.tokens.get(self.endpoint.name)
            if self.endpoint.scheme == "https" and token and allowed_types & CredentialType.USERPASS_PLAINTEXT:
                return pygit2.UserPass("x-access-token", token.get_secret_value())
        name = self.endpoint.name if self.endpoint.scheme == "https" else self.endpoint.host
        raise DogearError(
            f'{name} asks who you are. Set DOGEAR_GIT_TOKENS=\'{{"{name}": "token"}}\', '
            "or use an ssh URL with an SSH agent."
        )


def newest_commit(url: str, branch: str, folder: Path, access: GitAccess) -> str:
    """Return the commit of the branch (``HEAD``: of the default one) at the host. Raises DogearError."""
    return str(_newest(_remote(url, folder), branch, access))


def fetch(url: str, branch: str, folder: Path, access: GitAccess) -> None:
    """Fetch the commits of the branch into the bare repository ``folder``, as ``local_name``.

    If it fails, the commits that were fetched before stay. Raises DogearError.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        remote = _remote(url, folder)
        newest = _newest(remote, branch, access)
        here = local_name(branch)
        repository = pygit2.Repository(str(folder))
        if here in repository.references and repository.references[here].target == newest:
            return
        try:
            remote.fetch([f"+{name_at_host(branch)}:{here}"], callbacks=callbacks_for(url, access))
        except (pygit2.GitError, OSError) as error:
            raise DogearError(f"{url} cannot be fetched: {error}.") from None


def callbacks_for(url: str, access: GitAccess) -> pygit2.RemoteCallbacks:
    """Return the callbacks for one connection. Raises DogearError if the host's address is not allowed."""
    endpoint = endpoint_of(url)
    if endpoint.scheme in PORTS:
        refuse_private(endpoint.host, endpoint.port, access.private_hosts)
    return HostCallbacks(endpoint, access)


def local_name(branch: str) -> str:
    """Return a digest as the name: Git cannot have both ``topic`` and ``topic/one``, and one may become the other."""
    return f"refs/dogear/{hashlib.sha256(branch.encode()).hexdigest()[:16]}"


def name_at_host(branch: str) -> str:
    return branch if branch == "HEAD" else f"refs/heads/{branch}"


def _remote(url: str, folder: Path) -> pygit2.Remote:
    return pygit2.init_repository(str(folder), bare=True).remotes.create_anonymous(url)


def _newest(remote: pygit2.Remote, branch: str, access: GitAccess) -> pygit2.Oid:
    url = remote.url or ""
    try:
        heads = {head.name: head.oid for head in remote.list_heads(callbacks=callbacks_for(url, access))}
    except (pygit2.GitError, OSError) as error:
        raise DogearError(f"{url} cannot be reached: {error}.") from None
    if name_at_host(branch) not in heads:
        branches = sorted(name.removeprefix("refs/heads/") for name in heads if name and name.startswith("refs/heads/"))
        raise DogearError(f"{url} has no branch {branch}; it has {', '.join(branches[:20]) or 'none'}.")
    return heads[name_at_host(branch)]
