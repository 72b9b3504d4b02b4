"""Everything that machines ask for: how it is asked, and what is answered, from what the views themselves go by."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import connectors
from atsbridge.api import accounts, events, files, outcomes, parameters, writing
from atsbridge.api.answers import ActionToldOf, Events, IntegratedAccount, IntegratedAccounts, Left, Plan
from atsbridge.api.openapi_schemas import listed, record, wrapped
from atsbridge.api.parameters import Known
from atsbridge.api.values import ACCOUNT_ID, ANYTHING, Value
from connectors.mapping import Unavailable
from connectors.unified import BY_SLUG as MODELS
from connectors.unified.actions import BY_SLUG as ACTIONS
from connectors.unified.dialects.truto import RESOURCES
from connectors.unified.dialects.truto_bodies import Written
from connectors.unified.dialects.truto_writing import OPERATIONS, NewAttachment, Nothing, Operation

ATS = "/unified/ats/"
ID = ANYTHING.of("The ATS's id, or ours", required=True)
FILE_URL = ANYTHING.of("The file_url of an attachment", required=True)
TOKEN = ANYTHING.of("What is signed", required=True)
UUID_ID = Value(str, ACCOUNT_ID.schema, "The id", required=True)  # what is none is the id of nothing

BAD, LOCKED, MISSING, GONE = (HTTPStatus(status) for status in (400, 401, 404, 410))
ASKED = frozenset({BAD, LOCKED, MISSING})
FILED = frozenset(files.STATUSES.values())
WROTE = ASKED | {HTTPStatus.FORBIDDEN, HTTPStatus.GATEWAY_TIMEOUT, *writing.STATUSES.values(), *outcomes.ENDS.values(),
                 *map(HTTPStatus, outcomes.REMOTE)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Route:
    """One thing to ask for.

    name: the operation's, unique. answers: the types of which a good answer has one; none for a file. refusals: every
    status that it may be refused with. query, path, headers: what it takes. bodies: what is sent, one of them. key: it
    asks for one.
    """

    method: str
    address: str
    name: str
    title: str
    says: str
    tag: str
    refusals: frozenset[HTTPStatus]
    answers: tuple[Any, ...] = ()
    query: Known = field(default_factory=dict)
    path: Known = field(default_factory=dict)
    headers: Known = field(default_factory=dict)
    bodies: tuple[type[Written], ...] = ()
    key: bool = True

    @property
    def form(self) -> bool:
        """Whether its body may be a form as well."""
        return self.bodies == (NewAttachment,)


def routes() -> Iterator[Route]:
    """Every one of them."""
    for resource, model in RESOURCES.items():
        yield _list(resource, model)
        yield _one(resource, model)
    for (method, route), operation in OPERATIONS.items():
        yield _write(method, route, operation)
    yield from _others()


def _list(resource: str, model: str) -> Route:
    return Route(
        "GET", f"{ATS}{resource}", f"list_{resource}", f"List {_words(resource)}", _lacking(model), tag=resource,
        answers=(listed(model),), refusals=ASKED, query=parameters.known(f"GET {ATS}{resource}", resource),
    )  # fmt: skip


def _one(resource: str, model: str) -> Route:
    title, address = f"Read one of {_words(resource)}", f"{ATS}{resource}/{{id}}"
    return Route(
        "GET", address, f"get_{resource}", title, _lacking(model), tag=resource,
        answers=(record(model),), refusals=ASKED, query=parameters.known(f"GET {address}"), path={"id": ID},
    )  # fmt: skip


def _write(method: str, route: str, operation: Operation) -> Route:
    action, bodies = ACTIONS[operation.kind], tuple(each.body for each in operation.all() if each.body is not Nothing)
    says = "\n\n".join(words for each in operation.all() for words in _done(each.kind))
    return Route(
        method, f"{ATS}{route}", action.slug, action.label, says, tag=route.partition("/")[0],
        answers=(*_made(operation), Plan), refusals=WROTE, headers=writing.HEADERS,
        query=parameters.known(method, fields=parameters.given_in(operation.query)),
        path={"id": ID} if operation.named else {}, bodies=bodies,
    )  # fmt: skip


def _made(operation: Operation) -> tuple[Any, ...]:
    """What a write answers when it is done: what is made may be there without having been read back."""
    if operation.kind in outcomes.DELETING:
        return (Left,)
    return (wrapped(operation.model),) if operation.method else (record(operation.model), Left)


def _others() -> Iterator[Route]:
    yield Route(
        "POST", f"{ATS}attachments/download", "download_attachment", "Download a file", "The file, read live.",
        tag="attachments", refusals=ASKED | FILED, query=parameters.known(files.ROUTE) | {"file_url": FILE_URL},
    )  # fmt: skip
    yield Route(
        "GET", "/files/{token}", "open_file", "Open a file", "Where file_url leads: it is signed, and ends.",
        tag="attachments", refusals=FILED, path={"token": TOKEN}, key=False,
    )  # fmt: skip
    yield Route(
        "GET", "/actions/{id}", "get_action", "Look at an action", "How far it is, and what came of it.",
        tag="actions", answers=(ActionToldOf,), refusals=frozenset({LOCKED, MISSING}), path={"id": UUID_ID},
    )  # fmt: skip
    yield Route(
        "GET", "/events", "list_events", "Follow what changed", "One feed of everything that changed, in one order.",
        tag="events", answers=(Events,), refusals=ASKED | {GONE},
        query={name: value for name, (_, value) in events.TAKES.items()},
    )  # fmt: skip
    yield Route(
        "GET", "/integrated-account", "list_integrated_accounts", "List connections", "The linked ATS accounts.",
        tag="connections", answers=(IntegratedAccounts,), refusals=frozenset({BAD, LOCKED}), query=accounts.PARAMETERS,
    )  # fmt: skip
    yield Route(
        "GET", "/integrated-account/{id}", "get_integrated_account", "Read a connection", "One linked ATS account.",
        tag="connections", answers=(IntegratedAccount,), refusals=ASKED, path={"id": UUID_ID},
    )  # fmt: skip


def _words(resource: str) -> str:
    return resource.replace("_", " ")


def _lacking(model: str) -> str:
    """What the records are, and why some ATSs have none."""
    lacks = [f"{each.name}: {each.lacks[model]}" for each in connectors.every() if model in each.lacks]
    return "\n\n".join([MODELS[model].__doc__ or "", *lacks])


def _done(kind: str) -> Iterator[str]:
    """What an action does, and why some ATSs cannot do it."""
    yield ACTIONS[kind].__doc__ or ""
    for each in connectors.every():
        if isinstance(act := each.actions.get(kind), Unavailable):
            yield f"{each.name}: {act.reason}"
