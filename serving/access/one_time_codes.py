"""One-time codes (TOTP, RFC 6238) as applications on telephones make them."""

import hmac
import time
from base64 import b64encode
from io import BytesIO

import segno
from pyotp import random_base32
from pyotp.totp import TOTP

STEP = 30
# Clocks of telephones differ: the code of the half minute before counts too, and that of the one after.
STEPS_AROUND = (-1, 0, 1)
RECOVERY_CODES = 10


def new_secret() -> str:
    """Return a secret in base 32, as people may type it."""
    return random_base32()


def step_of(secret: str, code: str, now: float | None = None) -> int | None:
    """Return the time step whose code this is, near now; None for no code of now."""
    typed = "".join(code.split()).encode()
    current = int(time.time() if now is None else now) // STEP
    codes = TOTP(secret, interval=STEP)
    found = [step for step in (current + around for around in STEPS_AROUND) if is_same(codes.at(step * STEP), typed)]
    return found[0] if found else None


def is_same(code: str, typed: bytes) -> bool:
    return hmac.compare_digest(code.encode(), typed)


def is_secret(text: str) -> bool:
    """Return whether codes can be made of it."""
    try:
        TOTP(text).at(0)
    except ValueError:
        return False
    return True


def address(secret: str, name: str) -> str:
    """Return the otpauth:// URL that applications read."""
    return TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name="Dogear")


def picture(secret: str, name: str) -> str:
    """Return the same as an image that telephones read: a data: URL."""
    out = BytesIO()
    segno.make(address(secret, name), error="m").save(out, kind="svg", scale=4, border=4, light="#fff")
    return "data:image/svg+xml;base64," + b64encode(out.getvalue()).decode()
