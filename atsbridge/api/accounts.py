"""Connections as Truto's integrated accounts: who is linked and in which state, without any credential."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Literal
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict

from atsbridge.api import parameters, values
from atsbridge.api.answers import IntegratedAccount, IntegratedAccounts, Integration
from atsbridge.api.errors import Refusal, answer, machine, missing, only_reading
from atsbridge.connections.models import Connection, State
from atsbridge.records import paging
from atsbridge.records.paging import BadCursor, Order
from atsbridge.tenants.access import Request, api_key

STATUSES: dict[str, Literal["active", "needs_reauth"]] = {
    State.ACTIVE: "active",
    State.PAUSED: "active",
    State.NEEDS_RELINK: "needs_reauth",
}
"""What a state is called outside; one that is unlinking is not there any more."""
MOST = 5000
PARAMETERS: parameters.Known = {
    "limit": values.whole(1, MOST, MOST).of("How many a page holds"),
    "next_cursor": parameters.PAGED["next_cursor"],
}


@machine
@api_key("read")
def index(request: Request) -> HttpResponse:
    """The tenant's connections."""
    if said := only_reading(request):
        return said
    size, cursor = _asked(request.GET)
    try:
        page = paging.page(there(), Order("created_at"), size=size, cursor=cursor, binding="accounts")
    except BadCursor as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"next_cursor: {error} Leave it out to begin again.") from error
    body: IntegratedAccounts = {
        "result": [account(row) for row in page.rows], "next_cursor": page.next, "limit": size,
    }  # fmt: skip
    return answer(body)


@machine
@api_key("read")
def one(request: Request, account_id: str) -> HttpResponse:
    """One of the tenant's connections."""
    if said := only_reading(request):
        return said
    connection = find(account_id)
    for name in request.GET:
        raise _unknown(name, "GET /integrated-account/{id} takes none")
    return answer(account(connection))


def there() -> "QuerySet[Connection]":
    """The connections that machines can see."""
    return Connection.objects.filter(state__in=STATUSES)


def find(account_id: str) -> Connection:
    """One connection by its id; raises Refusal where there is none, or only in another tenant."""
    try:
        connection = there().filter(id=UUID(account_id)).first()
    except ValueError:
        connection = None
    if connection is None:
        raise missing("There is no such integrated account. GET /integrated-account lists yours.")
    return connection


def account(connection: Connection) -> IntegratedAccount:
    """A connection as an integrated account."""
    connector = connection.speaks
    integration: Integration = {"name": connector.slug, "label": connector.name, "category": "ats"}
    return {
        "id": connection.id,
        "tenant_id": connection.tenant_id,
        "environment_id": None,
        "environment_integration_id": None,
        "status": STATUSES[State(connection.state)],
        "last_error": connection.reason or None,
        "last_action_result": None,
        "is_sandbox": False,
        "authentication_method": "oauth2_client_credentials" if connector.renews() else "api_key",
        "region": None,
        "context": {
            "label": connection.label,
            "account_name": connection.account_name or None,
            "only_created": connection.only_ours,
        },
        "object_store_context_fields": [],
        "unified_model_override": {},
        "integration_override": {},
        "integration": integration,
        "environment_integration": {"integration": integration},
        "created_at": _time(connection.created_at),
        "updated_at": _time(connection.updated_at),
    }


def _asked(query: QueryDict) -> tuple[int, str]:
    for name, given in query.lists():
        if name not in PARAMETERS or len(given) > 1:
            raise _unknown(name, f"allowed, once each: {', '.join(PARAMETERS)}")
    try:
        return PARAMETERS["limit"].read(query.get("limit", str(MOST))), query.get("next_cursor", "")
    except values.Unfit as unfit:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"limit: {unfit}") from unfit


def _unknown(name: str, allowed: str) -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, f"{name}: it is no parameter of this address ({allowed}).")


def _time(at: datetime) -> str:
    # Truto writes times of its own objects otherwise than those of records.
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
