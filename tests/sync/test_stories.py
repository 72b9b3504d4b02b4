"""Whatever happens to a small account and to what is known of it, a quiet run after it leaves the truth."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_scopes import scope

import connectors
from atsbridge.records import retiring, stamps
from atsbridge.records.models import Record
from atsbridge.sync import engine
from atsbridge.sync.models import Page, Run
from atsbridge.tenants.models import Tenant
from tests.conformance.account import Account
from tests.sync import harness
from tests.sync.test_moving import Moving, people_by, plain

ROWS, SIZE = 8, 2
STORIES, CHAPTERS = range(37, 44), 3
NAMES = ("Ada", "Bob")
"""So few that many a row comes to say again what it said before."""


@pytest.fixture(params=["homerun", "cats"])
def slug(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A connector that reads people alone, two a page."""
    return people_by(SIZE, request.param, monkeypatch)


@pytest.fixture(autouse=True)
def scoped(acme: Tenant) -> Iterator[None]:
    """These tests look into Acme's rows throughout."""
    with scope(tenant=acme):
        yield


class Story:
    """What happens by dice: there, between two runs and in the midst of one; and here."""

    def __init__(self, account: Account, moving: Moving, dice: random.Random) -> None:
        self.account, self.moving, self.dice = account, moving, dice
        self.gone: list[Any] = []
        self.there = (self._renamed, self._renamed, self._renamed, self._came, self._left, self._returned)
        self.here = (self._nothing, self._nothing, self._opened, self._lost, self._forgot, self._killed)

    def go_on(self) -> None:
        """A few things, then a run during which more of them happen; sometimes everything is then as it was before."""
        self._live(3)
        self.dice.choice(self.here)()
        before = self.account.remembered()
        self.moving.asked, self.moving.planned = 0, {self.dice.randrange(1, 5): [lambda: self._live(5)]}
        self.account.sync()
        self.moving.planned = {}
        if self.dice.random() < 0.5:
            self.account.restore(before)

    def names(self) -> dict[str, str]:
        """Who is here."""
        found = harness.documents(self.account.connection, model="candidate")
        return {remote_id: json.loads(text)["first_name"] for (_, remote_id), text in found.items()}

    def true_names(self) -> dict[str, str]:
        """Who is there."""
        return {str(each.id): each.first_name for each in self.account.everybody()}

    def _live(self, most: int) -> None:
        for _ in range(self.dice.randint(0, most)):
            self.dice.choice(self.there)()

    def _one(self) -> Any:
        return self.dice.choice(self.account.everybody())

    # There

    def _renamed(self) -> None:
        self._one().first_name = self.dice.choice(NAMES)

    def _came(self) -> None:
        self.account.emulator.person(self.dice.choice(NAMES), "Comer")

    def _left(self) -> None:
        if len(self.account.everybody()) > 2:
            self.gone.append(one := self._one())
            self.account.emulator.delete(one)

    def _returned(self) -> None:
        if self.gone and self.account.slug == "homerun":
            self.account.emulator.people.insert(self.dice.randrange(ROWS), self.gone.pop())

    # Here

    def _nothing(self) -> None:
        pass

    def _stored(self) -> Any:
        return self.dice.choice(Record.objects.filter(model="candidate", deleted_at=None).select_related("connection"))

    def _opened(self) -> None:
        harness.read_detail(self._stored())

    def _lost(self) -> None:
        with transaction.atomic():
            retiring.retire(stamps.hold(self.account.connection, "settings"), [self._stored().id])

    def _forgot(self) -> None:
        pages = Page.objects.values_list("pk", flat=True)
        Page.objects.filter(pk__in=self.dice.sample(list(pages), len(pages) // 3)).delete()

    def _killed(self) -> None:
        run = harness.started(self.account.connection)
        engine.advance(run.id)
        gone = timezone.now() - timedelta(seconds=1)
        Run.objects.filter(pk=run.pk, ended_at=None).update(lease=run.pk, lease_until=gone, state="running")


@pytest.fixture
def told(acme: Tenant, slug: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[ExitStack, int], Story]:
    """The beginning of a story: an account that was read once. It is undone when the stack is left."""
    monkeypatch.setattr(engine, "SLICE_PAGES", 3)
    home = connectors.get(slug).home("candidate")
    assert home

    def begin(stack: ExitStack, number: int) -> Story:
        stack.callback(transaction.savepoint_rollback, transaction.savepoint_create())
        emulator = plain(harness.emulate(slug, people=ROWS, jobs=1))
        moving = stack.enter_context(harness.mounted(slug, Moving(emulator, home.path or home.slug)))
        reads = [model for model in ("candidate", "application") if model in home.own]
        account = Account(slug, emulator, harness.link(acme, slug, emulator, reads=reads))
        account.sync()
        return Story(account, moving, random.Random(f"{slug} {number}"))

    return begin


def test_a_quiet_run_leaves_the_truth(told: Callable[[ExitStack, int], Story]):
    for number in STORIES:
        with ExitStack() as stack:
            story = told(stack, number)
            for chapter in range(CHAPTERS):
                story.go_on()
                assert story.account.sync().state == "succeeded"
                assert story.names() == story.true_names(), (number, chapter)
