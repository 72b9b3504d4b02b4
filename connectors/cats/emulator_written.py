"""What all writes to an emulated CATS have in common."""

from typing import Any

from werkzeug.exceptions import BadRequest, abort
from werkzeug.wrappers import Request, Response

from connectors.cats.emulator_answers import HOST
from connectors.cats.emulator_bodies import Reader
from connectors.cats.emulator_changes import Changes
from connectors.cats.emulator_habits import Habits
from connectors.cats.emulator_options import Json
from connectors.cats.emulator_truth import Activity, Candidate, Job


class Written(Changes):
    """Reads bodies, judges them, and answers: 201 with a Location, 204 without a body."""

    def __init__(self, **values: Any) -> None:
        own = {name: values.pop(name) for name in Habits.__slots__ if name in values}
        super().__init__(**values)
        self.habits = Habits(**own)

    def read(self, request: Request) -> Reader:
        """A request's body, which must be a JSON object, `{}` at least."""
        body = request.get_json(force=True, silent=True)
        if not isinstance(body, dict):
            raise BadRequest("The body must be JSON")
        return Reader(body)

    def judge(self, reader: Reader) -> None:
        """Refuse a body that something is wrong with."""
        spellings: dict[str, Json] = {
            "text": {"message": "; ".join(reader.wrong)},
            "list": {"message": reader.wrong},
            "errors": {"message": "The request is not valid.", "errors": reader.wrong},
        }
        if reader.wrong:
            abort(self.json(spellings[self.habits.errors], 400))

    def made(self, path: str) -> Response:
        """201 without a body; the id is in the Location."""
        host = HOST if self.habits.location == "absolute" else ""
        return self._empty(201, {"Location": f"{host}{self.base_path}{path}"})

    def done(self, status: int = 204) -> Response:
        """An answer without a body."""
        return self._empty(status, {})

    def who(self, number: int) -> Candidate:
        """A candidate, else a 404."""
        return self.found(self.account.candidates, number)

    def write_activity(
        self, about: Candidate, kind: str, *, notes: str | None = None, annotation: str | None = None, **more: Any
    ) -> Activity:
        """Something about a candidate, by the user that the key acts as."""
        number, now = next(self.account.large), self.tick()
        author = self.habits.api_user
        values = {"regarding_id": None, "entered_by_id": author, "created": now, "modified": now} | more
        found = Activity(number, ("candidate", about.id), kind, notes, annotation, **values)
        self.account.activities[number] = found
        self.happened("created", found)
        return found

    def log(self, request: Request, about: Candidate, job: Job, annotation: str) -> None:
        """The entry that CATS writes itself, where `create_activity` asks for it."""
        if is_on(request, "create_activity"):
            made = self.write_activity(about, "other", annotation=annotation, regarding_id=job.id)
            self.effect("activity logged", id=made.id, candidate_id=about.id, annotation=annotation)

    def touch(self, candidate: Candidate, **values: Any) -> None:
        """Change something that belongs to a candidate, which may be a change of the candidate."""
        if self.habits.parts_bump:
            self.change(candidate, **values)
            return
        self.tick()
        for name, value in values.items():
            setattr(candidate, name, value)


def is_on(request: Request, name: str) -> bool:
    """Whether a switch of the query is on."""
    return request.args.get(name, "") in ("true", "1")
