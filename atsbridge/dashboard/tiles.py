"""The cards of a board, each with the move that is under way, or went wrong a moment ago."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from atsbridge.actions.models import OPEN, Action, State, Touched
from atsbridge.dashboard.states import look
from atsbridge.records.board import Board, Tile
from atsbridge.records.ids import record_id
from atsbridge.records.models import Record
from atsbridge.tenants.access import Request

MOVES = ("move_application", "reject_application", "hire_application")
FRESH = timedelta(hours=1)
"""How long a card shows that its move went wrong."""
WRONG = (State.REFUSED, State.FAILED, State.UNKNOWN, State.EXPIRED)


class Moves:
    """The last move of each of some applications: one look-up; none for who may not see actions."""

    def __init__(self, request: Request, applications: Iterable[UUID]) -> None:
        self.request, self.acts = request, "act" in request.rights
        self.last: dict[UUID, Action] = {}
        for each in _touched(applications) if self.acts else ():
            self.last[each.record] = each.action

    def pending(self, application: Record) -> UUID | None:
        """The stage that it is moving to; None where it is not."""
        action = self.last.get(application.id)
        if action is None or action.state not in OPEN:
            return None
        stage = json.loads(action.input).get("stage_id")
        return record_id(action.connection_id, "application_stage", stage) if stage else application.stage

    def tile(self, tile: Tile) -> dict[str, Any]:
        """One card as `components/tile.html` takes it."""
        person, application, slug = tile.candidate, tile.application, self.request.tenant.slug
        name = (person.title or f"No name ({person.remote_id})") if person else "Not read yet"
        where = ("candidates", person.id) if person else ("applications", application.id)
        move = reverse("act", args=[slug, "applications", application.id, "move_application"])
        return {
            "id": application.id,
            "name": name,
            "address": reverse("record", args=[slug, *where]),
            "sub": application.source or (person.source if person else "") or "No source",
            "stay": tile.stay,
            "state": application.status,
            "stage": self.pending(application) or application.stage,
            "here": application.stage,
            "move": move if self.acts else "",
            **self._told(application),
        }

    def _told(self, application: Record) -> dict[str, Any]:
        """What there is to say about its last move."""
        action = self.last.get(application.id)
        if action is None or not (action.state in OPEN or _fresh(action)):
            return {}
        why = reverse("action", args=[self.request.tenant.slug, action.pk])
        word = look(action.state).word.lower()
        if action.state in OPEN:
            return {"pending": f"Moving, {word}", "why": why}
        return {"refused": f"Move {word}", "words": action.error, "why": why}


def _touched(applications: Iterable[UUID]) -> Iterable[Touched]:
    rows = Touched.objects.filter(
        record__in=list(applications), action__kind__in=MOVES, action__rehearsal=False,
        action__created_at__gt=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    return rows.select_related("action").order_by("action__order")


def _fresh(action: Action) -> bool:
    return action.state in WRONG and action.ended_at is not None and action.ended_at > timezone.now() - FRESH


def columns(board: Board, moves: Moves) -> list[dict[str, Any]]:
    """The board's columns with their cards; one that moves stands where it moves to, first and counted there."""
    counts = {column.stage: column.count for column in board.columns}
    cards: dict[UUID, list[dict[str, Any]]] = {stage: [] for stage in counts}
    for column in board.columns:
        for tile in column.tiles:
            card = moves.tile(tile)
            stage = card["stage"] if card["stage"] in cards else column.stage
            if stage == column.stage:
                cards[stage].append(card)
            else:
                cards[stage].insert(0, card)
                counts[stage] += 1
                counts[column.stage] -= 1
    return [{"column": each, "count": counts[each.stage], "tiles": cards[each.stage]} for each in board.columns]
