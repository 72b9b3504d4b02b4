"""Many cards at once: chosen on the board, proposed with what it costs, started, watched row by row, stopped."""

import json
import re
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions import batching
from atsbridge.actions.models import Action, Batch, State
from atsbridge.connections.models import Connection
from atsbridge.records.ids import record_id
from atsbridge.records.models import NONE, Record
from atsbridge.tenants.models import Tenant
from tests.conftest import Browser
from tests.dashboard import reading
from tests.dashboard.test_pipeline import apply
from tests.records import factory

NAMES = ("Ada", "Grace", "Kim")
TABLE = "Applications of this batch"


@pytest.fixture
def homerun(acme: Tenant) -> Connection:
    return factory.connect(acme, label="Homerun – Berlin")


@pytest.fixture
def baker(homerun: Connection) -> Record:
    """A job of two stages, three people in the first."""
    for place, name in enumerate(("Screening", "Interview")):
        factory.make(homerun, "application_stage", name.lower(), name=name)
        factory.make(homerun, "job_stage", f"j:{name}", job_id="j", stage_id=name.lower(), index=place)
    job = factory.make(homerun, "job", "j", name="Baker", status="OPEN")
    apply(job, *NAMES)
    return job


def address(job: Record) -> str:
    return f"/t/acme/pipelines/{job.id}/batch/"


def chosen(job: Record, *names: str, **given: str) -> dict[str, Any]:
    """What the board posts when cards were chosen."""
    stage = record_id(job.connection_id, "application_stage", "screening")
    ids = [record_id(job.connection_id, "application", f"screening {name}") for name in names or NAMES]
    return {"kind": "move_application", "application": [f"{each}:{stage}" for each in ids], **given}


def the_batch(job: Record) -> Batch:
    with scope(tenant=job.connection.tenant):
        return Batch.objects.select_related("connection", "probe").get()


def proposed(alice: Browser, job: Record) -> str:
    """A batch of three moves; gives its page."""
    answer = alice.post(address(job), chosen(job, propose="1", stage_id="interview"))
    assert answer.status_code == 302, reading.text(answer.content.decode())
    found: str = answer["Location"]
    return found


def rehearsed(job: Record, calls: int) -> None:
    """The rehearsal has found how many calls each row takes."""
    plan = {"own": calls, "idle": 1, "shared": 1, "common": {}, "writes": [{}], "together": False}
    with scope(tenant=job.connection.tenant):
        Action.objects.filter(rehearsal=True).update(plan=plan, state=State.DONE, ended_at=timezone.now())


def started(alice: Browser, job: Record, page: str) -> Batch:
    """Started, and its rows taken in by a worker."""
    alice.post(f"{page}decide/", {"choice": "start"})
    with scope(tenant=job.connection.tenant):
        batching.take_in(the_batch(job).pk)
    return the_batch(job)


def test_chosen_cards_lead_to_the_form_of_what_is_done_to_them(alice: Browser, baker: Record):
    board = reading.content(alice.get(f"/t/acme/pipelines/{baker.id}/"))
    assert sorted(re.findall(r'name="application" value="([^"]*)"', board)) == sorted(chosen(baker)["application"])

    form = reading.content(alice.post(address(baker), chosen(baker)))

    assert "Move to stage: 3 applications" in reading.text(form)
    assert re.findall(r'name="application" value="([^"]*)"', form) == chosen(baker)["application"]
    assert re.findall(r'<option value="([^"]*)"', form) == ["", "screening", "interview"]
    assert "Content" in reading.text(reading.content(alice.post(address(baker), chosen(baker, kind="add_note"))))


def test_what_is_proposed_says_what_it_costs_before_it_starts(alice: Browser, baker: Record):
    page = proposed(alice, baker)
    asking = alice.get(page, headers=reading.HTMX)
    assert "Homerun is asked what the first one would take" in reading.content(asking)
    assert ("every 2s" in reading.content(asking), "disabled" in reading.content(asking)) == (True, True)

    rehearsed(baker, calls=50)

    told = alice.get(page)
    words = reading.text(reading.content(told))
    assert "Homerun is called 151 times for this, which takes 3 minutes at the least" in words
    assert "Stage Interview" in words
    assert "every 2s" not in reading.content(told)
    assert reading.table(told, TABLE)[1:] == [[name, "not started", "–"] for name in NAMES]
    with scope(tenant=baker.connection.tenant):
        assert Action.objects.filter(rehearsal=False).count() == 0


def test_started_each_row_is_an_action_from_the_stage_that_was_shown(alice: Browser, baker: Record):
    batch = started(alice, baker, page := proposed(alice, baker))
    with scope(tenant=baker.connection.tenant):
        told = [json.loads(each) for each in batch.actions.order_by("order").values_list("input", flat=True)]
    assert told == [
        {
            "application_id": f"screening {name}", "expected_stage_id": "screening", "stage_id": "interview",
            "triggers": [],
        }
        for name in NAMES
    ]  # fmt: skip
    with scope(tenant=baker.connection.tenant):
        first, second = batch.actions.order_by("order")[:2]
        for action, state, error in ((first, State.DONE, ""), (second, State.REFUSED, "Only recruiters may")):
            Action.objects.filter(pk=action.pk).update(state=state, error=error, ended_at=timezone.now())

    live = alice.get(page, headers=reading.HTMX)

    assert "Under way 2 of 3 1 done 1 refused 1 queued" in reading.text(reading.content(live))
    assert reading.table(live, TABLE)[1:] == [
        ["Ada", "Done", "Open"], ["Grace", "Refused", "Only recruiters may"], ["Kim", "Queued", "Open"],
    ]  # fmt: skip
    assert "every 2s" in reading.content(live)
    alice.post(f"{page}decide/", {"choice": "start"})
    with scope(tenant=baker.connection.tenant):
        assert batch.actions.count() == 3


def test_it_ends_once_what_was_written_is_read_back(alice: Browser, baker: Record):
    batch = started(alice, baker, page := proposed(alice, baker))
    with scope(tenant=baker.connection.tenant):
        batch.actions.update(state=State.DONE, ended_at=timezone.now(), unread="{}")
    assert "Under way 3 of 3 3 done" in reading.text(reading.content(alice.get(page)))

    with scope(tenant=baker.connection.tenant):
        batch.actions.update(unread="")

    assert "Ended 3 of 3 3 done" in reading.text(reading.content(alice.get(page)))


def test_stopped_it_says_how_many_were_cancelled_and_asks_no_more(alice: Browser, baker: Record):
    page = proposed(alice, baker)
    started(alice, baker, page)

    answer = alice.post(f"{page}decide/", {"choice": "stop"}, follow=True)

    words = reading.text(reading.content(answer))
    assert "Stopped: 3 of 3 were cancelled before they were sent." in words
    assert "Ended 3 of 3 3 cancelled" in words
    assert ("every 2s" in reading.content(answer), 'value="stop"' in reading.content(answer)) == (False, False)


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"kind": "move_application"}, {"kind": "delete_candidate", "application": [f"{NONE}:{NONE}"]},
        {"kind": "add_note", "application": ["x", ":", f"{NONE}:{NONE}"]},
    ],
)  # fmt: skip
def test_without_cards_of_the_board_nothing_is_asked(alice: Browser, baker: Record, asked: dict[str, Any]):
    answer = alice.post(address(baker), asked, follow=True)
    assert "Choose cards on the board first" in reading.text(reading.content(answer))
    assert alice.get(address(baker)).status_code == 302


def test_more_than_200_are_refused_and_what_is_wrong_is_named(alice: Browser, baker: Record):
    names = [f"{number:03}" for number in range(201)]
    apply(baker, *names)
    many = alice.post(address(baker), chosen(baker, *names, propose="1", stage_id="interview"))
    assert "from one to 200 applications; these are 201" in reading.text(many.content.decode())
    wrong = alice.post(address(baker), chosen(baker, propose="1", stage_id="elsewhere"))
    assert (wrong.status_code, "not one of the available choices" in wrong.content.decode()) == (422, True)
    with scope(tenant=baker.connection.tenant):
        assert Batch.objects.count() == 0


@pytest.mark.parametrize("who", ["bob", "sam"])
def test_viewers_and_support_see_no_batch_and_make_none(who: str, alice: Browser, baker: Record, request: Any):
    page = proposed(alice, baker)
    somebody: Browser = request.getfixturevalue(who)
    assert 'name="application"' not in reading.content(somebody.get(f"/t/acme/pipelines/{baker.id}/"))
    assert somebody.get(page).status_code == 403
    assert somebody.post(address(baker), chosen(baker, propose="1", stage_id="interview")).status_code == 403
    assert somebody.post(f"{page}decide/", {"choice": "start"}).status_code == 403
    assert the_batch(baker).started_at is None


def test_charlie_finds_nothing(charlie: Browser, alice: Browser, baker: Record):
    page = proposed(alice, baker)
    for slug in ("acme", "globex"):
        assert charlie.get(page.replace("acme", slug)).status_code == 404
        assert charlie.post(f"{page}decide/".replace("acme", slug), {"choice": "start"}).status_code == 404
        assert charlie.post(address(baker).replace("acme", slug), chosen(baker)).status_code == 404
    assert the_batch(baker).started_at is None


def test_a_batchs_page_costs_the_same_with_three_rows_and_with_many(alice: Browser, baker: Record):
    apply(baker, *(f"P{number}" for number in range(40)))
    costs = []
    for names in (NAMES, [f"P{number}" for number in range(40)]):
        answer = alice.post(address(baker), chosen(baker, *names, propose="1", stage_id="interview"))
        alice.post(f"{answer['Location']}decide/", {"choice": "start"})
        with scope(tenant=baker.connection.tenant):
            batching.take_in(Batch.objects.latest("created_at").pk)
        costs.append(len(reading.queries(alice, answer["Location"])))
    assert costs[0] == costs[1]
