"""From a pasted key to a connection, and what stands in the way."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

import connectors
from atsbridge.connections import linking
from atsbridge.connections.models import Attempt, Budget, Connection, Exchange
from atsbridge.tenants.across import everywhere
from tests.connections.accounts import READS, checked, emulated, link

GOOD, POOR, OTHER = "17|a-good-key-of-sixteen", "18|no-notes-in-this-key", "19|of-another-account"


def begin(tenant, key, slug="homerun", **more):
    return linking.begin(tenant, slug, {"api_key": key}, **more)


def said(attempt):
    return (attempt.state, attempt.error, attempt.step, attempt.sealed)


def told(attempt):
    return {verdict["slug"]: verdict["allowed"] for verdict in attempt.verdicts}


def test_a_good_key_is_checked_named_and_linked(in_acme, homerun, alice):
    attempt = begin(in_acme, f"  {homerun.key}\n", person=alice.person)
    assert (attempt.state, attempt.hint) == ("waiting", homerun.key[-4:])

    checked(attempt)
    assert told(attempt) == {
        "ping": True,
        "vacancies:read": True,
        "job-applications:read": True,
        "job-application-notes:read": True,
        "job-applications:write": None,
        "job-application-notes:write": None,
        "job-application-files:write": None,
    }
    connection = linking.finish(attempt, label="Amsterdam", models=["job", "candidate"], person=alice.person)

    assert (connection.label, connection.state, connection.reads) == ("Amsterdam", "active", ["job", "candidate"])
    assert (connection.created_by, connection.permissions) == (alice.person, attempt.verdicts)
    assert (attempt.state, attempt.sealed, attempt.connection) == ("finished", {}, connection)
    assert connection.exchanges.filter(by="attempt", by_id=attempt.pk).count() == len(homerun.calls)
    assert [call.headers["Authorization"] for call in homerun.calls] == [f"Bearer {homerun.key}"] * len(homerun.calls)


def test_cats_says_whose_account_it_is_and_the_budget_is_that_accounts(in_acme, cats):
    connection = link(in_acme, "cats", cats.key)

    assert connection.account_id == str(connection.facts and cats.tell.site()["id"])
    account = f"id {connection.account_id}"
    assert set(Budget.objects.values_list("account", "joined")) == {
        (f"key {connection.fingerprint}", account),
        (account, ""),
    }
    assert connection.label == f"CATS – {connection.account_name}"


def test_a_wrong_key_leaves_no_connection_and_says_what_to_do(in_acme, homerun):
    attempt = checked(begin(in_acme, "17|wrong"))

    assert said(attempt) == (
        "failed",
        "Homerun refuses this key: it is wrong, expired or revoked.",
        "Make a new key in Homerun and paste it here.",
        {},
    )
    assert not Connection.objects.exists()


def test_a_plan_without_the_api_is_told_apart(in_acme, homerun):
    homerun.plan_gone = True
    attempt = checked(begin(in_acme, homerun.key))

    assert said(attempt) == (
        "failed",
        "The key is right, but the plan of this Homerun account does not include the API.",
        "Ask whoever pays for Homerun for the plan Plus, then check the key again.",
        {},
    )


def test_a_provider_that_is_down_says_nothing_about_the_key(in_acme, homerun):
    homerun.fail("503", times=9)
    attempt = checked(begin(in_acme, homerun.key))

    assert attempt.error.startswith("Homerun is down or does not answer: ")
    assert said(attempt)[2:] == ("That says nothing about the key. Check it again in a few minutes.", {})


def test_a_missing_scope_is_named_and_lets_one_go_on_without_its_model(in_acme):
    with emulated("homerun", keys={POOR: READS[:2]}):
        attempt = checked(begin(in_acme, POOR))
        connection = linking.finish(attempt, label="Poor", models=connectors.get("homerun").reads())

    assert told(attempt)["job-application-notes:read"] is False
    assert set(connectors.get("homerun").reads()) - set(connection.reads) == {"note"}


def test_a_key_that_may_read_nothing_is_refused(in_acme):
    with emulated("homerun", keys={POOR: ["job-application-notes:read"]}):
        attempt = checked(begin(in_acme, POOR))

    assert attempt.state == "failed"
    assert attempt.error == (
        "The key works, but it may not do what is needed: vacancies:read,"
        " job-applications:read, job-application-notes:read."
    )


def test_writing_is_probed_only_on_an_explicit_choice(in_acme, homerun):
    checked(begin(in_acme, homerun.key))
    assert {call.method for call in homerun.calls} == {"GET"}

    attempt = checked(begin(in_acme, homerun.key, write_probes=True))
    assert told(attempt)["job-applications:write"] is True
    assert {call.method for call in homerun.calls} == {"GET", "POST"}


def test_writing_can_be_tested_after_the_rest(in_acme, homerun):
    attempt = checked(begin(in_acme, homerun.key))

    assert linking.again(attempt, write_probes=True)
    assert told(checked(attempt))["job-application-notes:write"] is True


def test_a_check_that_meets_the_call_limit_waits_and_goes_on(in_acme, homerun):
    homerun.fail("429", seconds=30)
    attempt = checked(begin(in_acme, homerun.key))
    assert attempt.state == "waiting"
    assert attempt.error.startswith("Homerun allows the next call at ")
    assert attempt.sealed
    assert linking.due() == []

    later = timezone.now() - timedelta(seconds=1)
    Attempt.objects.update(rung_at=later)
    Budget.objects.update(blocked_until=None)
    assert linking.due() == [(in_acme.pk, attempt.pk)]
    assert checked(attempt).state == "checked"


def test_the_same_key_twice_leads_to_the_connection_that_it_is_linked_as(in_acme, homerun):
    first = checked(begin(in_acme, homerun.key))
    second = checked(begin(in_acme, homerun.key))
    connection = linking.finish(first, label="One", models=["job"])

    assert linking.recognised(in_acme, "homerun", {"api_key": f" {homerun.key}"}) == connection
    assert linking.finish(second, label="Two", models=["job"]) == connection
    assert said(second)[0::3] == ("finished", {})
    assert Connection.objects.count() == 1


def test_another_tenant_may_link_the_same_key(linked, globex, homerun):
    from django_scopes import scope

    with scope(tenant=globex):
        assert linking.recognised(globex, "homerun", {"api_key": homerun.key}) is None
        assert link(globex, "homerun", homerun.key).pk != linked.pk


def test_a_finished_key_is_not_linked_again(in_acme, homerun):
    attempt = checked(begin(in_acme, homerun.key))
    linking.finish(attempt, label="One", models=["job"])

    with pytest.raises(linking.NotReady, match="Paste it again"):
        linking.finish(attempt, label="Two", models=["job"])


def test_a_key_is_emptied_after_an_hour(in_acme, homerun):
    old, young = checked(begin(in_acme, homerun.key)), checked(begin(in_acme, homerun.key))
    Attempt.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(minutes=61))

    assert linking.expire() == 1
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, old.sealed, young.state, bool(young.sealed)) == ("expired", {}, "checked", True)
    with pytest.raises(linking.NotReady):
        linking.finish(old, label="Late", models=["job"])


def test_an_attempt_that_nobody_takes_or_whose_worker_died_is_rung_for_again(in_acme, homerun):
    fresh, lost, stuck = (begin(in_acme, homerun.key) for _ in range(3))
    Attempt.objects.filter(pk=lost.pk).update(rung_at=timezone.now() - timedelta(seconds=11))
    Attempt.objects.filter(pk=stuck.pk).update(state="checking", rung_at=timezone.now() - timedelta(minutes=3))

    assert sorted(linking.due()) == sorted((in_acme.pk, attempt.pk) for attempt in (lost, stuck))
    assert linking.due() == []
    assert [checked(attempt).state for attempt in (fresh, lost, stuck)] == ["checked"] * 3


def test_a_second_worker_leaves_an_attempt_alone(in_acme, homerun):
    attempt = begin(in_acme, homerun.key)
    Attempt.objects.update(state="checking")

    assert checked(attempt).state == "checking"
    assert homerun.calls == []


# Relinking


def test_no_key_stands_anywhere_in_the_database_the_log_or_the_files(in_acme, caplog, tmp_path):
    keys = ("17|wrong-and-then-some-more", "18|right-and-kept-for-good")
    with emulated("homerun", keys={keys[1]: READS}) as homerun, caplog.at_level("DEBUG"):
        checked(begin(in_acme, keys[0]))
        homerun.fail("html", times=9, path="vacancies")
        checked(begin(in_acme, keys[1]))
        homerun.faults.clear()
        link(in_acme, "homerun", keys[1])
        with everywhere():
            call_command("dumpdata", output=str(tmp_path / "all.json"))

    everything = (tmp_path / "all.json").read_text() + caplog.text
    assert [key for key in keys if key in everything] == []
    assert Exchange.objects.filter(status=401).count() == 1
    assert settings.CREDENTIAL_KEYS
