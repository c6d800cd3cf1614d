"""Signatures by Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`. Pure code, for sender and receiver."""

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable, Mapping

PREFIX = "whsec_"
TOLERANCE = 300  # seconds that a message may be old, or a clock ahead


class BadSignature(Exception):
    """A message that is not from who it says, or not from now. The text says which, for a log."""


def new_secret() -> str:
    """A fresh secret: 24 random bytes, as the standard asks for at least."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("The secret is not whsec_ and base64.") from error


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature, "v1,…". Raises ValueError for a secret that is none."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def headers(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers. While a secret is being rotated there are two, and a receiver may know either."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, message_id, timestamp, body) for secret in secrets),
    }


def verify(secret: str, sent: Mapping[str, str], body: bytes, now: float | None = None) -> None:
    """What a receiver does before it reads the body. `sent` has lower-case names. Raises BadSignature."""
    message_id, stamp, signatures = (sent.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not message_id or not signatures:
        raise BadSignature("A header is missing.")
    # Not isdigit(): that takes figures of every script, and int() reads spaces and underscores.
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        raise BadSignature("The timestamp is no number.")
    if abs((time.time() if now is None else now) - int(stamp)) > TOLERANCE:
        raise BadSignature("The timestamp is more than five minutes off.")
    expected = sign(secret, message_id, int(stamp), body).encode()
    if not any(hmac.compare_digest(one.encode(), expected) for one in signatures.split(" ")[:8]):
        raise BadSignature("No signature fits.")
