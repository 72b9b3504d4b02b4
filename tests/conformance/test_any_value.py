"""Any JSON at any place of a row harms that row at the most: its page is stored, and so is every other row."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import pytest
from django.db import transaction
from django_scopes import scope
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from atsbridge.records.models import Record, SetAside
from atsbridge.tenants.models import Tenant
from connectors.base import Connector, Resource
from connectors.paths import at
from tests.conformance.account import Account
from tests.sync import harness

EXAMPLES = 30
"""For each connector: values put into rows, each with a whole run."""
type Path = tuple[str | int, ...]
ODD: tuple[Any, ...] = (
    *("<70000 letters>", "<5000 digits>", "<1e400>", "<-1e400>"),
    *(10**400, -(2**63) - 1, 2**64, 1e308, 0, -1, 0.1, True, False, None),
    *("", " ", "\x00", "\ud800", "a\x00\udfffb", "Łukasz 配管工 😀", "2026-02-30", "9999-12-31T23:59:59-23:59", "NaN"),
    *([], {}, [[]], [None], [{}], {"": None}, {"\x00": "\ud800"}, {"id": {"id": []}}),
)
"""What has broken readers before."""
HUGE = {
    '"<70000 letters>"': f'"{"x" * 70_000}"',
    '"<5000 digits>"': "9" * 5000,
    '"<1e400>"': "1e400",
    '"<-1e400>"': "-1e400",
}
"""What is too long to show, and numbers that Python does not write, by what stands for them."""
CHARACTERS = st.characters(codec=None, categories=None)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.sampled_from(ODD) | st.recursive(
    LEAVES | st.text(CHARACTERS, max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(CHARACTERS, max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a row, branches and leaves, but not the row itself."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*path, key)
        yield from places(each, (*path, key))


def put(value: Any, path: Path, odd: Any) -> Any:
    """A copy with something else at a place."""
    if not path:
        return odd
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(copy[path[0]], path[1:], odd)
    return copy


@dataclass
class Twisting(httpx.BaseTransport):
    """An emulator behind which one row of a list is changed, or left out, on its way to us."""

    emulator: Any
    base: str
    resource: Resource | None = None
    place: int = 0
    twist: Callable[[Any], list[Any]] = lambda row: [row]
    row: Any = None

    def aim(self, resource: Resource, place: int, twist: Callable[[Any], list[Any]]) -> None:
        """Change the next answer of a list: one of its rows becomes others."""
        self.resource, self.place, self.twist, self.row = resource, place, twist, None

    def transport(self) -> httpx.BaseTransport:
        """It stands in the network's place itself."""
        return self

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """What the emulator answers, but for that row."""
        answer: httpx.Response = self.emulator.transport().handle_request(request)
        list_ = self.resource and f"{self.base}/{self.resource.path or self.resource.slug}"
        if request.method != "GET" or request.url.path != list_ or self.row is not None or answer.status_code != 200:
            return answer
        data = json.loads(answer.read())
        rows = at(data, self.resource.rows) if self.resource else []
        if not rows:
            return answer
        place = self.place % len(rows)
        self.row = rows[place]
        rows[place : place + 1] = self.twist(self.row)
        content = json.dumps(data)
        for name, number in HUGE.items():
            content = content.replace(name, number)
        return httpx.Response(200, content=content.encode())


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is stored within is forgotten again."""
    before = transaction.savepoint_create()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


@pytest.fixture
def twisting(slug: str) -> Iterator[Twisting]:
    """What stands between a small account and us."""
    emulator = harness.emulate(slug, jobs=2, people=6)
    with harness.mounted(slug, Twisting(emulator, emulator.base_path)) as twisting:
        yield twisting


@pytest.fixture
def account(slug: str, acme: Tenant, twisting: Twisting) -> Iterator[Account]:
    """That account, of which nothing was read yet."""
    with scope(tenant=acme):
        yield Account(slug, twisting.emulator, harness.link(acme, slug, twisting.emulator))


@pytest.fixture
def others(account: Account, twisting: Twisting) -> Callable[[str, int], dict[tuple[str, str], Any]]:
    """The records with which one row of a list has nothing to do: the same with it and without, and no shared ones."""
    truth = account.expected()
    shared = {mapping.model.slug for each in account.speaks.resources for mapping in each.makes if mapping.shared}

    @cache
    def unharmed(resource: str, place: int) -> dict[tuple[str, str], Any]:
        twisting.aim(account.speaks.resource(resource), place, lambda row: [])
        with undone():
            account.sync()
            without = account.stored()
        return {key: value for key, value in truth.items() if key[0] not in shared and without.get(key) == value}

    return unharmed


def lists(speaks: type[Connector]) -> list[Resource]:
    """The lists that are asked for page by page."""
    return [resource for resource in speaks.resources if not resource.told]


@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(which=st.integers(0, 20), row=st.integers(0, 5), place=st.integers(0, 200), odd=VALUES)
def test_an_odd_value_harms_its_row_at_the_most(
    account: Account, twisting: Twisting, others: Any, which: int, row: int, place: int, odd: Any
):
    found = lists(account.speaks)
    truth, resource = account.expected(), found[which % len(found)]
    unharmed = others(resource.slug, row)

    def twist(row: Any) -> list[Any]:
        paths = list(places(row))
        return [put(row, paths[place % len(paths)], odd)]

    note(f"{resource.slug} {row} {place} {odd!r:.200}")
    twisting.aim(resource, row, twist)
    with undone():
        run = account.sync()

        assert (run.state, run.error) == ("succeeded", "")
        stored = account.stored()
        assert {key: stored.get(key) for key in unharmed} == unharmed
        assert [row for row in SetAside.objects.all() if not row.reason or not row.row] == []
        assert all(isinstance(word, str) and word for text in warnings() for word in json.loads(text))

        assert account.sync().state == "succeeded"  # the row is as it was
        stored = account.stored()
        assert {key: stored.get(key) for key in truth} == truth
        assert not SetAside.objects.exists()


def warnings() -> Iterator[str]:
    """What every record says of the values that were set aside."""
    return Record.objects.values_list("warnings", flat=True).iterator()
