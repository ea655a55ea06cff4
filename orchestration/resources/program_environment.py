"""What a program of ours finds in its environment: what it needs, and no secret of another.

Anybody who gets hold of a process gets hold of its environment. So names are listed here, and what nobody listed stays
out.
"""

import os
from collections.abc import Collection, Mapping

from orchestration.settings import Settings

# Where programs and files are, languages, certificates, and how Python and its measurements run.
OF_SYSTEM = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "HOSTNAME", "TERM", "TMPDIR", "TMP", "TEMP", "VIRTUAL_ENV"),
        *("LANG", "LANGUAGE", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    }
)
KINDS_OF_SYSTEM = ("LC_", "PYTHON", "LD_", "DYLD_", "MALLOC_", "OMP_", "OPENBLAS_", "COVERAGE_", "COV_CORE_")
# For programs that read the lake, or ask a server elsewhere: clouds and proxies, whose variables may hold secrets.
OUTWARD = ("AWS_", "GOOGLE_", "AZURE_", "FSSPEC_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def variables(*, secret: bool) -> frozenset[str]:
    """Return the names of our settings that hold secrets, or of those that hold none."""
    fields = Settings.model_fields.items()
    return frozenset(
        str(field.validation_alias or f"DOGEAR_{name.upper()}")
        for name, field in fields
        if ("SecretStr" in str(field.annotation)) == secret
    )


def program_environment(
    given: Mapping[str, str], secrets: Collection[str] = (), *, is_outward: bool = False
) -> dict[str, str]:
    """Return what a program finds: what is ``given``, and of ours what holds no secret, or one that it needs.

    ``is_outward``: it reads the lake, or asks a server elsewhere.
    """
    wanted = OF_SYSTEM | variables(secret=False) | frozenset(secrets)
    kinds = (*KINDS_OF_SYSTEM, *(OUTWARD if is_outward else ()))
    ours = {name: value for name, value in os.environ.items() if name in wanted or name.upper().startswith(kinds)}
    return ours | dict(given)
