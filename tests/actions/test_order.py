"""The actions on one person keep their order, whether they name an address, a candidate or an application."""

import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection as database
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions import deciding, intake, performing
from atsbridge.actions.models import OPEN, Action, State
from atsbridge.connections.models import Exchange
from atsbridge.tenants.models import Person, Tenant
from connectors.emulation_faults import Fault
from tests.actions.conftest import Account, linked
from tests.actions.harness import again, finished
from tests.sync import harness

MAIL = "grace@example.test"
FIRST = "An earlier action on this person comes first. It goes on by itself"


@pytest.fixture(params=["homerun", "cats"])
def account(request: pytest.FixtureRequest, acme: Tenant) -> Iterator[Account]:
    """Each ATS."""
    with linked(acme, request.param) as found:
        yield found


def grace(account: Account, *, known: bool = True) -> tuple[str, str]:
    """Somebody who applies; the remote ids of candidate and application."""
    if account.slug == "homerun":
        person = account.emulator.person("Grace", "Hopper", email=MAIL.title(), job=account.emulator.job("Baker"))
        application = person
    else:
        person = account.emulator.person("Grace", "Hopper", email=MAIL.title())
        application = account.emulator.apply(person, account.emulator.add_job("Baker", "General"), "")
    if known:
        harness.sync(account.connection)
    return str(person.id), str(application.id)


def asked(account: Account, kind: str, **given: Any) -> Action:
    """An action that was taken in, and that nobody has performed yet."""
    with scope(tenant=account.connection.tenant):
        return intake.accept(account.connection, intake.read(kind, given), again=True)


def created(account: Account, mail: str = MAIL) -> Action:
    given = {"first_name": "Grace", "last_name": "Hopper", "email_addresses": [{"email_address": mail}] if mail else []}
    return asked(account, "create_candidate", allow_duplicate=True, **given)


def noted(account: Account, **of: str) -> Action:
    return asked(account, "add_note", content="Good", **of)


def in_order(first: Action, second: Action) -> bool:
    """The second waits for the first, and is done after it."""
    assert (again(second).state, second.waits_for) == (State.WAITING, FIRST)
    assert (again(first).state, again(second).state) == (State.DONE, State.DONE)
    return True


def test_a_creation_and_what_is_about_a_candidate_with_its_address_wait_for_each_other(account: Account):
    candidate, application = grace(account)
    about: list[dict[str, str]] = [{"candidate_id": candidate}, {"application_id": application}]

    for of in about:
        assert in_order(noted(account, **of), created(account, f" {MAIL.upper()}"))
        assert in_order(created(account), noted(account, **of))
    assert in_order(noted(account, **about[1]), noted(account, **about[0]))


def test_nobody_else_waits(account: Account):
    candidate, _ = grace(account)
    first, other, nobody = (
        noted(account, candidate_id=candidate),
        created(account, "g@example.test"),
        created(account, "" if account.slug == "cats" else "h@example.test"),  # Homerun keeps nobody without one
    )

    assert again(other).state == State.DONE
    assert again(nobody).state == State.DONE
    assert again(first).state == State.DONE


def test_who_came_to_be_known_while_they_were_created_waits_for_that(account: Account, settings: Any):
    settings.WRITE_SECONDS = settings.SETTLE_WRITE_SECONDS = 0.05
    account.emulator.faults.append(Fault("timeout", method="write"))
    making = again(created(account))
    assert (making.state, making.sent) == (State.WAITING, True)
    harness.sync(account.connection)
    with scope(tenant=account.connection.tenant):
        known = account.connection.records.get(model="candidate", emails__contains=MAIL)

    later = noted(account, candidate_id=known.remote_id)

    assert (again(later).state, later.waits_for) == (State.WAITING, FIRST)
    assert (finished(making).remote_id, finished(later).state) == (known.remote_id, State.DONE)


def test_an_application_that_nobody_here_knows_is_its_candidates(account: Account):
    candidate, application = grace(account, known=False)

    assert in_order(noted(account, candidate_id=candidate), noted(account, application_id=application))

    strange, later = noted(account, application_id=application), noted(account, candidate_id=candidate)
    assert in_order(strange, later)
    assert strange.about == later.about


def test_it_is_asked_for_once_and_by_nobody_who_knows(account: Account):
    _, application = grace(account, known=False)
    first = noted(account, application_id=application)
    second = noted(account, application_id=application)
    since = len(account.emulator.calls)

    again(second)
    again(second)

    asked_for = [call.path.rpartition("/")[2] for call in account.emulator.calls[since:]]
    assert asked_for == ([application] if account.slug == "cats" else [])
    assert (again(first).state, again(second).state) == (State.DONE, State.DONE)


def test_an_application_of_nobody_holds_nobody(account: Account):
    candidate, _ = grace(account)
    nobodys, later = noted(account, application_id="999999999"), noted(account, candidate_id=candidate)

    assert again(nobodys).state == State.REFUSED
    assert again(later).state == State.DONE


def test_what_is_completed_comes_after_what_was_asked_for_meanwhile(account: Account):
    candidate, _ = grace(account)
    first = again(noted(account, candidate_id=candidate))
    later = noted(account, candidate_id=candidate)
    dora = Person.objects.create_user("dora@acme.example", name="Dora")
    with scope(tenant=account.connection.tenant):
        Action.objects.filter(pk=first.pk).update(incomplete=True)
        first.refresh_from_db()
        deciding.decide(first, "complete", dora)

    assert in_order(later, first)


# At the same instant


@pytest.mark.django_db(transaction=True)
def test_two_that_are_accepted_at_once_are_done_one_after_the_other(account: Account):
    candidate, _ = grace(account)
    together([lambda: created(account), lambda: noted(account, candidate_id=candidate)] * 3)

    work(account, workers=3)

    with scope(tenant=account.connection.tenant):
        done = list(Action.objects.order_by("order"))
        spans = [_span(action) for action in done]
    assert [(action.state, action.error) for action in done] == [(State.DONE, "")] * 6
    assert all(ended <= begun for (_, ended), (begun, _) in pairwise(spans))
    assert len({effect.what for effect in account.emulator.effects}) == 2


def together(what: list[Callable[[], Any]]) -> None:
    """Each in a thread of its own, at once."""
    start = threading.Barrier(len(what))

    def one(do: Callable[[], Any]) -> None:
        start.wait()
        try:
            do()
        finally:
            database.close()

    threads = [threading.Thread(target=one, args=[each]) for each in what]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def work(account: Account, workers: int) -> None:
    """So many workers who take whatever is to be done, in no order, until all of it has ended."""

    def one() -> None:
        with scope(tenant=account.connection.tenant):
            while ids := list(Action.objects.filter(state__in=OPEN).order_by("?").values_list("pk", flat=True)):
                for pk in ids:
                    Action.objects.filter(pk=pk, lease=None).update(not_before=timezone.now())
                    performing.perform(pk)

    together([one] * workers)


def _span(action: Action) -> tuple[Any, Any]:
    """From an action's first exchange to its end."""
    first = Exchange.objects.filter(by_id=action.pk).order_by("at").first()
    assert first
    return first.at, action.ended_at
