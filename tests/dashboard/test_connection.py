"""A connection's pages and what people do there."""

import json
import re
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import expiring, notices, states, tasks
from atsbridge.connections.models import Attempt, Budget, Connection, Exchange, Notice
from atsbridge.records.models import SetAside
from atsbridge.sync import engine, schedule
from atsbridge.sync.models import Question, Run
from atsbridge.tenants.models import AuditEntry
from tests.connections.accounts import READS, emulated, link
from tests.dashboard.test_linking import words

SECTIONS = ("connection", "connection_syncs", "connection_coverage", "connection_permissions", "connection_settings")


@pytest.fixture
def homerun():
    with emulated("homerun") as emulator:
        yield emulator


@pytest.fixture
def amsterdam(acme, alice, homerun):
    """Acme's Homerun, linked by Alice."""
    with scope(tenant=acme):
        connection = link(acme, "homerun", homerun.key, "Amsterdam")
        Connection.objects.update(created_by=alice.person)
        return connection


def at(name, connection, slug="acme"):
    return reverse(name, args=[slug, connection.pk])


def synced(acme, connection):
    with scope(tenant=acme):
        run = schedule.start(connection, "command")
        engine.run_whole(run.id)
        return Run.objects.get(pk=run.pk)


def now(acme):
    with scope(tenant=acme):
        return Connection.objects.get()


def kinds(acme):
    with scope(tenant=acme):
        return [entry.kind for entry in AuditEntry.objects.order_by("id")]


def test_health_tells_state_syncs_budget_and_counts(alice, acme, amsterdam):
    assert "Last look not yet" in words(alice.get(at("connection", amsterdam)))
    run = synced(acme, amsterdam)

    said = words(alice.get(at("connection", amsterdam)))

    assert "Amsterdam Active Homerun · linked by Alice Adams" in said
    assert "every 15 minutes" in said
    assert f"run {run.number} , just now" in said
    assert re.search(r"Jobs 3 .*Candidates 12", said)
    assert re.search(r"Calls to Homerun in any 1 min \d+ of 60", said)
    assert "Last failures of the last thousand requests None." in said
    assert "Every row that Homerun sent could be read." in said


def test_a_sync_that_changes_nothing_is_no_change_seen(alice, acme, amsterdam):
    synced(acme, amsterdam)
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        synced(acme, amsterdam)

        assert "Last change seen 2 h ago" in words(alice.get(at("connection", amsterdam)))


def test_health_tells_why_the_pause_is_stretched(alice, acme, amsterdam):
    run = synced(acme, amsterdam)
    with scope(tenant=acme):
        Run.objects.filter(pk=run.pk).update(calls=1000)

    assert "every 15 minutes for what is new, whole every 34: a complete run takes 1000 calls" in words(
        alice.get(at("connection", amsterdam))
    )


def test_health_shows_failures_rows_set_aside_and_questions(alice, acme, amsterdam, homerun):
    run = synced(acme, amsterdam)
    homerun.fail("503", times=3, path="vacancies")
    with scope(tenant=acme):
        Question.objects.create(tenant=acme, connection=amsterdam, model="job", count=30, total=40)
        SetAside.objects.create(
            tenant=acme,
            connection=amsterdam,
            resource="vacancies",
            remote_id="<b>7",
            digest="x",
            reason="No title",
            row="{}",
        )
        Exchange.objects.create(
            tenant=acme,
            connection=amsterdam,
            by="run",
            by_id=run.pk,
            method="GET",
            path="vacancies",
            status=503,
            error="It is <down>",
        )
        Exchange.objects.create(
            tenant=acme, connection=amsterdam, by="run", method="GET", path="vacancies/9", status=404, error="Gone"
        )

    said = words(alice.get(at("connection", amsterdam)))

    assert "Homerun no longer returns 30 of 40 jobs. Delete them here?" in said
    assert "&lt;b&gt;7 No title vacancies" in said
    assert "It is &lt;down&gt; 503 GET vacancies" in said
    assert "vacancies/9" not in said


def test_health_says_when_the_provider_takes_the_next_call(alice, acme, amsterdam):
    Budget.objects.update(blocked_until=timezone.now() + timedelta(minutes=5))
    assert "Blocked Homerun takes the next call in " in words(alice.get(at("connection", amsterdam)))


def test_health_tells_what_is_used_left_and_reserved_and_what_others_leave(alice, acme, amsterdam):
    now = timezone.now().timestamp()
    Budget.objects.update(calls=[[now, 12]], open=[now + 30], others=5, others_at=now, ceded=20, ceded_at=now)

    said = words(alice.get(at("connection", amsterdam)))

    assert "18 of 60" in said
    assert "42 are left, 18 of them for syncs. The last 9 are kept for what people and machines wait for" in said
    assert "Homerun refused a call, so something else uses this account too: 20 calls are left to it" in said


def test_a_running_sync_is_polled_and_an_ended_one_is_not(alice, acme, amsterdam):
    with scope(tenant=acme):
        run = schedule.start(amsterdam, "command")
    assert 'hx-trigger="every 5s"' in alice.get(at("connection", amsterdam)).content.decode()
    with scope(tenant=acme):
        engine.run_whole(run.id)

    fragment = alice.get(at("connection", amsterdam), headers={"HX-Request": "true"}).content.decode()
    assert "every 5s" not in fragment
    assert "<html" not in fragment


def test_the_other_sections(alice, acme, amsterdam):
    synced(acme, amsterdam)

    assert "Amsterdam, run 1" in words(alice.get(at("connection_syncs", amsterdam)))
    assert "Amsterdam, run 1" not in words(alice.get(at("connection_syncs", amsterdam) + "?before=1"))
    assert "Homerun&#x27;s API names no users" in words(alice.get(at("connection_coverage", amsterdam)))
    assert "Read notes job-application-notes:read Yes" in words(alice.get(at("connection_permissions", amsterdam)))


def test_sync_now_starts_a_run_or_joins_it(alice, sam, acme, amsterdam):
    first = alice.post(at("connection_sync", amsterdam))
    second = sam.post(at("connection_sync", amsterdam))

    with scope(tenant=acme):
        run = Run.objects.get()
        assert (run.trigger, run.person) == ("person", alice.person)
        assert [(e.kind, e.as_support) for e in AuditEntry.objects.order_by("id")] == [
            ("connection.sync", False),
            ("connection.sync", True),
        ]
    assert first.url == second.url == reverse("run", args=["acme", run.pk])


def test_pausing_stops_syncing_until_resumed(alice, acme, amsterdam):
    alice.post(at("connection_pause", amsterdam))
    said = words(alice.get(at("connection", amsterdam)))
    assert "Paused since" in said
    assert "Next look when resumed" in said
    assert "Sync now" not in said

    answer = alice.post(at("connection_sync", amsterdam))
    assert answer.url == at("connection", amsterdam)
    assert "is paused, so it is not read" in words(alice.get(answer.url))

    alice.post(at("connection_resume", amsterdam))
    assert now(acme).state == "active"
    assert kinds(acme) == ["connection.paused", "connection.resumed"]


def test_a_refused_key_is_told_with_its_reason_and_since_when(alice, acme, amsterdam):
    with scope(tenant=acme):
        states.needs_relink(amsterdam, "Homerun refuses this key")

    said = words(alice.get(at("connection", amsterdam)))
    assert "Needs relink" in said
    assert re.search(r"Homerun refuses this key Since just now .* It last worked just now", said)
    assert "what was read stays readable. Alice Adams is told by mail." in said
    with scope(tenant=acme):
        notices.send(Notice.objects.get().pk)
    assert "Alice Adams was told by mail." in words(alice.get(at("connection", amsterdam)))


def test_a_doubted_key_is_told_with_when_it_is_asked_again(alice, acme, amsterdam):
    with scope(tenant=acme):
        states.refused(amsterdam)
        Connection.objects.update(ask_at=timezone.now() + timedelta(minutes=4, seconds=59))

    said = words(alice.get(at("connection", amsterdam)))
    assert "Active" in said
    assert re.search(r"Homerun refused the key just now .* it is asked once more in 4 min .* Only if it refuses", said)


def test_testing_again_keeps_what_it_found(alice, acme, amsterdam, homerun):
    homerun.keys[homerun.key] = frozenset(READS[:2])
    attempt = alice.post(at("connection_test", amsterdam), {"write_probes": "on"}).url
    with scope(tenant=acme):
        pk = Attempt.objects.get(kind="test").pk
    tasks.check(str(acme.pk), str(pk))

    assert "The key works" in words(alice.get(attempt))
    said = words(alice.get(at("connection_permissions", amsterdam)))
    assert "Read notes job-application-notes:read Missing With this key, notes cannot be read." in said
    assert "Write notes job-application-notes:write Missing" in said


def test_settings_rename_switch_off_and_slow_down(alice, acme, amsterdam):
    answer = alice.post(
        at("connection_settings", amsterdam), {"label": "Utrecht", "models": ["job", "candidate"], "interval": "240"}
    )

    connection = now(acme)
    assert answer.status_code == 302
    assert (connection.label, connection.reads, connection.interval) == ("Utrecht", ["job", "candidate"], 240)
    assert kinds(acme) == ["connection.settings"]
    assert alice.post(at("connection_settings", amsterdam), {"label": "", "models": []}).status_code == 422


def test_settings_say_how_it_is_written_to(alice, acme, amsterdam):
    settings = at("connection_settings", amsterdam)
    filled = {"label": "Amsterdam", "models": ["job"], "interval": "0"}
    shown = alice.get(settings).content.decode()
    assert 'name="writing-author" value="atsbridge"' in shown

    wording = {"writing-result_wording": "{label}:\r\n{url}", "writing-countries": "names"}
    assert alice.post(settings, filled | wording | {"writing-author": "Acme"}).status_code == 302
    assert now(acme).writing == {"author": "Acme", "result_wording": "{label}:\n{url}"}
    assert 'value="Acme"' in alice.get(settings).content.decode()

    assert alice.post(settings, filled | {"writing-countries": "flags"}).status_code == 422
    assert alice.post(settings, filled | {"writing-author": ""}).status_code == 302
    assert now(acme).writing == {}


def test_announcing_each_record_is_switched_on_and_off_by_who_may_manage_it(alice, bob, charlie, acme, amsterdam):
    settings = at("connection_settings", amsterdam)
    filled = {"label": "Amsterdam", "models": ["job"], "interval": "0"}
    assert [who.post(settings, filled | {"announce_each": "on"}).status_code for who in (charlie, bob)] == [404, 403]
    assert not now(acme).announce_each

    alice.post(settings, filled | {"announce_each": "on"})
    assert now(acme).announce_each
    box = re.search(r'<input[^>]*name="announce_each"[^>]*>', alice.get(settings).content.decode())
    assert box
    assert "checked" in box[0]

    alice.post(settings, filled)
    assert not now(acme).announce_each


def test_reading_only_what_was_created_from_here_is_chosen_by_who_may_manage_and_said_where_people_look(
    alice, bob, charlie, acme, amsterdam
):
    settings = at("connection_settings", amsterdam)
    filled = {"label": "Amsterdam", "models": ["job", "candidate"], "interval": "0"}
    assert [who.post(settings, filled | {"only_ours": "on"}).status_code for who in (charlie, bob)] == [404, 403]
    assert (now(acme).only_ours, now(acme).owes) == (False, "")

    alice.post(settings, filled | {"only_ours": "on"})
    assert (now(acme).only_ours, now(acme).owes) == (True, "narrow")
    for page in ("connection", "connection_coverage"):
        assert "Only what was created from here is read" in bob.get(at(page, amsterdam)).content.decode()
    with scope(tenant=acme):
        run = Run.objects.get(ended_at__isnull=True)
        assert (run.kind, run.trigger) == ("narrow", "settings")
        engine.run_whole(run.pk)
    page = bob.get(reverse("activity", args=["acme"])).content.decode()
    assert "Only ours are read: 0 candidates are left" in page
    people = bob.get(reverse("records", args=["acme", "candidates"])).content.decode()
    assert "only those are read that were created from here" in people

    alice.post(settings, filled)
    assert (now(acme).only_ours, now(acme).owes) == (False, "full")
    assert "Only what was created from here" not in bob.get(at("connection", amsterdam)).content.decode()


def test_a_model_that_the_key_cannot_read_just_now_stays_on_so_that_its_records_stay(alice, acme, amsterdam):
    with scope(tenant=acme):
        lacking = [v | {"allowed": False} if "note" in v["models"] else v for v in amsterdam.permissions]
        Connection.objects.update(permissions=lacking)

    alice.post(at("connection_settings", amsterdam), {"label": "A", "models": ["job", "note"], "interval": "0"})

    assert set(now(acme).reads) >= {"job", "note"}


def test_unlinking_asks_for_the_name_and_says_what_is_lost(alice, acme, amsterdam):
    synced(acme, amsterdam)
    address = at("connection_unlink", amsterdam)
    said = words(alice.get(address))
    assert "Its key is deleted at once" in said
    assert "3 jobs, 12 candidates" in said

    refused = alice.post(address, {"label": "amsterdam", "when": "later"})
    assert (refused.status_code, now(acme).state) == (422, "active")

    alice.post(address, {"label": "Amsterdam", "when": "later"})
    connection = now(acme)
    assert (connection.state, connection.purge_at - timezone.now() > timedelta(days=29)) == ("unlinking", True)
    assert kinds(acme) == ["connection.unlinked"]
    assert "Remove its records now" in words(alice.get(at("connection", amsterdam)))

    alice.post(address, {"label": "Amsterdam", "when": "now"})
    assert now(acme).purge_at <= timezone.now()


def test_strangers_find_nothing_viewers_only_look_and_support_may_sync(alice, bob, charlie, sam, amsterdam):
    acts = ("connection_sync", "connection_pause", "connection_resume", "connection_test", "connection_unlink")
    for name in SECTIONS:
        answers = [somebody.get(at(name, amsterdam)).status_code for somebody in (charlie, bob, sam)]
        assert answers == ([404, 403, 403] if name == "connection_settings" else [404, 200, 200])
        assert charlie.get(at(name, amsterdam, "globex")).status_code == 404
    for name in (*acts, "connection_settings", "connection_relink"):
        answers = [somebody.post(at(name, amsterdam)).status_code for somebody in (charlie, bob, sam)]
        assert answers == [404, 403, 302 if name == "connection_sync" else 403]
        assert charlie.post(at(name, amsterdam, "globex")).status_code == 404


def test_a_viewer_is_offered_nothing_that_they_may_not(bob, sam, amsterdam):
    buttons = {"Pause", "Relink", "Unlink", "Sync now", "Test again", "Settings"}
    for somebody, offered in ((bob, set()), (sam, {"Sync now"})):
        pages = [words(somebody.get(at(name, amsterdam))) for name in SECTIONS[:4]]
        assert {button for button in buttons if any(button in page for page in pages)} == offered


@pytest.mark.parametrize("rows", [1, 3])
def test_health_costs_the_same_queries_with_one_row_and_with_three(
    alice, acme, amsterdam, rows, django_assert_num_queries
):
    synced(acme, amsterdam)
    with scope(tenant=acme):
        for number in range(rows):
            SetAside.objects.create(
                tenant=acme, connection=amsterdam, resource="x", digest=str(number), reason="r", row="{}"
            )
            Exchange.objects.create(
                tenant=acme, connection=amsterdam, by="run", method="GET", path="x", status=500, error="e"
            )
    alice.get(at("connection", amsterdam))
    with django_assert_num_queries(QUERIES):
        alice.get(at("connection", amsterdam))


QUERIES = 22


def test_no_secret_stands_on_any_page(alice, acme, amsterdam, homerun):
    synced(acme, amsterdam)
    pages = [
        alice.get(at(name, amsterdam)).content.decode()
        for name in (*SECTIONS, "connection_relink", "connection_unlink")
    ]
    with scope(tenant=acme):
        sealed = amsterdam.credentials.get().sealed
    assert not [page for page in pages if homerun.key in page or sealed in page]
    assert json.dumps(homerun.key)


# The last day of a key


def test_the_last_day_of_a_key_is_kept_shown_and_changed(alice, acme, amsterdam):
    settings = at("connection_settings", amsterdam)
    filled = {"label": "Amsterdam", "models": ["job"], "interval": "0"}

    alice.post(settings, filled | {"expires_on": "2999-03-31"})
    assert now(acme).expires_on == date(2999, 3, 31)
    assert "Key expires 31 Mar 2999" in words(alice.get(at("connection", amsterdam)))
    assert 'value="2999-03-31"' in alice.get(settings).content.decode()

    refused = alice.post(settings, filled | {"expires_on": "2020-03-31"})
    assert (refused.status_code, now(acme).expires_on) == (422, date(2999, 3, 31))
    assert "That day is over." in words(refused)

    alice.post(settings, filled | {"expires_on": ""})
    assert now(acme).expires_on is None
    assert "Key expires" not in words(alice.get(at("connection", amsterdam)))


def test_a_last_day_that_has_come_stays_as_it_was_said(alice, acme, amsterdam):
    with scope(tenant=acme):
        Connection.objects.update(expires_on=date(2020, 3, 31))
    filled = {"label": "Utrecht", "models": ["job"], "interval": "0", "expires_on": "2020-03-31"}

    assert alice.post(at("connection_settings", amsterdam), filled).status_code == 302
    assert (now(acme).label, now(acme).expires_on) == ("Utrecht", date(2020, 3, 31))


def test_a_key_that_expires_soon_needs_a_person(alice, acme, amsterdam):
    with scope(tenant=acme):
        Connection.objects.update(expires_on=timezone.localdate() + timedelta(days=15))
    assert "Needs a person" not in words(alice.get(reverse("overview", args=["acme"])))

    day = timezone.localdate() + timedelta(days=14)
    with scope(tenant=acme):
        Connection.objects.update(expires_on=day)
    assert f"Key expires {day:%-d %b %Y} Soon" in words(alice.get(at("connection", amsterdam)))
    assert f"The key of Amsterdam expires on {day:%-d %b %Y} Make a new key in Homerun and relink" in words(
        alice.get(reverse("overview", args=["acme"]))
    )

    with scope(tenant=acme):
        expiring.warn(amsterdam.pk)
    assert "Soon Alice Adams is told by mail." in words(alice.get(at("connection", amsterdam)))
