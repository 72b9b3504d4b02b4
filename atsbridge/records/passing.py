"""Stages that an application passed between two looks: the provider's own history tells them afterwards."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from atsbridge.records import history
from atsbridge.records.ids import reference
from atsbridge.records.models import NONE, Change, Record, Total
from atsbridge.records.writing import Writing
from connectors.base import Connector, Resource
from connectors.mapping import Sources


@dataclass(frozen=True, slots=True)
class Step:
    """An application came to a stage, as the provider's history has it; `remote` is the stage's id there."""

    stage: UUID
    remote: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """We saw an application come to a stage, or stand there at first."""

    stage: UUID
    at: datetime


def steps(connector: type[Connector], resource: Resource, record: Record, sources: Sources) -> list[Step]:
    """The provider's history of an application in order; one that says the same stage twice in a row is one step."""
    told = sorted(connector.steps(resource, sources), key=lambda step: step[1])
    found = [Step(reference(record.connection_id, "application_stage", stage), stage, when) for stage, when in told]
    return found[:1] + [step for before, step in pairwise(found) if before.stage != step.stage]


def unsaid(record: Record) -> list[Step]:
    """What the provider's history of an application tells beyond the moves that we saw ourselves."""
    resource = record.connection.speaks.home(record.model)
    found = steps(record.connection.speaks, resource, record, json.loads(record.remote)) if resource else []
    moves = list(Change.objects.filter(record=record.id, kind="stage_changed").order_by("id")) if found else []
    met = matched(found, seen(record, moves)) if found else {}
    return [step for place, step in enumerate(found) if place not in met]


def seen(record: Record, moves: Sequence[Change]) -> list[Seen]:
    """The stages in which we saw an application, first to last. moves: its `stage_changed` events in order."""
    own = [move for move in moves if not _passed(move)]
    first = own[0].from_stage if own else record.stage
    return [Seen(first, record.first_seen_at), *(Seen(move.stage, move.at) for move in own)]


def matched(history_: Sequence[Step], looks: Sequence[Seen]) -> dict[int, int]:
    """Which step of the history each look met: `{place in the history: place among the looks}`.

    A look met the last step into its stage that had been taken by then; where the clocks disagree, the last one at all.
    """
    found: dict[int, int] = {}
    end = len(history_)
    for number, look in reversed(list(enumerate(looks))):
        same = [place for place in range(end) if history_[place].stage == look.stage]
        place = next((place for place in reversed(same) if history_[place].when <= look.at), same[-1] if same else None)
        if place is not None:
            found[place] = number
            end = place
    return found


def told(moves: Iterable[Change]) -> set[tuple[UUID, datetime]]:
    """The passed stages that were announced already."""
    return {(move.stage, datetime.fromisoformat(_after(move)["when"])) for move in moves if _passed(move)}


def announce(writing: Writing, record: Record, history_: Sequence[Step]) -> None:
    """Announce the stages that were passed between looks, each once, before the move that ended there.

    What came before the first look is news only where readers followed already.
    """
    since = Total.objects.filter(connection=record.connection_id, model="application").values_list("listed_at").first()
    if not history_ or not since or since[0] is None:
        return
    moves = list(Change.objects.filter(record=record.id, kind="stage_changed").order_by("id"))
    new = [each for each in writing.events if each.record == record.id and each.kind == "stage_changed"]
    looks = seen(record, [*moves, *new])
    met, known = matched(history_, looks), told(moves)
    _date(history_, met, new, len(looks))
    first = next((place for place, number in met.items() if number == 0), len(history_))
    followed = min(since[0], record.first_seen_at)
    passed = [
        _event(writing, record, history_, place)
        for place, step in enumerate(history_[: max(met, default=0)])
        if place not in met and (place > first or step.when > followed) and (step.stage, step.when) not in known
    ]
    before = writing.events.index(new[0]) if new else len(writing.events)
    writing.events[before:before] = passed


def _date(history_: Sequence[Step], met: dict[int, int], new: Sequence[Change], looks: int) -> None:
    """Give the moves of this transaction the provider's own time."""
    for place, number in met.items():
        ago = looks - number
        if ago <= len(new):
            move = new[-ago]
            move.after = history.text({**_after(move), "when": history_[place].when})


def _event(writing: Writing, record: Record, history_: Sequence[Step], place: int) -> Change:
    step, before = history_[place], history_[place - 1] if place else None
    move = history.moved(writing.hold, record, before.remote if before else None, step.remote, NONE)
    move.stage, move.from_stage = step.stage, before.stage if before else NONE
    move.after = history.text({"current_stage_id": step.remote, "when": step.when, "passed": True})
    move.cause = "history"
    return move


def _after(move: Change) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(move.after or "{}")
    return found


def _passed(move: Change) -> bool:
    return bool(_after(move).get("passed"))
