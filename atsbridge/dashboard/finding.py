"""Finding records by what somebody types: words, a remote id, or our id."""

import uuid
from functools import reduce
from operator import and_

from django.db.models import Q, QuerySet

from atsbridge.records.models import Record
from atsbridge.records.shape import fold

LONGEST = 200
WORDS = 8
SHOWN = ("id", "model", "title", "remote_id", "emails", "job", "candidate")
WHOSE = ("connection__label", "connection__connector", "connection__tenant__name", "connection__tenant__slug")
"""What a result shows of a record; its documents are long and stay where they are."""


def typed(text: str) -> str:
    """What somebody typed, as long as anybody means it."""
    return text.strip()[:LONGEST]


def matching(text: str) -> Q:
    """Records that hold every word of the text, or whose id it is."""
    words = [Q(search__contains=word) for word in fold(text).split()[:WORDS]]
    found = reduce(and_, words) if words else Q(pk__in=())  # a lone accent folds to nothing, and finds nothing
    try:
        return found | Q(pk=uuid.UUID(text))
    except ValueError:
        return found


def records(model: str) -> QuerySet[Record]:
    """The live records of a model in the order of their names, with no more than a result shows."""
    live = Record.objects.filter(model=model, deleted_at__isnull=True).select_related("connection__tenant")
    return live.only(*SHOWN, *WHOSE).order_by("sort", "id")
