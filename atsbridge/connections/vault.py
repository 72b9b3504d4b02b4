"""Seals credentials: AES-256-GCM, written as `version:key id:nonce:ciphertext`, bound to tenant, owner and field.

A sealed text that is copied to another tenant, connection, attempt or field does not open. The keys are
`settings.CREDENTIAL_KEYS`: the first one seals, every one opens, so that they can be replaced while the product runs
(`rotation.py`).
"""

import base64
import os
from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac

import connectors
from connectors.errors import TemporaryFailure

VERSION = "1"
NONCE_BYTES = 12


class VaultError(TemporaryFailure):
    """A sealed credential cannot be opened; the text says what the operator has to do and holds no secret."""

    next_step = "Ask whoever operates this installation; nothing is wrong with the key."

    def __init__(self, message: str) -> None:
        super().__init__(message, sent=False)


def seal(values: Mapping[str, str], tenant_id: UUID, owner_id: UUID) -> dict[str, str]:
    """Seal each value for its owner (a connection or an attempt) with the first key."""
    key_id = sealing_key()
    cipher = AESGCM(settings.CREDENTIAL_KEYS[key_id])
    return {field: _seal(cipher, key_id, text, _bound(tenant_id, owner_id, field)) for field, text in values.items()}


def unseal(sealed: Mapping[str, str], tenant_id: UUID, owner_id: UUID) -> dict[str, str]:
    """Open what `seal` made for the same owner; raises VaultError."""
    return {field: _unseal(text, _bound(tenant_id, owner_id, field), field) for field, text in sealed.items()}


def sealing_key() -> str:
    """The id of the key that seals: the first of `CREDENTIAL_KEYS`."""
    return next(iter(settings.CREDENTIAL_KEYS))


def sealed_with(text: str) -> str:
    """The id of the key that a sealed text needs."""
    return text.split(":", 2)[1]


def fingerprint(connector: str, values: Mapping[str, str]) -> str:
    """A keyed digest that recognises credentials without opening any.

    Its key comes from SECRET_KEY rather than from a key of the vault: vault keys are made to be replaced, and a digest
    under a replaced key would no longer recognise anything. When SECRET_KEY itself changes, `rotate_credentials`
    computes the digests anew. Only what people paste counts, not the tokens that were renewed from it.
    """
    asked = [secret.name for secret in connectors.get(connector).credentials]
    parts = [connector, *(f"{name}={values.get(name, '').strip()}" for name in sorted(asked))]
    return salted_hmac("atsbridge.connections.fingerprint", "\0".join(parts), algorithm="sha256").hexdigest()


def _bound(tenant_id: UUID, owner_id: UUID, field: str) -> bytes:
    return f"{tenant_id}:{owner_id}:{field}".encode()


def _seal(cipher: AESGCM, key_id: str, text: str, bound: bytes) -> str:
    nonce = os.urandom(NONCE_BYTES)
    return ":".join((VERSION, key_id, _text(nonce), _text(cipher.encrypt(nonce, text.encode(), bound))))


def _unseal(text: str, bound: bytes, field: str) -> str:
    version, key_id, nonce, ciphertext = (text.split(":") + [""] * 4)[:4]
    if version != VERSION:
        raise VaultError(f"The credential {field} is sealed in a form that this version does not know.")
    if key_id not in settings.CREDENTIAL_KEYS:
        raise VaultError(
            f"The credential {field} was sealed with the key {key_id!r}, which is not in CREDENTIAL_KEYS."
            " Put that key back behind the first one, then run `manage.py rotate_credentials`."
        )
    try:
        return AESGCM(settings.CREDENTIAL_KEYS[key_id]).decrypt(_bytes(nonce), _bytes(ciphertext), bound).decode()
    except (InvalidTag, ValueError):
        raise VaultError(
            f"The credential {field} does not open with the key {key_id!r}: either that id now stands for another key,"
            " or the text was changed. Put the right key back, or relink the account."
        ) from None


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text)
