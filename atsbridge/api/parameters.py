"""What a machine asks in the address, read strictly: what is not understood is refused, never dropped in silence."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import QueryDict

from atsbridge.api.answers import Failure
from atsbridge.api.errors import Refusal
from atsbridge.api.values import ACCOUNT_ID, ANYTHING, INSTANT, TRUTH, Unfit, Value, choice, text, whole
from connectors.unified.dialects.truto import JOB_STATUSES

ACCOUNT = "integrated_account_id"
MOST_ROWS = 1000
DEFAULT_LIMIT = 100
COLUMNS = {"created_at": "created_at", "updated_at": "updated"}
"""Truto's times → the columns that hold them."""
COMPARISONS = {"gt": "after", "gte": "at or after", "lt": "before", "lte": "at or before"}
EXCLUDE = "truto_exclude_fields"
SET = "[in]"
MOST = 1000
"""Values of one set: more make an address that no proxy lets through."""

DRY_RUN = "dry_run"
UNUSED = ("application_source",)
"""Parameters of Truto's writes that lead to nothing here."""

FILES, EXPIRES = "GET /unified/ats/attachments", "expires_in"
"""The routes that answer addresses of files, and the parameter that says for how many seconds these open them."""

type Known = dict[str, Value[Any]]
"""Parameters by name."""

LIMIT = whole(1, MOST_ROWS, DEFAULT_LIMIT).of("How many a page holds")
# Whatever it holds, it is looked for: then it is the id of nothing.
NAMED = Value(str, ACCOUNT_ID.schema, "The connection: an id that GET /integrated-account lists", required=True)
EXCLUDED = ANYTHING.of("Fields to leave out", several=True)
READ: Known = {
    ACCOUNT: NAMED,
    "include_deleted": TRUTH.of("Show those that were deleted as well, with deleted_at"),
    "truto_ignore_remote_data": TRUTH.of("Leave out remote_data, the ATS's own record"),
}
PAGED: Known = {
    "limit": LIMIT,
    "next_cursor": ANYTHING.of("The next_cursor or prev_cursor of the page before; all else has to stay the same"),
    "sort_by": choice(COLUMNS, "Sort by one of {}.").of("Which time to sort by, in ascending order"),
    **{
        f"sort_by[{name}]": choice(("asc", "desc"), "The direction is asc or desc.").of(
            f"Sort by {name}, in this order"
        )
        for name in COLUMNS
    },
}
TIMES: Known = {
    f"{name}[{sign}]": INSTANT.of(f"Only what has its {name} {words} this")
    for name in COLUMNS
    for sign, words in COMPARISONS.items()
}
FILLS = {
    ACCOUNT: "account", DRY_RUN: "dry_run", "include_deleted": "include_deleted", "limit": "limit",
    "truto_ignore_remote_data": "ignore_remote_data", EXPIRES: "expires_in", "next_cursor": "cursor",
}  # fmt: skip
"""Parameters → the field of what was asked that each fills, if nothing else has to be looked at."""

FILTERS = {
    "jobs": {"status": "status", "name": "name"},
    "candidates": {"job_id": "job", "stage[id]": "stage", "emails": "emails", "name": "name", "source": "source"},
    "applications": {
        "job_id": "job", "candidate_id": "candidate", "current_stage[id]": "stage", "source": "source",
    },
    "attachments": {"candidate_id": "candidate", "application_id": "application", "job_id": "job"},
    "activities": {"candidate_id": "candidate", "application_id": "application", "job_id": "job"},
    "job_interview_stages": {"job_id": "job"},
}  # fmt: skip
"""Truto's resource → its filters → the names of the conditions; every resource has `id` besides."""
FILTER = text("An empty value finds nothing.")
CONDITIONS: Known = {
    "id": FILTER.of("Only this record, by the ATS's id or ours"),
    "status": choice(JOB_STATUSES, "One of {}.").of("Only jobs that are so"),
    "name": FILTER.of("Only what is called so"),
    "emails": FILTER.of("Only who has this e-mail address"),
    "source": FILTER.of("Only who, or what, came from there"),
    **{name: FILTER.of(f"Only what is of this {name}, by the ATS's id or ours") for name in
       ("job", "stage", "candidate", "application")},
}  # fmt: skip
"""What each condition takes."""

INDEX = re.compile(r"\[[0-9]*\]\Z", re.ASCII)


@dataclass(slots=True)
class Asked:
    """What was asked. filters: `{condition: values}`. times: column and comparison, as a condition's name, → instant.

    excluded: fields to leave out. ignored: the parameters that are accepted but not used, as they were spelled. given:
    parameters of a write that are fields of its body as well. expires_in: seconds for which addresses of files last.
    """

    account: str = ""
    limit: int = DEFAULT_LIMIT
    cursor: str = ""
    column: str = "updated"
    descending: bool = False
    filters: dict[str, list[str]] = field(default_factory=dict)
    times: dict[str, datetime] = field(default_factory=dict)
    include_deleted: bool = False
    ignore_remote_data: bool = False
    excluded: frozenset[str] = frozenset()
    ignored: list[str] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    dry_run: bool = False
    expires_in: int | None = None

    @property
    def remote_data(self) -> bool:
        """Whether the provider's own record is wanted; it is the bulk of an answer."""
        return not self.ignore_remote_data and "remote_data" not in self.excluded

    def headers(self) -> dict[str, str]:
        """The headers that say what was ignored."""
        names = ", ".join(quote(name, safe="[]_") for name in self.ignored)
        return {"X-Ignored-Parameters": names[:1000]} if names else {}


type Take[Value] = Callable[[str, Value], None]


def of_list(query: QueryDict, resource: str) -> Asked:
    """What is asked of a list; raises Refusal."""
    return Reader(query, f"GET /unified/ats/{resource}", resource).read()


def of_one(query: QueryDict, resource: str) -> Asked:
    """What is asked of one record; raises Refusal."""
    return Reader(query, f"GET /unified/ats/{resource}/{{id}}", None).read()


def known(route: str, resource: str | None = None, fields: Mapping[str, str] | None = None) -> Known:
    """Every parameter of a list of a resource, of one record, or of a write that takes these in its address."""
    reader = Reader(QueryDict(), route, resource, fields)
    nothing = dict.fromkeys(UNUSED if fields else (), ANYTHING.of("It leads to nothing here"))
    return reader.scalars | reader.lists | nothing


def of_write(query: QueryDict, route: str, fields: Iterable[str]) -> Asked:
    """What is asked of a write beside its body, of which these fields may stand in the address; raises Refusal."""
    return Reader(query, route, None, given_in(fields)).read()


def given_in(fields: Iterable[str]) -> dict[str, str]:
    """The parameters that stand for fields of a body, which they are; DRY_RUN for none."""
    inner = {f"{name.removesuffix('_id')}[id]": name for name in fields if name.endswith("_id")}
    return {DRY_RUN: "", **{name: name for name in fields}, **inner}


class Reader:
    """Reads one request's parameters and collects everything that is wrong with them. `fields`: parameter → the field
    of a body that it stands for. `scalars`, `lists`: every parameter that it knows; the values of a list are many."""

    def __init__(
        self, query: QueryDict, route: str, resource: str | None, fields: Mapping[str, str] | None = None
    ) -> None:
        self.query, self.route = query, route
        self.filters = {"id": "id", **FILTERS.get(resource, {})} if resource else {}
        self.fields = fields or {}
        filters = {name: CONDITIONS[condition] for name, condition in self.filters.items()}
        self.scalars = READ | (PAGED | filters | TIMES if resource else self._given())
        sets = {
            f"{name}{SET}": value.of(f"{value.words}, or one of these", several=True) for name, value in filters.items()
        }
        self.lists: Known = {EXCLUDE: EXCLUDED, **sets}
        if route.startswith(FILES):
            lasting = whole(1, settings.FILE_LINK_SECONDS).of("Seconds for which addresses of files open them")
            self.scalars |= {EXPIRES: lasting}
        self.asked = Asked()
        self.failures: list[Failure] = []

    def read(self) -> Asked:
        """Everything that was asked; raises Refusal."""
        scalars, lists = self._sorted()
        for name, values in lists.items():
            self._try(name, self._list, values)
        for name, value in scalars.items():
            self._try(name, self._scalar, value)
        if self.failures:
            message = " ".join(f"{failure['parameter']}: {failure['message']}" for failure in self.failures)
            raise Refusal(HTTPStatus.BAD_REQUEST, message, details={"failures": self.failures})
        if not self.asked.account:
            raise no_account()
        return self.asked

    def allowed(self) -> list[str]:
        """Every parameter that this route knows."""
        return [*sorted(self.scalars | self.lists), "remote_query"]

    def _given(self) -> Known:
        said = text("An empty value says nothing.")
        kinds = {name: said.of(f"{field} of the body") for name, field in self.fields.items()}
        return kinds | {DRY_RUN: TRUTH.of("Say what would be sent, and send nothing")} if kinds else {}

    def _sorted(self) -> tuple[dict[str, str], dict[str, list[str]]]:
        scalars: dict[str, str] = {}
        lists: dict[str, list[str]] = {}
        for spelled, values in self.query.lists():
            values = [value.replace("\x00", "\ufffd") for value in values]
            base = INDEX.sub("", spelled)
            if spelled in self.scalars and len(values) == 1:
                scalars[spelled] = values[0]
            elif spelled in self.scalars:
                self._fail(spelled, "It is given more than once.")
            elif base in self.lists:
                # `a=x,y` is one text with commas; `a[]=x` and `a[0]=x` hold a value each, commas included.
                split = values if base != spelled else [part for value in values for part in value.split(",")]
                lists.setdefault(base, []).extend(split)
            elif spelled.partition("[")[0] == "remote_query" or (self.fields and spelled in UNUSED):
                self.asked.ignored.append(spelled)
            else:
                self._fail(spelled, f"It is no parameter of {self.route}. Allowed: {', '.join(self.allowed())}.")
        return scalars, lists

    def _fail(self, parameter: str, message: str) -> None:
        self.failures.append({"parameter": parameter, "message": message})

    def _try[Value](self, name: str, take: "Take[Value]", value: Value) -> None:
        try:
            take(name, value)
        except Unfit as unfit:
            self._fail(name, str(unfit))

    def _list(self, name: str, values: list[str]) -> None:
        if name == EXCLUDE:
            self.asked.excluded = frozenset(value.strip() for value in values)
            return
        if len(values) > MOST:
            raise Unfit(f"At most {MOST} values are taken at once.")
        self._filter(name.removesuffix(SET), values)

    def _scalar(self, name: str, value: str) -> None:
        asked, (base, _, word) = self.asked, name.rstrip("]").partition("[")
        if name in self.filters:
            self._filter(name, [value])
            return
        read = self.scalars[name].read(value)
        if name in FILLS:
            setattr(asked, FILLS[name], read)
        elif name in self.fields:
            self._field(self.fields[name], read)
        elif base == "sort_by":
            self._sort(word or read, read if word else "asc")
        else:
            asked.times[f"{COLUMNS[base]}__{word}"] = read

    def _field(self, name: str, value: str) -> None:
        if self.asked.given.setdefault(name, value) != value:
            raise Unfit(f"{name} is given twice, differently.")

    def _sort(self, name: str, direction: str) -> None:
        if sum(key in self.query for key in PAGED if key.startswith("sort_by")) > 1:
            raise Unfit("Sort by one column only.")
        self.asked.column, self.asked.descending = COLUMNS[name], direction == "desc"

    def _filter(self, name: str, values: list[str]) -> None:
        condition = self.filters[name]
        read = [CONDITIONS[condition].read(value) for value in values]
        if condition in self.asked.filters:
            raise Unfit(f"Give {name} or {name}{SET}, not both.")
        self.asked.filters[condition] = read


def no_account() -> Refusal:
    """The refusal of a request that does not say which connection it means."""
    insight = {"description": "These query parameters are required.", "value": [ACCOUNT]}
    return Refusal(
        HTTPStatus.BAD_REQUEST,
        f"{ACCOUNT} is required: the id of the connection to read. GET /integrated-account lists yours.",
        details={"failures": [{"parameter": ACCOUNT, "message": "It is required."}]},
        truto_error_insight={"missing_required_query_parameters": insight},
    )
