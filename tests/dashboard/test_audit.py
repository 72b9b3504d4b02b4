"""The trail reads as sentences, filters, and pages without losing or repeating an entry."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from atsbridge.dashboard.sentences import SENTENCES
from atsbridge.dashboard.visits import PAGES
from atsbridge.tenants.audit import audit
from atsbridge.tenants.models import AuditEntry, Person, Tenant
from tests.api.rows import account
from tests.conftest import Browser
from tests.test_walls import ADDRESSES

AUDIT = "/t/acme/audit/"
START = datetime(2026, 11, 19, 9, 26, tzinfo=UTC)


def sentences(page: Any) -> list[str]:
    """What the page tells, one sentence an entry."""
    told = re.findall(r"<li[^>]*><svg.*?</svg><div>(.*?)</div><time", page.content.decode(), re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", each)).strip() for each in told]


def happened(tenant: Tenant, *entries: tuple[Any, ...]) -> None:
    """Write entries down, each a second after the one before."""
    with scope(tenant=tenant):
        for seconds, entry in enumerate(entries):
            row = audit(tenant, *entry)
            AuditEntry.objects.filter(pk=row.pk).update(at=START + timedelta(seconds=seconds))


def test_it_reads_as_sentences_latest_first(alice: Browser, bob: Browser, sam: Browser, acme: Tenant) -> None:
    linked = account("Acme").connection
    happened(
        acme,
        (alice.person, "person.invited", "bob@acme.example as viewer"),
        (None, "key.created", "nightly (ats_abcdef…)"),
        (alice.person, "connection.linked", "CATS – Berlin", linked.pk),
        (sam.person, "connection.sync", "CATS – Berlin", linked.pk, True),
        (alice.person, "connection.unlinked", "<b>Gone</b>", uuid.uuid4()),
        (alice.person, "something.quite_new", "this"),
    )

    page = alice.get(AUDIT)

    assert sentences(page) == [
        "Alice Adams something quite new this",
        "Alice Adams unlinked &lt;b&gt;Gone&lt;/b&gt;",
        "Sam Stone asked for a sync of CATS – Berlin · as support",
        "Alice Adams linked CATS – Berlin",
        "A command made the API key nightly (ats_abcdef…)",
        "Alice Adams invited bob@acme.example as viewer",
    ]
    assert page.content.decode().count(f'href="/t/acme/connections/{linked.pk}/"') == 2


def test_owners_see_where_support_has_looked(alice: Browser, sam: Browser, acme: Tenant) -> None:
    linked = account("Acme")
    ada = linked.put("candidate", "c-1", first_name="Ada", last_name="Lovelace")
    pages = {
        "/t/acme/keys/": "the API keys",
        "/t/acme/records/candidates/": "the list of candidates",
        f"/t/acme/records/candidates/{ada.pk}/": "the candidate Ada Lovelace",
        f"/t/acme/connections/{linked.connection.pk}/syncs/": "the syncs of Acme homerun",
    }
    for address in pages:
        sam.get(address)

    page = alice.get(AUDIT)

    assert sentences(page) == [f"Sam Stone looked at {words} · as support" for words in reversed(pages.values())]
    assert all(f'href="{address}"' in page.content.decode() for address in pages)


def test_every_page_that_can_be_looked_at_has_words(alice: Browser) -> None:
    looking = {name for name, address in ADDRESSES.items() if address.right == "look"}

    assert looking == set(PAGES)


def test_filters_by_person_and_kind_stand_in_the_address(alice: Browser, bob: Browser, acme: Tenant) -> None:
    happened(
        acme,
        (alice.person, "person.invited", "dora"),
        (bob.person, "connection.paused", "CATS"),
        (alice.person, "connection.resumed", "CATS"),
    )

    def asked(query: str) -> list[str]:
        return sentences(alice.get(f"{AUDIT}?{query}"))

    assert asked(f"person={alice.person.pk}") == ["Alice Adams resumed CATS", "Alice Adams invited dora"]
    assert asked("kind=connection") == ["Alice Adams resumed CATS", "Bob Brown paused CATS"]
    assert asked(f"kind=connection&person={bob.person.pk}") == ["Bob Brown paused CATS"]
    assert asked("kind=key") == []


@pytest.mark.parametrize(
    "query",
    [
        "person=x",
        "kind=x",
        "kind=%00",
        "person=%00",
        "cursor=x",
        "cursor=%00",
        "cursor=" + "x" * 5000,
        "person=ł&kind=ł",
    ],
)
def test_hostile_questions_are_answered(query: str, alice: Browser) -> None:
    assert alice.get(f"{AUDIT}?{query}", follow=True).status_code == 200


def test_paging_loses_and_repeats_nothing_there_and_back(alice: Browser, acme: Tenant) -> None:
    happened(acme, *((alice.person, "key.created", f"key {number}") for number in range(120)))
    with scope(tenant=acme):
        AuditEntry.objects.update(at=START)  # all at once: the id decides

    pages = [alice.get(f"{AUDIT}?kind=key")]
    while older := re.search(r'href="([^"]+)" rel="next"', pages[-1].content.decode()):
        pages.append(alice.get(older[1].replace("&amp;", "&")))
    newer = re.search(r'href="([^"]+)" rel="prev"', pages[-1].content.decode())

    told = [sentences(page) for page in pages]
    assert [len(each) for each in told] == [50, 50, 20]
    assert list(chain(*told)) == [f"Alice Adams made the API key key {number}" for number in reversed(range(120))]
    assert newer is not None
    assert sentences(alice.get(newer[1].replace("&amp;", "&"))) == told[1]


def test_one_entry_costs_what_fifty_cost(alice: Browser, acme: Tenant) -> None:
    linked = account("Acme").connection
    alice.get(AUDIT)

    def cost(entries: int) -> int:
        happened(acme, *([(alice.person, "connection.sync", "CATS", linked.pk)] * entries))
        with CaptureQueriesContext(connection) as queries:
            alice.get(AUDIT)
        return len(queries)

    assert cost(1) == cost(49)


def test_the_name_stays_when_the_person_is_gone(alice: Browser, bob: Browser, acme: Tenant) -> None:
    happened(acme, (bob.person, "key.created", "mine"))
    Person.objects.filter(pk=bob.person.pk).delete()

    assert sentences(alice.get(AUDIT)) == ["Bob Brown made the API key mine"]


def test_whatever_is_written_down_has_its_sentence() -> None:
    sources = [path.read_text() for path in (settings.BASE_DIR / "atsbridge").rglob("*.py")]
    kinds = {
        kind
        for source in sources
        for kind in re.findall(r'"((?:action|connection|key|person|support|tenant)\.\w+)"', source)
    }

    assert kinds == set(SENTENCES)
