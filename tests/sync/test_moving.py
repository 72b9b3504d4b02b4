"""Paging while rows move: who stood there throughout is stored, never deleted, and announced once.

A thousand randomised walks, in process: 40 rows in pages of 5, and between any two requests people apply, change,
leave, and are put elsewhere in the list. A walk is one of Homerun's whole list, or one of CATS by windows of ids.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import batched
from typing import Any

import httpx
import pytest
from django.db import transaction
from django_scopes import scope
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import connectors
from atsbridge.records.models import Change, Record
from atsbridge.tenants.models import Tenant
from tests.conformance.account import Account
from tests.sync import harness

ROWS, SIZE = 40, 5
EXAMPLES = 125
"""For each of two connectors, with four walks in each: a thousand."""
type Moves = list[tuple[int, str, int, int]]
"""(before which request, what happens, to whom, where)."""
STILL = ("applies", "many_apply", "is_entered", "changes")
"""What takes no row away from where a reader would meet it."""
ANYTHING = (*STILL, "leaves", "leaves", "goes_elsewhere")


def moves(kinds: tuple[str, ...]) -> st.SearchStrategy[Moves]:
    """Some moves among the requests of a walk, which are about ten."""
    place = st.integers(0, ROWS)
    return st.lists(st.tuples(st.integers(0, 10), st.sampled_from(kinds), place, place), max_size=5)


@dataclass
class Moving(httpx.BaseTransport):
    """An emulator whose people move before each request for its list of them."""

    emulator: Any
    path: str
    planned: dict[int, list[Callable[[], None]]] = field(default_factory=dict)
    asked: int = 0

    def transport(self) -> httpx.BaseTransport:
        """It stands in the network's place itself."""
        return self

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Let happen what is due, then answer."""
        if self.path in request.url.path:
            for happen in self.planned.get(self.asked, ()):
                happen()
            self.asked += 1
        answered: httpx.Response = self.emulator.transport().handle_request(request)
        return answered


class People:
    """What people of an emulated account do, whichever ATS it is."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.comers = 0

    def ids(self) -> list[str]:
        return [str(each.id) for each in self.account.everybody()]

    def plan(self, some: Moves) -> dict[int, list[Callable[[], None]]]:
        """Each move as something to call, by the request before which it happens."""
        planned: dict[int, list[Callable[[], None]]] = defaultdict(list)
        for when, what, who, where in some:
            planned[when].append(partial(getattr(self, what), who, where))
        return planned

    def _one(self, who: int) -> Any:
        everybody = self.account.everybody()
        return everybody[who % len(everybody)]

    def _comer(self, **values: Any) -> None:
        self.comers += 1
        self.account.emulator.person("New", f"Comer {self.comers}", **values)

    def applies(self, who: int, where: int) -> None:
        """A new row, at the head of Homerun's list and at the end of CATS's."""
        self._comer()

    def many_apply(self, who: int, where: int) -> None:
        """A page of new rows at once, which brings the page before once more."""
        for _ in range(SIZE):
            self._comer()

    def is_entered(self, who: int, where: int) -> None:
        """A new row with an older date: in the midst of Homerun's list."""
        made = "created_at" if self.account.slug == "homerun" else "created"
        self._comer(**{made: getattr(self._one(who), made) - timedelta(seconds=1)})

    def changes(self, who: int, where: int) -> None:
        """Another name in the same row."""
        self._one(who).last_name = f"Renamed {who} {where}"

    def leaves(self, who: int, where: int) -> None:
        """A row less."""
        self.account.emulator.delete(self._one(who))

    def goes_elsewhere(self, who: int, where: int) -> None:
        """The same row in another place of the list; CATS's windows do not see it."""
        emulator, one = self.account.emulator, self._one(who)
        if self.account.slug == "homerun":
            emulator.people.remove(one)
            emulator.people.insert(where, one)
        else:
            people = emulator.account.candidates
            people[one.id] = people.pop(one.id)


def people_by(size: int, slug: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have a connector read so many people a page."""
    speaks = connectors.get(slug)
    home = speaks.home("candidate")
    assert home
    pages = replace(home.pages, size=(home.pages.size[0], size))  # type: ignore[attr-defined, type-var]
    small = replace(home, pages=pages, parts=replace(home.parts, fits=size))
    monkeypatch.setattr(speaks, "resources", tuple(small if r is home else r for r in speaks.resources))
    return slug


@pytest.fixture(params=["homerun", "cats"])
def slug(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A connector that reads people alone, five a page."""
    return people_by(SIZE, request.param, monkeypatch)


@pytest.fixture(autouse=True)
def scoped(acme: Tenant) -> Iterator[None]:
    """These tests look into Acme's rows throughout."""
    with scope(tenant=acme):
        yield


def plain(emulator: Any) -> Any:
    """The account without what costs calls beside the walk."""
    account = getattr(emulator, "account", None)
    if account:
        account.portals.clear()
        for number in list(account.workflows)[1:]:
            del account.workflows[number]
    return emulator


@pytest.fixture
def imagined(acme: Tenant, slug: str) -> Callable[[ExitStack], tuple[Account, Moving]]:
    """A fresh account each time, undone when the stack is left."""
    reads = [model for model in ("candidate", "application") if model in connectors.get(slug).home("candidate").own]  # type: ignore[union-attr]

    def imagine(stack: ExitStack) -> tuple[Account, Moving]:
        stack.callback(transaction.savepoint_rollback, transaction.savepoint_create())
        emulator = plain(harness.emulate(slug, people=ROWS, jobs=1))
        home = connectors.get(slug).home("candidate")
        assert home
        moving = stack.enter_context(harness.mounted(slug, Moving(emulator, home.path or home.slug)))
        connection = harness.link(acme, slug, emulator, reads=reads, announce_each=True)
        return Account(slug, emulator, connection), moving

    return imagine


def stories() -> dict[tuple[str, str], list[str]]:
    """What was announced of each record, in order."""
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    names = {row.id: (row.model, row.remote_id) for row in Record.objects.only("model", "remote_id")}
    for record, kind in Change.objects.filter(record__in=names).order_by("number").values_list("record", "kind"):
        told[names[record]].append(kind)
    return told


def alive() -> set[str]:
    return set(Record.objects.filter(model="candidate", deleted_at__isnull=True).values_list("remote_id", flat=True))


@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink walks takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(walks=st.tuples(moves(ANYTHING), moves(STILL), moves(ANYTHING), moves(STILL)))
def test_who_stood_there_throughout_is_stored_and_never_deleted(
    imagined: Callable[[ExitStack], tuple[Account, Moving]], walks: tuple[Moves, ...]
):
    with ExitStack() as stack:
        account, moving = imagined(stack)
        people = People(account)
        for busy, calm in batched(walks, 2):
            there = people.ids()
            walk(account, moving, people.plan(busy))
            before = people.ids()
            walk(account, moving, people.plan(calm))
            assert {*before} <= alive() <= {*people.ids()}

            told = stories()
            throughout = [("candidate", one) for one in there if one in before]
            assert [key for key in throughout if "deleted" in told[key]] == []
            assert [key for key, kinds in told.items() if kinds.count("created") != 1 or kinds[0] != "created"] == []
            assert [key for key, kinds in told.items() if "deleted" in kinds[:-1]] == []


def walk(account: Account, moving: Moving, planned: dict[int, list[Callable[[], None]]]) -> None:
    """One walk through everything, while that happens."""
    moving.planned, moving.asked = planned, 0
    run = account.sync()
    assert (run.state, run.kind) == ("succeeded", "complete")
