"""manage.py link and manage.py rotate_credentials."""

import io
import json
import sys
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django_scopes import scope

from atsbridge.connections import linking, opening, states, vault
from atsbridge.connections.integration_ids import integration_id
from atsbridge.connections.models import Attempt, Connection, Credential
from atsbridge.records.history import FEED
from atsbridge.records.models import Change, Record
from atsbridge.sync import engine
from atsbridge.sync.models import Run
from atsbridge.tenants.models import AuditEntry
from tests.connections.accounts import checked

OLD, NEW = {"old": b"o" * 32}, {"new": b"n" * 32}


def run(*arguments):
    """The last line of a command, and what came before it."""
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    *before, last = out.getvalue().strip().splitlines()
    return json.loads(last), before


def test_link_checks_links_and_says_so(acme, homerun):
    answer, _ = run("link", "acme", "homerun", f"api_key={homerun.key}", "--label", "Amsterdam")

    with scope(tenant=acme):
        connection = Connection.objects.get()
        assert AuditEntry.objects.get().kind == "connection.linked"
        assert not Run.objects.exists()
    assert answer == {
        "connection": str(connection.pk),
        "integration": integration_id("homerun", connection.pk),
        "state": "active",
    }
    assert connection.label == "Amsterdam"


def test_link_reads_the_key_from_standard_input_and_starts_the_sync(acme, homerun, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{homerun.key}\n"))
    run("link", str(acme.pk), "homerun", "api_key=-", "--sync")

    with scope(tenant=acme):
        assert Run.objects.get().connection == Connection.objects.get()


def test_link_keeps_the_last_day_of_a_key(acme, homerun):
    run("link", "acme", "homerun", f"api_key={homerun.key}")
    run("link", "acme", "homerun", f"api_key={homerun.key}", "--expires", "2999-03-31")

    with scope(tenant=acme):
        assert Connection.objects.get().expires_on == date(2999, 3, 31)


def test_link_lets_the_first_pass_announce_each_record(acme, homerun):
    run("link", "acme", "homerun", f"api_key={homerun.key}", "--announce-each", "--sync")

    with scope(tenant=acme):
        engine.run_whole(Run.objects.get().id)
        created = Change.objects.filter(kind="created", number__isnull=False).values_list("record", flat=True)
        assert sorted(created) == sorted(Record.objects.filter(model__in=FEED).values_list("id", flat=True))


def test_link_answers_with_the_connection_of_a_key_that_is_linked_already(acme, homerun):
    first, _ = run("link", "Acme", "homerun", f"api_key={homerun.key}")
    assert run("link", "Acme", "homerun", f"api_key={homerun.key}", "--label", "Two")[0] == first


def test_link_relinks_where_that_is_needed(acme, homerun):
    first, _ = run("link", "Acme", "homerun", f"api_key={homerun.key}")
    with scope(tenant=acme):
        states.needs_relink(Connection.objects.get(), "Refused")

    assert run("link", "Acme", "homerun", f"api_key={homerun.key}")[0] == first
    with scope(tenant=acme):
        assert Connection.objects.get().state == "active"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Nobody", "homerun", "api_key=x"], "There is no tenant 'Nobody'"),
        (["Acme", "homerun", "api_key=17|wrong"], "Homerun refuses this key: it is wrong, expired or revoked. Make"),
        (["Acme", "homerun", "kee=17|wrong"], "homerun takes exactly: api_key=VALUE"),
        (["Acme", "homerun", "17|wrong"], "homerun takes exactly: api_key=VALUE"),
        (["Acme", "homerun", "api_key="], "homerun takes exactly: api_key=VALUE"),
        (["Acme", "workday", "api_key=x"], "invalid choice: 'workday'"),
        (["Acme", "homerun", "api_key=x", "--expires", "31.3."], "'31.3.' is not a day like 2027-03-31"),
        (["Acme", "homerun", "api_key=x", "--expires", "2020-03-31"], "2020-03-31 is over"),
    ],
)
def test_link_refuses_in_words_without_repeating_the_key(acme, homerun, arguments, words):
    with pytest.raises(CommandError) as refusal:
        run("link", *arguments)
    assert words in str(refusal.value)
    assert "17|wrong" not in str(refusal.value)
    with scope(tenant=acme):
        assert not Connection.objects.exists()


def test_rotation_seals_everything_with_the_first_key_while_attempts_wait(acme, homerun):
    with override_settings(CREDENTIAL_KEYS=OLD), scope(tenant=acme):
        attempt = checked(linking.begin(acme, "homerun", {"api_key": homerun.key}))
        waiting = linking.begin(acme, "homerun", {"api_key": "17|another"})
        connection = linking.finish(attempt, label="H", models=["job"])

    with override_settings(CREDENTIAL_KEYS=NEW | OLD):
        answer, before = run("rotate_credentials")
        again, _ = run("rotate_credentials")
    assert before == ["2 of 2 looked at"]
    assert answer == {"key": "new", "credentials": 1, "attempts": 1, "fingerprints": 0}
    assert again == {"key": "new", "credentials": 0, "attempts": 0, "fingerprints": 0}

    with override_settings(CREDENTIAL_KEYS=NEW), scope(tenant=acme):
        waiting.refresh_from_db()
        assert vault.unseal(waiting.sealed, acme.pk, waiting.pk) == {"api_key": "17|another"}
        assert vault.sealed_with(Credential.objects.get().sealed) == "new"
        with opening.opened(connection, by="run") as connector:
            assert connector.talk.get("ping").data == {"pong": True}


def test_rotation_renews_the_fingerprints_after_secret_key_changed(linked, homerun, acme):
    with override_settings(SECRET_KEY="another one"):
        assert linking.recognised(acme, "homerun", {"api_key": homerun.key}) is None
        assert run("rotate_credentials")[0]["fingerprints"] == 1
        assert linking.recognised(acme, "homerun", {"api_key": homerun.key}) == linked


def test_rotation_without_the_key_that_is_needed_says_which(linked):
    with override_settings(CREDENTIAL_KEYS=NEW), pytest.raises(CommandError, match="sealed with the key 'example'"):
        run("rotate_credentials")
    assert Attempt.objects.count() == 1
