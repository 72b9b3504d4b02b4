"""Connections as integrated accounts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django_scopes import scope

from atsbridge.connections import opening
from atsbridge.connections.models import Connection, State
from tests.api.conftest import Machine

SECRET = "secret-key-of-acme"
LINKED = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
HOMERUN = {"name": "homerun", "label": "Homerun", "category": "ats"}


def change(machine: Machine, **fields: object) -> None:
    with scope(tenant=machine.account.tenant):
        Connection.objects.filter(id=machine.account.connection.id).update(**fields)


def expected(machine: Machine) -> dict[str, object]:
    connection = machine.account.connection
    return {
        "id": str(connection.id),
        "tenant_id": str(connection.tenant_id),
        "environment_id": None,
        "environment_integration_id": None,
        "status": "active",
        "last_error": None,
        "last_action_result": None,
        "is_sandbox": False,
        "authentication_method": "api_key",
        "region": None,
        "context": {"label": "Acme homerun", "account_name": "Acme BV", "only_created": False},
        "object_store_context_fields": [],
        "unified_model_override": {},
        "integration_override": {},
        "integration": HOMERUN,
        "environment_integration": {"integration": HOMERUN},
        "created_at": "2026-01-02 03:04:05",
        "updated_at": "2026-01-02 03:04:05",
    }


def account(machine: Machine, account_id: object = None) -> Any:
    connection = account_id or machine.account.connection.id
    return machine.ask(f"/integrated-account/{connection}", integrated_account_id=None)


def test_an_account_shows_everything_but_its_credentials(machine):
    change(machine, account_name="Acme BV", created_at=LINKED, updated_at=LINKED)
    with scope(tenant=machine.account.tenant):
        opening.keep(machine.account.connection, {"api_key": SECRET})

    one = account(machine)
    every = machine.ask("/integrated-account", integrated_account_id=None)

    assert one.json() == expected(machine)
    assert every.json() == {"result": [expected(machine)], "next_cursor": None, "limit": 5000}
    assert SECRET not in f"{one.content!r} {every.content!r}"


@pytest.mark.parametrize(
    ("state", "status"),
    [(State.ACTIVE, "active"), (State.PAUSED, "active"), (State.NEEDS_RELINK, "needs_reauth")],
)
def test_a_state_is_told_in_trutos_words(machine, state, status):
    change(machine, state=state)

    assert account(machine).json()["status"] == status


def test_what_went_wrong_is_the_last_error(machine):
    change(machine, state=State.NEEDS_RELINK, reason="Homerun refused the key")

    assert account(machine).json()["last_error"] == "Homerun refused the key"


def test_an_account_that_is_being_unlinked_is_not_there(machine):
    change(machine, state=State.UNLINKING)

    assert account(machine).status_code == 404
    assert machine.ask("/integrated-account", integrated_account_id=None).json()["result"] == []


def test_a_stranger_sees_only_its_own(machine, stranger):
    own = [row["id"] for row in stranger.ask("/integrated-account", integrated_account_id=None).json()["result"]]

    assert str(machine.account.connection.id) not in own
    assert len(own) == 1
    assert stranger.refusal(f"/integrated-account/{machine.account.connection.id}")[0] == 404


@pytest.mark.parametrize("account_id", ["1", "x" * 3000, "00000000-0000-0000-0000-000000000000", "%00", "%D9%A1"])
def test_an_unknown_account_is_not_there(machine, account_id):
    assert account(machine, account_id).status_code == 404


def test_accounts_come_by_age_in_pages(machine, cats_machine):
    for number, one in enumerate((machine, cats_machine)):
        change(one, created_at=LINKED + timedelta(days=number))

    def page(**asked: object) -> Any:
        return machine.ask("/integrated-account", integrated_account_id=None, **asked).json()

    first = page(limit=1)
    second = page(limit=1, next_cursor=first["next_cursor"])
    ids = [page["result"][0]["id"] for page in (first, second)]
    assert ids == [str(one.account.connection.id) for one in (machine, cats_machine)]
    assert (first["limit"], second["next_cursor"]) == (1, None)
    assert page(next_cursor="") == page()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"status": "active"}, "status: it is no parameter of this address (allowed, once each: limit, next_cursor)."),
        ({"limit": "0"}, "limit: A whole number from 1 to 5000."),
        ({"limit": "5001"}, "limit: A whole number from 1 to 5000."),
        (
            {"next_cursor": "x"},
            "next_cursor: It was made for another list, filter or order, or not here. Leave it out to begin again.",
        ),
    ],
)
def test_what_a_list_of_accounts_does_not_know_is_refused(machine, asked, message):
    assert machine.refusal("/integrated-account", asked, integrated_account_id=None) == (400, message)


def test_one_account_takes_no_parameters(machine):
    path = f"/integrated-account/{machine.account.connection.id}"
    message = "foo: it is no parameter of this address (GET /integrated-account/{id} takes none)."

    assert machine.refusal(path, foo="1", integrated_account_id=None) == (400, message)


def test_an_account_that_renews_its_token_says_so(harbor_machine):
    assert account(harbor_machine).json()["authentication_method"] == "oauth2_client_credentials"
    assert settings.CONNECTOR_URLS["harbor"] not in account(harbor_machine).content.decode()
