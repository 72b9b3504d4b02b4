"""Where people come from: what the account's people carry is known, by name, key or id; what they do not is said."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django_scopes import scope

from atsbridge.actions import intake
from atsbridge.actions.models import Action, State
from atsbridge.tenants import keys
from atsbridge.tenants.models import Tenant
from tests.actions.conftest import Account, linked
from tests.actions.harness import again
from tests.api import rows
from tests.sync import harness

UNKNOWN = "Source: nobody in this account comes from {} yet, as far as is known here"


@pytest.fixture(params=["homerun", "cats"])
def account(request: pytest.FixtureRequest, acme: Tenant) -> Iterator[Account]:
    """Each ATS, where somebody comes from Job-Börse and somebody from two places."""
    with linked(acme, request.param) as found:
        for source in (["Job-Börse"], ["Fair", "Agency"]):
            told: dict[str, Any] = {"sources": source} if request.param == "homerun" else {"source": ", ".join(source)}
            found.emulator.person("Grace", "Hopper", email="grace@example.test", **told)
        harness.sync(found.connection)
        yield found


def created(account: Account, source: str | None, **how: Any) -> Action:
    """Somebody new with a source."""
    mail = {"email_address": f"{uuid4()}@example.test"}
    given = {"first_name": "Ada", "last_name": "Lovelace", "email_addresses": [mail], "source": source}
    with scope(tenant=account.connection.tenant):
        told = intake.read("create_candidate", given)
        return again(intake.accept(account.connection, told, **how))


def kept(account: Account, action: Action) -> list[str]:
    if account.slug == "homerun":
        return list(account.emulator.known(action.remote_id).sources)
    return [account.emulator.account.candidates[int(action.remote_id)].source]


@pytest.mark.parametrize("word", ["Job-Börse", "  job-borse ", "JOB_BORSE", "jobborse"])
def test_a_known_source_is_written_as_the_account_spells_it(account: Account, word: str):
    action = created(account, word)

    assert (action.state, kept(account, action)) == (State.DONE, ["Job-Börse"])
    assert [words for words in action.warnings if words.startswith("Source")] == []


def test_the_places_of_somebody_are_told_apart_where_there_may_be_several(account: Account):
    action = created(account, "agency")

    several = account.slug == "homerun"
    assert kept(account, action) == (["Agency"] if several else ["agency"])
    assert (UNKNOWN.format("agency") in action.warnings) is not several


@pytest.mark.parametrize("word", ["Navy", "???", "Job", "%"])
def test_an_unknown_source_is_written_and_said_once_it_stands_there_it_is_known(account: Account, word: str):
    first, second = created(account, word), created(account, word.upper(), again=True)

    assert (first.warnings.count(UNKNOWN.format(word)), UNKNOWN.format(word.upper()) in second.warnings) == (1, False)
    assert [kept(account, each) for each in (first, second)] == [[word]] * 2


def test_a_default_source_is_resolved_too_and_a_preview_tells(account: Account):
    with scope(tenant=account.connection.tenant):
        key, _ = keys.create(account.connection.tenant, "Website", source="JOB_BORSE")

    planned, done = created(account, None, api_key=key, rehearsal=True), created(account, None, api_key=key)

    body = planned.plan["writes"][0]["body"]
    assert body.get("sources", [body.get("source")]) == kept(account, done) == ["Job-Börse"]


def test_a_source_of_nobody_who_is_left_or_of_another_account_is_unknown(account: Account):
    rows.account("Acme").put("candidate", "1", first_name="Grace", source="Job-Börse")
    everybody = account.emulator.account.candidates.values() if account.slug == "cats" else account.emulator.people
    for person in [each for each in everybody if each.first_name == "Grace"]:
        account.emulator.delete(person)
    harness.sync(account.connection, full=True)

    action = created(account, "Job-Börse")

    assert UNKNOWN.format("Job-Börse") in action.warnings
