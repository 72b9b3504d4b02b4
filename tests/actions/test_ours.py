"""Only what we created: whom our actions made, or an import named, is read; nobody else stands here any more."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions import sweeping
from atsbridge.actions.models import Action, State
from atsbridge.connections.models import Connection
from atsbridge.records import kept
from atsbridge.records.ids import record_id
from atsbridge.records.models import NONE, Change, Kept, Record, SetAside, Total
from atsbridge.sync import courses, engine, keeping, schedule
from atsbridge.sync.models import Run
from atsbridge.tenants.models import Tenant
from connectors.emulation_faults import Fault
from tests.actions.conftest import Account, linked
from tests.actions.harness import act
from tests.actions.test_performing import applied
from tests.conformance.test_forgetting import MARKER, naming
from tests.conftest import Browser
from tests.records.storing import put
from tests.sync import harness

PEOPLE = ("candidate", "application")
BESIDE = ("custom_fields", "statuses", "workflows")
"""Ends of addresses that are asked for beside rows."""


@pytest.fixture(params=["homerun", "cats"])
def account(request: pytest.FixtureRequest, acme: Tenant) -> Iterator[Account]:
    with linked(acme, request.param) as found, scope(tenant=acme):
        yield found


def imported(account: Account, **given: Any) -> Record:
    """Somebody of others whose application was named."""
    record = applied(account)
    action = act(account.connection, "import_application", application_id=record.remote_id)
    assert (action.state, action.error, action.warnings) == (State.DONE, "", [])
    return record


def switched(account: Account, on: bool = True) -> Run:
    """Switch it, and do what that begins."""
    assert keeping.choose(account.connection, only_ours=on)
    return narrowed(account)


def narrowed(account: Account) -> Run:
    """Do what a switch begins."""
    run = Run.objects.get(connection=account.connection, ended_at__isnull=True)
    engine.run_whole(run.pk)
    run.refresh_from_db()
    account.connection.refresh_from_db()
    assert (run.state, run.error, account.connection.owes) == ("succeeded", "", "")
    return run


def live(account: Account, *models: str) -> dict[tuple[str, str], Any]:
    found = harness.documents(account.connection, model__in=models or PEOPLE)
    return {key: json.loads(text) for key, text in found.items()}


def candidate_of(application: Record) -> str:
    return str(json.loads(application.document)["candidate_id"])


def theirs(account: Account, ours: Record) -> set[tuple[str, str]]:
    return {("candidate", candidate_of(ours)), ("application", ours.remote_id)}


def called(account: Account, since: int) -> list[str]:
    """The reads of people and applications since some call: paths below the API's base."""
    base = account.emulator.base_path
    lists = ("job-applications", "candidates", "pipelines")
    paths = [f"{call.method} {call.path.removeprefix(base).strip('/')}" for call in account.emulator.calls[since:]]
    return [path for path in paths if path.partition(" ")[2].startswith(lists) and not path.endswith(BESIDE)]


def somebody(account: Account) -> Any:
    """One of the emulator's people who is not ours."""
    return account.emulator.person(MARKER, "Lovelace", email=f"{MARKER}@example.test", job=_job(account))


def _job(account: Account) -> Any:
    return account.emulator.job("Baker") if account.slug == "homerun" else "Baker"


# Switching on


def test_all_others_go_at_once_and_nothing_names_them_any_more(account: Account):
    ours = imported(account)
    somebody(account)
    harness.sync(account.connection)
    assert naming() == {"Change", "Record"} or naming() == {"Record"}
    before, jobs, events = live(account), live(account, "job", "job_stage"), Change.objects.latest("id").pk

    run = switched(account)

    assert live(account) == {key: before[key] for key in theirs(account, ours)}
    assert live(account, "job", "job_stage") == jobs
    assert naming() == set()
    told = list(Change.objects.filter(id__gt=events).order_by("id").values_list("kind", "after"))
    assert [kind for kind, _ in told] == ["candidate.narrowed", "application.narrowed", "sync.finished"]
    assert [json.loads(after)["count"] for _, after in told[:2]] == [1, 1]
    assert dict(Total.objects.filter(model__in=PEOPLE).values_list("model", "count")) == dict.fromkeys(PEOPLE, 1)
    assert (run.kind, run.calls) == ("narrow", 0)
    gone = Record.objects.filter(model__in=PEOPLE, deleted_at__isnull=False)
    assert not gone.filter(emptied_at__isnull=True).exists()


def test_notes_and_files_of_others_go_too(account: Account):
    ours = imported(account)
    for record in Record.objects.filter(model="candidate").order_by("remote_id")[:5]:
        harness.read_detail(record)

    switched(account)

    left = Record.objects.filter(deleted_at__isnull=True, model__in=("attachment", "note"))
    mine = record_id(account.connection.pk, "candidate", candidate_of(ours))
    assert {row.candidate for row in left} <= {mine, NONE}  # a note may be about a job alone


def test_rows_of_others_that_could_not_be_read_go_too(account: Account):
    imported(account)
    people = account.connection.speaks.home("candidate")
    assert people
    SetAside.objects.create(
        tenant=account.connection.tenant, connection=account.connection, resource=people.slug, remote_id="9",
        digest="x", reason="No name", row=json.dumps({"name": MARKER}),
    )  # fmt: skip

    switched(account)

    assert (naming(), SetAside.objects.count()) == (set(), 0)


def test_what_our_actions_were_told_of_others_goes_too_within_minutes(account: Account, alice: Browser):
    ours = imported(account)
    others = Record.objects.filter(model="application", deleted_at__isnull=True).exclude(candidate=ours.candidate)
    other = others.first()
    assert other
    for record, words in ((other, MARKER), (ours, "Good")):
        act(account.connection, "add_note", application_id=record.remote_id, content=words)
    sweeping.sweep()

    settings = {"label": "Mine", "models": account.connection.reads, "interval": "0", "only_ours": "on"}
    assert alice.post(f"/t/acme/connections/{account.connection.pk}/settings/", settings).status_code == 302
    narrowed(account)
    sweeping.sweep()

    assert naming() == set()
    left = Action.objects.filter(kind="add_note").order_by("order").values_list("emptied_at", "forget_at")
    assert [emptied is None for emptied, _ in left] == [False, True]
    assert max(at for _, at in left) < timezone.now() + timedelta(minutes=6)


def test_the_run_under_way_ends_and_stores_nobody_any_more(account: Account, monkeypatch: pytest.MonkeyPatch):
    imported(account)
    monkeypatch.setattr(engine, "SLICE_PAGES", 1)
    old = harness.until(account.connection, lambda run: run.phase == "walks")

    switched(account)

    old.refresh_from_db()
    assert (old.state, old.error) == ("cancelled", keeping.CHANGED)
    assert not engine.advance(old.pk)


def test_a_page_that_was_asked_for_before_is_stored_no_more_whether_or_not_it_can_be_read(account: Account):
    switched(account)
    people = account.connection.speaks.home("candidate")
    assert people

    put(account.connection, people.slug, {"id": 407, "first_name": MARKER}, {"id": [MARKER]})

    assert (live(account), naming(), SetAside.objects.count()) == ({}, set(), 0)


def test_it_goes_on_after_any_portion_and_whatever_state_the_connection_is_in(
    account: Account, monkeypatch: pytest.MonkeyPatch
):
    ours = imported(account)
    monkeypatch.setattr("atsbridge.records.retiring.PORTION", 20)
    monkeypatch.setattr(engine, "SLICE_PAGES", 1)
    Connection.objects.filter(pk=account.connection.pk).update(state="needs_relink", reason="No")
    account.connection.refresh_from_db()

    switched(account)

    assert set(live(account)) == theirs(account, ours)
    assert Change.objects.filter(kind__endswith=".narrowed").count() == 2


def test_what_was_not_done_then_is_begun_again(account: Account):
    imported(account)
    keeping.choose(account.connection, only_ours=True)
    run = Run.objects.get(connection=account.connection, ended_at__isnull=True)
    engine.finish(run, "failed", error="Broken")

    assert (account.connection.tenant_id, account.connection.pk) in schedule.stale()
    again = schedule.start(Connection.objects.get(pk=account.connection.pk), "schedule")
    assert again.kind == "narrow"


# Reading


def test_a_run_asks_for_ours_alone_and_reads_all_else_as_before(account: Account):
    ours = imported(account)
    switched(account)
    somebody(account)
    before, since = live(account), len(account.emulator.calls)

    run = harness.sync(account.connection, full=True)

    asked = {
        "homerun": [f"GET job-applications/{ours.remote_id}"],
        "cats": [f"GET candidates/{candidate_of(ours)}", f"GET pipelines/{ours.remote_id}"],
    }[account.slug]
    assert (run.state, called(account, since)) == ("succeeded", asked)
    assert live(account) == before
    assert ("job", "Baker") in {("job", values["name"]) for values in live(account, "job").values()}
    assert naming() == set()


def test_calls_are_one_for_each_or_one_for_a_hundred(account: Account):
    records = Record.objects.filter(model="application", deleted_at__isnull=True).order_by("remote_id")[:25]
    for record in records:
        act(account.connection, "import_application", application_id=record.remote_id)
    switched(account)
    people = Kept.objects.filter(model="candidate").count()
    assert (Kept.objects.filter(model="application").count(), people > 10) == (25, True)
    since = len(account.emulator.calls)

    harness.sync(account.connection)

    formula = {"homerun": [f"GET job-applications/{record.remote_id}" for record in records],
               "cats": ["POST candidates/search", "POST pipelines/search"]}  # fmt: skip
    assert called(account, since) == formula[account.slug]


def test_where_no_search_takes_several_ids_each_is_asked_for_alone(acme: Tenant, monkeypatch: pytest.MonkeyPatch):
    with linked(acme, "cats") as account, scope(tenant=acme):
        records = Record.objects.filter(model="application").order_by("remote_id")[:2]
        for record in records:
            act(account.connection, "import_application", application_id=record.remote_id)
        switched(account)
        account.emulator.options.ids_searchable = False
        since = len(account.emulator.calls)
        assert harness.sync(account.connection).state == "succeeded"
        asked = called(account, since)
    assert [path for path in asked if "pipelines/" in path] == [
        "POST pipelines/search", *(f"GET pipelines/{record.remote_id}" for record in records)
    ]  # fmt: skip


@pytest.fixture
def noted(acme: Tenant) -> Iterator[tuple[Account, Record]]:
    """CATS with one of ours, of whom, of a stranger and of a job something is noted."""
    with linked(acme, "cats") as account, scope(tenant=acme):
        ours, emulator = imported(account), account.emulator
        people = list(emulator.account.candidates.values())
        mine = next(each for each in people if str(each.id) == candidate_of(ours))
        emulator.note(mine, "Good")
        emulator.note(next(each for each in people if each is not mine), MARKER)
        emulator.note(mine, "Open until May").about = ("job", next(iter(emulator.account.jobs)))
        switched(account)
        yield account, ours


def searched(account: Account, since: int) -> list[str]:
    base = account.emulator.base_path
    calls = [f"{call.method} {call.path.removeprefix(base).strip('/')}" for call in account.emulator.calls[since:]]
    return [call for call in calls if "activities" in call]


@pytest.mark.parametrize("full", [True, False])
def test_of_activities_those_of_ours_and_of_jobs_are_asked_for(noted: tuple[Account, Record], full: bool):
    account, ours = noted
    since = len(account.emulator.calls)

    assert harness.sync(account.connection, full=full).state == "succeeded"

    notes = live(account, "note").values()
    assert searched(account, since) == ["POST activities/search"] * 2
    assert {note["candidate_id"] for note in notes} == {candidate_of(ours), None}
    assert {"Good", "Open until May"} <= {note["content"] for note in notes}
    assert naming() == set()


def test_where_activities_are_not_searched_so_their_list_is_read(noted: tuple[Account, Record]):
    account, _ = noted
    account.emulator.faults.append(Fault("404", path="activities/search"))
    since = len(account.emulator.calls)

    assert harness.sync(account.connection, full=True).state == "succeeded"

    assert searched(account, since)[:2] == ["POST activities/search", "GET activities"]
    assert "Good" in {note["content"] for note in live(account, "note").values()}
    assert naming() == set()


def test_an_activity_of_ours_that_is_gone_there_goes_here(noted: tuple[Account, Record]):
    account, _ = noted
    harness.sync(account.connection)
    good = next(each for each in account.emulator.account.activities.values() if each.notes == "Good")
    account.emulator.delete(good)

    harness.sync(account.connection, full=True)

    assert "Good" not in {note["content"] for note in live(account, "note").values()}


def test_whom_nobody_has_seen_is_asked_for_less_and_less_often(account: Account):
    switched(account)
    strange = "999999999"
    kept.keep(account.connection, [("candidate", strange), ("application", strange)], "action")
    asked = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for hours in (0, 0.5, 1, 1, 1.5, 24 * 40):
            clock.shift(timedelta(hours=hours))
            since = len(account.emulator.calls)
            harness.sync(account.connection, full=True)
            asked.append(bool(called(account, since)))

    assert asked == [True, False, True, False, True, True]


def test_whoever_comes_after_all_is_asked_for_like_others(account: Account):
    switched(account)
    person = somebody(account)
    kept.keep(account.connection, [("candidate", str(person.id))], "action")
    Kept.objects.update(misses=9)
    since = len(account.emulator.calls)

    for _ in range(2):
        harness.sync(account.connection, full=True)

    assert len([call for call in called(account, since) if str(person.id) in call]) == 2


def test_what_changes_and_what_is_deleted_there_is_so_here(account: Account):
    ours = imported(account)
    switched(account)
    person = next(each for each in _everybody(account) if str(each.id) == candidate_of(ours))
    person.first_name = "Grace"
    if account.slug == "cats":
        account.emulator.change(person, first_name="Grace")

    assert harness.sync(account.connection).state == "succeeded"
    assert live(account, "candidate")["candidate", candidate_of(ours)]["first_name"] == "Grace"

    account.emulator.delete(person)
    assert harness.sync(account.connection).state == "succeeded"
    harness.sync(account.connection)

    assert live(account) == {}
    kinds = Change.objects.filter(record=ours.id).order_by("id").values_list("kind", flat=True)
    assert list(kinds)[-1] == "deleted"
    since = len(account.emulator.calls)
    harness.sync(account.connection)
    assert called(account, since) == []


def _everybody(account: Account) -> list[Any]:
    emulator = account.emulator
    return list(emulator.account.candidates.values()) if account.slug == "cats" else list(emulator.people)


def test_whom_our_actions_create_is_read_and_whoever_they_only_touch_is_not(account: Account):
    other = applied(account)
    switched(account)
    job = Record.objects.filter(model="job", status="OPEN", deleted_at__isnull=True).first()
    assert job
    given: dict[str, Any] = {"first_name": "Ada", "last_name": "Byron", "job_id": job.remote_id}

    made = act(account.connection, "create_application", email_addresses=[{"email_address": "a@b.example"}], **given)
    act(account.connection, "add_note", application_id=other.remote_id, content=MARKER)

    assert (made.state, made.error) == (State.DONE, "")
    documents = live(account)
    assert {key for key in documents if key[0] == "application"} == {("application", made.remote_id)}
    assert [values["first_name"] for key, values in documents.items() if key[0] == "candidate"] == ["Ada"]
    assert naming() <= {"Action", "Exchange"}  # what we sent, and the answer
    harness.sync(account.connection)
    assert live(account) == documents
    assert set(Kept.objects.values_list("by", "by_id")) == {("action", made.pk)}


def test_an_application_that_is_not_there_is_no_import(account: Account):
    action = act(account.connection, "import_application", application_id="999999999")

    assert (action.state, Kept.objects.count()) == (State.REFUSED, 0)
    assert Action.objects.get().error


def test_linked_so_from_the_start_nobody_is_read(acme: Tenant):
    for slug in ("homerun", "cats"):
        emulator = harness.emulate(slug)
        with harness.mounted(slug, emulator), scope(tenant=acme):
            connection = harness.link(acme, slug, emulator, only_ours=True)
            account = Account(slug, emulator, connection)
            assert harness.sync(connection).state == "succeeded"
            assert (live(account), called(account, 0)) == ({}, [])
            assert live(account, "job")


def test_a_quick_run_leaves_out_what_would_take_it_too_many_calls(account: Account, monkeypatch: pytest.MonkeyPatch):
    imported(account)
    switched(account)
    home = account.connection.speaks.home("application")
    assert home
    assert courses.hows(account.connection, home, "quick") == ["kept"]

    monkeypatch.setattr(courses, "QUICK", 0)

    assert courses.hows(account.connection, home, "quick") == []
    assert courses.hows(account.connection, home, "complete") == ["kept"]


# Switching off


def test_switched_off_everybody_comes_with_a_full_sync(account: Account):
    imported(account)
    before = live(account)
    switched(account)

    run = switched(account, on=False)

    assert (run.kind, run.full, live(account)) == ("complete", True, before)
    assert not keeping.choose(account.connection, only_ours=False)
