"""Reading one connection's records for machines: filters on ordinary columns, and one query for each relation.

Every row set here carries `updated`, what "updated since" means to machines; it is ordered and compared by that name.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from atsbridge.connections.models import Connection
from atsbridge.records.ids import record_id
from atsbridge.records.models import NONE, Record
from atsbridge.records.shape import fold

type Wanted = Mapping[str, Sequence[str]]
"""`{filter: values}`; a record passes a filter that holds for any of its values, and has to pass all."""

COLUMNS = ("id", "wire", "created_at", "updated")
"""What every row that goes out is made of."""


def records(connection: Connection, model: str, *, deleted: bool = False) -> "QuerySet[Record]":
    """A connection's records of one model, with those that were deleted only on demand."""
    rows = Record.objects.filter(connection=connection, model=model)
    rows = rows if deleted else rows.filter(deleted_at__isnull=True)
    return rows.annotate(updated=F("touched_at"))


def stages_of_jobs(connection: Connection, *, deleted: bool = False) -> "QuerySet[Record]":
    """The places of stages in jobs. One is as new as itself or as its stage, whichever changed last."""
    rows = Record.objects.filter(connection=connection, model="job_stage")
    rows = rows if deleted else rows.filter(deleted_at__isnull=True)
    stage = Record.objects.filter(id=OuterRef("stage")).values("touched_at")
    return rows.annotate(updated=Greatest("touched_at", Coalesce(Subquery(stage), "touched_at")))


def matching(rows: "QuerySet[Record]", connection: Connection, model: str, wanted: Wanted) -> "QuerySet[Record]":
    """The rows that pass every filter."""
    own = dict(wanted)
    if model == "candidate":
        through: dict[str, Sequence[str]] = {name: own.pop(name) for name in ("job", "stage") if name in own}
        rows = _applying(rows, connection, through) if through else rows
    for name, values in own.items():
        rows = rows.filter(CONDITIONS[name](connection, model, values))
    return rows


def find(rows: "QuerySet[Record]", connection: Connection, model: str, *given: str) -> Record | None:
    """One record by its remote id or by ours; the remote id counts before ours, the first name before the next."""
    wanted = ids(connection, model, given)
    found = {row.id: row for row in rows.filter(id__in=wanted).select_related("connection")}
    return next((found[key] for key in wanted if key in found), None)


def ids(connection: Connection, model: str, given: Iterable[str]) -> list[UUID]:
    """Our ids of records that are named by remote ids or by ours."""
    return [key for name in given for key in (record_id(connection.id, model, name), *_uuid(name))]


def known(wanted: Iterable[UUID]) -> dict[UUID, str]:
    """The wire texts of records by id, deleted ones included: a name outlives what it named."""
    # NONE is no record: it keeps the query, and so the number of queries, where a page refers to nothing.
    return dict(Record.objects.filter(id__in={NONE, *wanted}).values_list("id", "wire"))


def _applying(rows: "QuerySet[Record]", connection: Connection, through: Wanted) -> "QuerySet[Record]":
    """People with an application that passes all of these filters together."""
    applications = matching(records(connection, "application"), connection, "application", through)
    return rows.filter(id__in=applications.values("candidate"))


def _uuid(text: str) -> tuple[UUID, ...]:
    try:
        return (UUID(text),)
    except ValueError:
        return ()


def _id(connection: Connection, model: str, values: Sequence[str]) -> Q:
    if model == "job_stage":  # a stage's place in a job answers under the stage's id
        return Q(stage__in=ids(connection, "application_stage", values))
    return Q(id__in=ids(connection, model, values))


def _refers(column: str, to: str) -> "Condition":
    return lambda connection, model, values: Q(**{f"{column}__in": ids(connection, to, values)})


def _name(connection: Connection, model: str, values: Sequence[str]) -> Q:
    # `sort` has an index; `title` decides.
    return Q(sort__in=[fold(value)[:200] for value in values], title__in=values)


def _emails(connection: Connection, model: str, values: Sequence[str]) -> Q:
    return reduce(operator.or_, (Q(emails__contains=f"\n{value.strip().casefold()}\n") for value in values))


type Condition = Callable[[Connection, str, Sequence[str]], Q]

CONDITIONS: dict[str, Condition] = {
    "id": _id,
    "status": lambda connection, model, values: Q(status__in=[value.upper() for value in values]),
    "name": _name,
    "source": lambda connection, model, values: Q(source__in=values),
    "emails": _emails,
    "job": _refers("job", "job"),
    "stage": _refers("stage", "application_stage"),
    "candidate": _refers("candidate", "candidate"),
    "application": _refers("application", "application"),
}
"""Each filter, by name, as a condition on ordinary columns."""


def embedded(owner: str, model: str, owners: Iterable[UUID]) -> "QuerySet[Record]":
    """The live records of one model that name any of these owners (`candidate`, `application`), oldest first."""
    rows = Record.objects.filter(**{f"{owner}__in": list(owners)}, model=model, deleted_at__isnull=True)
    return rows.annotate(updated=F("touched_at")).order_by("created_at", "id")
