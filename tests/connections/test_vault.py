"""Sealed credentials open for their owner and nobody else, with any of the keys."""

import base64
from uuid import UUID

import pytest
from django.test import override_settings

from atsbridge.connections import vault

TENANT, OWNER, OTHER = (UUID(int=number) for number in (1, 2, 3))
OLD, NEW = b"o" * 32, b"n" * 32


def test_a_sealed_value_says_version_key_and_nonce_and_opens_again():
    sealed = vault.seal({"api_key": "17|sécret"}, TENANT, OWNER)

    version, key_id, nonce, ciphertext = sealed["api_key"].split(":")
    assert (version, key_id, len(base64.urlsafe_b64decode(nonce))) == ("1", "example", 12)
    assert len(base64.urlsafe_b64decode(ciphertext)) == len("17|sécret".encode()) + 16
    assert vault.unseal(sealed, TENANT, OWNER) == {"api_key": "17|sécret"}


def test_the_same_value_is_sealed_differently_each_time():
    assert vault.seal({"a": "x"}, TENANT, OWNER) != vault.seal({"a": "x"}, TENANT, OWNER)


ELSEWHERE = [(OTHER, OWNER, "a"), (TENANT, OTHER, "a"), (TENANT, OWNER, "b")]


@pytest.mark.parametrize(("tenant", "owner", "field"), ELSEWHERE)
def test_a_copy_in_another_place_does_not_open(tenant, owner, field):
    text = vault.seal({"a": "secret"}, TENANT, OWNER)["a"]

    with pytest.raises(vault.VaultError, match="does not open") as refusal:
        vault.unseal({field: text}, tenant, owner)
    assert "secret" not in str(refusal.value)


def test_every_key_opens_and_the_first_one_seals():
    with override_settings(CREDENTIAL_KEYS={"old": OLD}):
        sealed = vault.seal({"a": "x"}, TENANT, OWNER)
    with override_settings(CREDENTIAL_KEYS={"new": NEW, "old": OLD}):
        assert vault.unseal(sealed, TENANT, OWNER) == {"a": "x"}
        assert vault.sealed_with(vault.seal({"a": "x"}, TENANT, OWNER)["a"]) == "new"


def test_a_missing_key_is_named_with_what_to_do():
    with override_settings(CREDENTIAL_KEYS={"old": OLD}):
        sealed = vault.seal({"a": "x"}, TENANT, OWNER)

    with pytest.raises(vault.VaultError) as refusal:
        vault.unseal(sealed, TENANT, OWNER)
    assert str(refusal.value) == (
        "The credential a was sealed with the key 'old', which is not in CREDENTIAL_KEYS."
        " Put that key back behind the first one, then run `manage.py rotate_credentials`."
    )


@pytest.mark.parametrize("text", ["", "2:example:x:y", "1:example:x", "1:example:!:!"])
def test_what_was_never_sealed_here_is_refused_in_words(text):
    with pytest.raises(vault.VaultError):
        vault.unseal({"a": text}, TENANT, OWNER)


def test_a_fingerprint_recognises_what_was_pasted_and_nothing_else():
    pasted = vault.fingerprint("homerun", {"api_key": " key "})

    assert pasted == vault.fingerprint("homerun", {"api_key": "key", "access_token": "renewed"})
    others = (vault.fingerprint("homerun", {"api_key": "KEY"}), vault.fingerprint("cats", {"api_key": "key"}))
    assert pasted not in others


@override_settings(SECRET_KEY="another")
def test_a_fingerprint_is_keyed():
    assert vault.fingerprint("homerun", {"api_key": "key"}) != KEYED


KEYED = vault.fingerprint("homerun", {"api_key": "key"})
