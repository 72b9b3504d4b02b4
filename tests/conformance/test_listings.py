"""A list that misbehaves deletes and invents nothing, and is told in words; healed, everything is as it is there."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django_scopes import scope

from atsbridge.sync.models import Nomination, Question
from tests.conformance.account import Account
from tests.conftest import Browser
from tests.dashboard import reading

MANY = 10_000
"""Requests: a habit of the provider, for as long as the test lasts."""
HEAD = re.compile(r"(Done(?: in part)?) since .*? Open connection (.*?) ?Read [\d,]+ Created")
"""What a person reads first on the page of a run: what became of it, then why and what to do."""
ONCE_MORE = "Nothing was taken for deleted; the next run begins anew."
SAYS = {
    ("homerun", "capped"): ("Done in part", f"Homerun says that it has 231 rows and listed 150 {ONCE_MORE}"),
    ("homerun", "repeats"): (
        "Done in part",
        "The provider answers the same page again and again Nothing: the next run begins anew.",
    ),
    ("homerun", "wild_total"): ("Done in part", f"Homerun says that it has 279 rows and listed 231 {ONCE_MORE}"),
}
"""What it says where a walk could not be believed; elsewhere everything was met all the same, and nothing is said."""
KINDS = ("capped", "repeats", "wild_total", "no_total", "no_next")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("slug", ["homerun", "cats"])
@pytest.mark.usefixtures("impatient")
def test_a_list_that_misbehaves_deletes_nothing(imagine: Callable[..., Account], alice: Browser, slug: str, kind: str):
    account = imagine(people=230).synced()
    before = account.stored()
    account.emulator.person("Ada", "Lovelace")
    path = f"{account.path}/search" if slug == "cats" else account.path
    account.emulator.fail(kind, times=MANY, path=path, rows=150)

    run = account.sync()

    assert before.keys() <= account.stored().keys() <= account.expected().keys()
    assert run.state in ("succeeded", "partial")
    with scope(tenant=account.connection.tenant):
        assert not Question.objects.exists()
        assert not Nomination.objects.filter(misses__gte=2).exists()
    page = reading.text(reading.content(alice.get(f"/t/acme/runs/{run.pk}/")))
    assert HEAD.findall(page) == [SAYS.get((slug, kind), ("Done", ""))]

    account.emulator.heal()
    gone: Any = account.everybody()[9]
    account.emulator.delete(gone)
    account.sync()
    assert account.stored() == account.expected()


@pytest.mark.parametrize("kind", ["drip", "404_says_403"])
@pytest.mark.usefixtures("impatient")
def test_an_answer_that_drips_or_names_another_status_is_no_deletion(account: Account, kind: str):
    before = account.synced().stored()
    account.emulator.fail(kind, times=3, path=account.path)

    run = account.sync()

    assert account.stored() == before
    assert run.state in ("succeeded", "partial")
    account.emulator.heal()
    assert account.sync().state == "succeeded"
    assert account.stored() == account.expected()
