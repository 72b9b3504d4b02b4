"""The writing half of an emulated CATS: activities, which are its notes."""

from typing import Any

from werkzeug.wrappers import Request, Response

from connectors.cats.emulator_bodies import Reader, instant
from connectors.cats.emulator_words import TYPES_OF_ACTIVITY
from connectors.cats.emulator_written import Written
from connectors.emulation import write


class Activities(Written):
    """POST /candidates/{id}/activities, PUT and DELETE /activities/{id}."""

    @write("/candidates/<int:number>/activities", "POST")
    def post_activity(self, request: Request, number: int) -> Response:
        """POST /candidates/{id}/activities: by the user that the key acts as."""
        candidate, reader = self.who(number), self.read(request)
        values = self._said(reader)
        self.judge(reader)
        made = self.write_activity(candidate, values.pop("type"), **values)
        told = {"type": made.type, "note": made.notes, "regarding_id": made.regarding_id}
        self.effect("activity added", id=made.id, candidate_id=number, date=made.date.isoformat(), **told)
        return self.made(f"/activities/{made.id}")

    def _said(self, reader: Reader) -> dict[str, Any]:
        """What a body says, by the truth's names; only what it names."""
        found = {
            "type": reader.among("type", "string", TYPES_OF_ACTIVITY, required=True),
            "regarding_id": reader.among("regarding_id", "integer", self.account.jobs),
            "notes": reader.take("notes", "string"),
            "dated": reader.parsed("date", "date", instant),
        }
        named = {"dated": "date"}
        return {name: value for name, value in found.items() if reader.has(named.get(name, name))}

    @write("/activities/<int:number>", "PUT")
    def put_activity(self, request: Request, number: int) -> Response:
        """PUT /activities/{id}."""
        activity, reader = self.found(self.account.activities, number), self.read(request)
        values = self._said(reader)
        self.judge(reader)
        changed = {name: value for name, value in values.items() if getattr(activity, name) != value}
        if changed:
            self.change(activity, **changed)
            self.effect("activity changed", id=number, **{name: str(value) for name, value in changed.items()})
        return self.done()

    @write("/activities/<int:number>", "DELETE")
    def delete_activity(self, request: Request, number: int) -> Response:
        """DELETE /activities/{id}."""
        self.delete(self.found(self.account.activities, number))
        self.effect("activity deleted", id=number)
        return self.done()
