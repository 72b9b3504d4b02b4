"""The log of actions: all of a tenant's, a connection's and a record's; filters, pages, and what it costs."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions.models import Action, State, Touched
from atsbridge.connections.models import Connection
from atsbridge.records.models import Record
from atsbridge.tenants.models import Tenant
from tests.conftest import Browser
from tests.dashboard import reading
from tests.records import factory

TABLE = "Actions, newest first"


@pytest.fixture
def homerun(acme: Tenant) -> Connection:
    return factory.connect(acme, label="Homerun – Berlin")


@pytest.fixture
def ada(homerun: Connection) -> Record:
    return factory.make(homerun, "candidate", "ada", first_name="Ada", last_name="Lovelace")


def done(record: Record, kind: str = "add_note", **fields: object) -> Action:
    """An action on a record that has ended, later than those before it."""
    connection = record.connection
    with scope(tenant=connection.tenant):
        order = connection.actions.count() + 1
        now = timezone.now() + timedelta(seconds=order)
        given = {"state": State.DONE, "ended_at": now, "created_at": now, "expires_at": now, "digest": "x", **fields}
        action = Action.objects.create(
            tenant=connection.tenant, connection=connection, kind=kind, about=str(record.id), order=order, **given
        )
        Touched.objects.create(tenant=connection.tenant, action=action, record=record.id)
    return action


def lines(page: object) -> list[list[str]]:
    """Action, state, whom and who of each line."""
    return [row[:4] for row in reading.table(page, TABLE)[1:]]


def test_each_action_is_a_line_with_whom_it_is_about_and_who_asked(alice: Browser, ada: Record):
    done(ada, by="Alice Adams", person=alice.person)
    done(ada, "move_application", state=State.REFUSED, error="No such stage", by="Nightly export")
    page = alice.get("/t/acme/actions/")
    assert lines(page) == [
        ["Move to stage", "Refused", "Ada Lovelace", "Nightly export"],
        ["Add note", "Done", "Ada Lovelace", "Alice Adams"],
    ]
    assert "No such stage" in reading.text(reading.content(page))
    assert reading.links(reading.content(page))["Ada Lovelace"] == f"/t/acme/records/candidates/{ada.id}/"


def test_a_rehearsal_is_no_line(alice: Browser, ada: Record):
    done(ada, rehearsal=True)
    assert "Nothing was written yet" in reading.content(alice.get("/t/acme/actions/"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("?state=refused", ["Move to stage"]),
        ("?kind=add_note", ["Add note"]),
        ("?person={alice}", ["Add note"]),
        ("?record={ada}", ["Move to stage", "Add note"]),
        ("?record={other}", []),
        ("?record=00000000-0000-0000-0000-000000000000", []),
        ("?state=refused&kind=add_note", []),
        ("?state=nonsense&person=x&record=%27", ["Move to stage", "Add note"]),
    ],
)
def test_it_is_narrowed(alice: Browser, homerun: Connection, ada: Record, asked: str, found: list[str]):
    other = factory.make(homerun, "candidate", "grace", first_name="Grace")
    done(ada, by="Alice Adams", person=alice.person)
    done(ada, "move_application", state=State.REFUSED)
    page = alice.get("/t/acme/actions/" + asked.format(alice=alice.person.pk, ada=ada.id, other=other.id))
    if found:
        assert [line[0] for line in lines(page)] == found
    else:
        assert "No action fits these filters." in reading.text(reading.content(page))


def test_a_connection_and_a_record_have_their_own(alice: Browser, acme: Tenant, ada: Record):
    elsewhere = factory.make(factory.connect(acme, label="Homerun – Paris"), "candidate", "kim", first_name="Kim")
    done(ada, by="Alice Adams")
    done(elsewhere, "delete_candidate", by="Alice Adams")
    section = alice.get(f"/t/acme/connections/{ada.connection_id}/actions/")
    record = alice.get(f"/t/acme/records/candidates/{ada.id}/")
    assert lines(section) == lines(record) == [["Add note", "Done", "Ada Lovelace", "Alice Adams"]]
    assert reading.links(reading.content(record))["All of them"] == f"/t/acme/actions/?record={ada.id}"


def test_pages_lose_none_and_cost_the_same_with_one_three_and_many(alice: Browser, homerun: Connection, ada: Record):
    costs = []
    for count in (1, 3, 116):
        people = factory.many(homerun, "candidate", [(f"{count} {n}", {"first_name": str(n)}) for n in range(count)])
        for person in people:
            done(person, by="Alice Adams", person=alice.person)
        costs.append(len(reading.queries(alice, "/t/acme/actions/")))
    assert costs == [costs[0]] * 3

    seen, address = 0, "/t/acme/actions/"
    while address:
        page = alice.get(address)
        seen += len(lines(page))
        address = reading.links(reading.content(page)).get("Older", "")
    assert seen == 120


def test_a_change_names_the_action_that_brought_it(alice: Browser, bob: Browser, homerun: Connection):
    factory.stored(homerun, "vacancies", {"id": "v", "title": "Baker", "status": "public"}, first=True)
    with scope(tenant=homerun.tenant):
        job = Record.objects.get(model="job")
    action = done(job, "move_application", by="Alice Adams")
    factory.stored(
        homerun, "vacancies", {"id": "v", "title": "Cook", "status": "public"}, cause="action", cause_id=action.pk
    )
    address = f"/t/acme/records/jobs/{job.id}/"
    told = reading.content(alice.get(address))
    assert f'by “<a href="/t/acme/actions/{action.pk}/">Move to stage</a>” of <bdi>Alice Adams</bdi>' in told
    seen = reading.content(bob.get(address))
    assert ("by an action here, “Move to stage”" in seen, "/t/acme/actions/" in seen) == (True, False)
