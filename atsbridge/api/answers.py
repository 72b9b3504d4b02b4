"""The shapes of everything that machines are answered beside records: what the views give, and /openapi.json tells."""

from datetime import datetime
from typing import Annotated, Any, Literal, NotRequired, TypedDict
from uuid import UUID

import msgspec

from connectors.unified.base import about
from connectors.unified.dialects.truto_shapes import Instant

type Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")]
"""A time in UTC, as Truto writes those of its own objects."""


class Failure(TypedDict):
    """One thing that is wrong with a request."""

    message: str
    parameter: NotRequired[str]


class Details(TypedDict):
    """Everything that is wrong with a request."""

    failures: list[Failure]


class ActionNamed(TypedDict):
    """An action, by where it is looked at."""

    id: UUID
    state: str
    url: str


class More(TypedDict, total=False):
    """What a refusal says besides, where there is something."""

    details: Details
    action: Annotated[ActionNamed, about("The action that was not done, or not yet")]
    next_after: Annotated[int, about("From where the events are kept")]
    truto_is_remote_error: Annotated[bool, about("Whether the ATS refused it, not we")]
    raw_response: Annotated[Any, about("The ATS's own answer")]
    truto_error_insight: Annotated[dict[str, Any], about("What to do about it, by kind of error")]


class Error(More):
    """Any refusal: its status, and in words what is wrong and what helps."""

    statusCode: int
    error: str
    message: str


class Integration(TypedDict):
    """An ATS."""

    name: str
    label: str
    category: Literal["ats"]


class InEnvironment(TypedDict):
    """The same, where Truto's clients look for it."""

    integration: Integration


class Context(TypedDict):
    """What is known of a connection. only_created: of candidates and applications only what was created from here."""

    label: str
    account_name: str | None
    only_created: bool


class IntegratedAccount(TypedDict):
    """A connection: one linked ATS account."""

    id: UUID
    tenant_id: UUID
    environment_id: None
    environment_integration_id: None
    status: Literal["active", "needs_reauth"]
    last_error: Annotated[str | None, about("Why it needs linking again")]
    last_action_result: None
    is_sandbox: bool
    authentication_method: Literal["oauth2_client_credentials", "api_key"]
    region: None
    context: Context
    object_store_context_fields: list[str]
    unified_model_override: dict[str, Any]
    integration_override: dict[str, Any]
    integration: Integration
    environment_integration: InEnvironment
    created_at: Moment
    updated_at: Moment


class IntegratedAccounts(TypedDict):
    """Connections, the oldest first."""

    result: list[IntegratedAccount]
    next_cursor: str | None
    limit: int


class Cause(TypedDict):
    """What brought an event: a run, webhook, action, detail, the settings, the provider's own history."""

    kind: str
    id: UUID | None


class Event(TypedDict):
    """One thing that changed. before, after: the unified fields that did; null where they are kept no more."""

    id: str
    number: int | None
    kind: str
    at: datetime
    connection: UUID
    model: str | None
    record: Annotated[UUID | None, about("Our id of the record")]
    remote_id: Annotated[str | None, about("The provider's id of it")]
    before: Annotated[Any, about("The values that were")]
    after: Annotated[Any, about("The values that are")]
    by: Cause


class Events(TypedDict):
    """Events in order. next_after: what to ask for next."""

    result: list[Event]
    next_after: int


class ActionToldOf(TypedDict):
    """How far an action is, and what came of it."""

    id: UUID
    integrated_account_id: UUID
    action: str
    state: str
    dry_run: bool
    remote_id: Annotated[str | None, about("The provider's id of what it is about, or made")]
    waits_for: str | None
    error: str | None
    truto_is_remote_error: Annotated[bool, about("Whether the ATS refused it, not we")]
    next_step: str | None
    warnings: Annotated[list[str], about("What was not done as asked")]
    incomplete: Annotated[bool, about("A step after the main thing failed")]
    steps: Annotated[dict[str, str], about("What was sent or looked at, by name, and its state")]
    by: Annotated[str | None, about("The name of the key or person that asked for it")]
    attempts: int
    created_at: Instant
    not_before: Instant | None
    expires_at: Instant
    ended_at: Instant | None


class PlannedFile(TypedDict):
    """A file that would be sent."""

    name: str
    bytes: int


class PlannedWrite(TypedDict):
    """One request that would be sent. says: what the ATS does by itself then."""

    step: str
    method: str
    path: str
    params: Any
    body: Any
    form: dict[str, str]
    file: PlannedFile | None
    part: str
    says: str


class Around(TypedDict, total=False):
    """What stands around a record's own values."""

    created_at: Annotated[Instant, about("When it was made, there or else here")]
    updated_at: Annotated[Instant, about("When it, or what it shows of others, last changed here")]
    deleted_at: Annotated[Instant | None, about("When it was deleted; only with include_deleted")]
    remote_data: Annotated[Any, about("The ATS's own record, as it came")]


class Listed[Record](TypedDict):
    """A page of records."""

    result: list[Record]
    next_cursor: Annotated[str | None, about("Leads to the next page, as next_cursor")]
    prev_cursor: Annotated[str | None, about("Leads to the page before, as next_cursor too")]
    result_count: Annotated[int, about("How many this page holds")]
    is_partial_response: Annotated[bool, about("Whether something of them was not read yet, such as files and notes")]


class Plan(TypedDict):
    """What would be sent; open: later steps depend on an answer that only a real write gives."""

    dry_run: Literal[True]
    writes: list[PlannedWrite]
    calls: Annotated[int, about("How many requests it takes in all")]
    open: bool
    warnings: list[str]


class Left(TypedDict):
    """All that is left of a deleted record; or the id, where it is known, of one that could not be read back."""

    id: str | None
