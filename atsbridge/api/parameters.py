"""What a machine asks in the address, read strictly: what is not understood is refused, never dropped in silence."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote

from django.conf import settings
from django.http import QueryDict

from atsbridge.api.errors import Refusal
from connectors.unified.dialects.truto import JOB_STATUSES

ACCOUNT = "integrated_account_id"
MOST_ROWS = 1000
DEFAULT_LIMIT = 100
COLUMNS = {"created_at": "created_at", "updated_at": "updated"}
"""Truto's times → the columns that hold them."""
COMPARISONS = ("gt", "gte", "lt", "lte")
EXCLUDE = "truto_exclude_fields"
SET = "[in]"
MOST = 1000
"""Values of one set: more make an address that no proxy lets through."""

DRY_RUN = "dry_run"
UNUSED = ("application_source",)
"""Parameters of Truto's writes that lead to nothing here."""

FILES, EXPIRES = "GET /unified/ats/attachments", "expires_in"
"""The routes that answer addresses of files, and the parameter that says for how many seconds these open them."""

READ = (ACCOUNT, "include_deleted", "truto_ignore_remote_data")
PAGED = ("limit", "next_cursor", "sort_by", *(f"sort_by[{name}]" for name in COLUMNS))

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

TRUTHS = {"true": True, "1": True, "false": False, "0": False}
SWITCHES = {
    DRY_RUN: "dry_run", "include_deleted": "include_deleted", "truto_ignore_remote_data": "ignore_remote_data",
}  # fmt: skip
"""Parameters that are true or false → what they switch."""
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


class Unfit(ValueError):
    """A parameter's value that cannot be used; the text says what can."""


def of_list(query: QueryDict, resource: str) -> Asked:
    """What is asked of a list; raises Refusal."""
    return Reader(query, f"GET /unified/ats/{resource}", resource).read()


def of_one(query: QueryDict, resource: str) -> Asked:
    """What is asked of one record; raises Refusal."""
    return Reader(query, f"GET /unified/ats/{resource}/{{id}}", None).read()


def of_write(query: QueryDict, route: str, fields: Iterable[str]) -> Asked:
    """What is asked of a write beside its body, of which these fields may stand in the address; raises Refusal."""
    inner = {f"{name.removesuffix('_id')}[id]": name for name in fields if name.endswith("_id")}
    return Reader(query, route, None, {DRY_RUN: "", **{name: name for name in fields}, **inner}).read()


class Reader:
    """Reads one request's parameters and collects everything that is wrong with them. `fields`: parameter → the field
    of a body that it stands for."""

    def __init__(
        self, query: QueryDict, route: str, resource: str | None, fields: Mapping[str, str] | None = None
    ) -> None:
        self.query, self.route, self.resource = query, route, resource
        self.filters = {"id": "id", **FILTERS.get(resource, {})} if resource else {}
        self.fields = fields or {}
        self.scalars = {*READ, *PAGED, *self.filters, *self._times()} if resource else {*READ, *self.fields}
        if route.startswith(FILES):
            self.scalars.add(EXPIRES)
        self.lists = {EXCLUDE, *(f"{name}{SET}" for name in self.filters)}
        self.asked = Asked()
        self.failures: list[dict[str, str]] = []

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

    def _times(self) -> Iterable[str]:
        return (f"{name}[{comparison}]" for name in COLUMNS for comparison in COMPARISONS)

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
        if name == ACCOUNT:
            asked.account = value
        elif name in SWITCHES:
            setattr(asked, SWITCHES[name], truth(value))
        elif name in self.fields:
            self._field(self.fields[name], value)
        elif name == "limit":
            asked.limit = limit(value)
        elif name == EXPIRES:
            asked.expires_in = limit(value, settings.FILE_LINK_SECONDS)
        elif name == "next_cursor":
            asked.cursor = value
        elif base == "sort_by":
            self._sort(word or value, value if word else "asc")
        elif base in COLUMNS:
            asked.times[f"{COLUMNS[base]}__{word}"] = instant(value)
        else:
            self._filter(name, [value])

    def _field(self, name: str, value: str) -> None:
        if not value:
            raise Unfit("An empty value says nothing.")
        if self.asked.given.setdefault(name, value) != value:
            raise Unfit(f"{name} is given twice, differently.")

    def _sort(self, name: str, direction: str) -> None:
        if name not in COLUMNS:
            raise Unfit(f"Sort by one of {', '.join(COLUMNS)}.")
        if direction not in ("asc", "desc"):
            raise Unfit("The direction is asc or desc.")
        if sum(key in self.query for key in PAGED if key.startswith("sort_by")) > 1:
            raise Unfit("Sort by one column only.")
        self.asked.column, self.asked.descending = COLUMNS[name], direction == "desc"

    def _filter(self, name: str, values: list[str]) -> None:
        condition = self.filters[name]
        if not all(values):
            raise Unfit("An empty value finds nothing.")
        if condition in self.asked.filters:
            raise Unfit(f"Give {name} or {name}{SET}, not both.")
        if condition == "status" and not set(values) <= set(JOB_STATUSES):
            raise Unfit(f"One of {', '.join(JOB_STATUSES)}.")
        self.asked.filters[condition] = values


def limit(value: str, most: int = MOST_ROWS) -> int:
    """A page's size, or a number with another limit; raises Unfit."""
    if not (value.isascii() and value.isdigit() and len(value) < 9 and 1 <= int(value) <= most):
        raise Unfit(f"A whole number from 1 to {most}.")
    return int(value)


def truth(value: str) -> bool:
    """True or false; raises Unfit."""
    if value.lower() not in TRUTHS:
        raise Unfit("true or false.")
    return TRUTHS[value.lower()]


def instant(value: str) -> datetime:
    """A time with any offset, or a date, as UTC; raises Unfit."""
    if "T" in value:
        value = value.replace(" ", "+")  # a plus that was not percent-encoded arrives as a blank
    try:
        read = datetime.fromisoformat(value)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit("An ISO 8601 time such as 2026-01-31T09:30:00.000001Z.") from None


def no_account() -> Refusal:
    """The refusal of a request that does not say which connection it means."""
    insight = {"description": "These query parameters are required.", "value": [ACCOUNT]}
    return Refusal(
        HTTPStatus.BAD_REQUEST,
        f"{ACCOUNT} is required: the id of the connection to read. GET /integrated-account lists yours.",
        details={"failures": [{"parameter": ACCOUNT, "message": "It is required."}]},
        truto_error_insight={"missing_required_query_parameters": insight},
    )
