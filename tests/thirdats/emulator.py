"""An emulated Harbor: its truth is plain objects that a test may change at will."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from connectors import emulation
from connectors.emulation import route, write
from connectors.emulation_data import imagine_jobs, imagine_people
from tests.thirdats import emulator_truth as truth
from tests.thirdats.emulator_truth import Application, Department, Job, Note, Person, User

SCOPES = frozenset(("jobs", "people", "applications", "directory", "notes", "writing"))


class Emulator(emulation.Emulator):
    """Harbor in memory: jobs, people, applications, users and departments are its truth.

    An access token is good for `token_calls` requests, so that whoever reads a few pages renews it. `scopes`: what the
    client may do; `tokens_given`: how often it asked for a token. `stuck`: every cursor leads to the
    first page.
    """

    base_path = "/v1"
    client_id = "harbor-client"

    def __init__(
        self,
        jobs: int = 12,
        people: int = 150,
        seed: int = 1,
        *,
        scopes: Iterable[str] = SCOPES,
        token_calls: int = 25,
        limit: int = 600,
        per: float = 60,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(limit=limit, per=per, clock=clock)
        self.key = "harbor-secret-0123456789abcdef"
        self.scopes, self.token_calls = set(scopes), token_calls
        self.tokens: dict[str, int] = {}
        self.tokens_given = 0
        self.stuck = False
        self.departments = [Department(1, "Crew"), Department(2, "Deck", 1), Department(3, "Engine", 1)]
        self.users = [User(1, "Anna", "Anker"), User(2, "Bo", "Boei", "admin"), User(3, "Cees", "Kade", active=False)]
        self.jobs = [truth.imagined_job(number, seed, j) for number, j in enumerate(imagine_jobs(seed, jobs), 1)]
        self.people = [truth.imagined_person(number, p) for number, p in enumerate(imagine_people(seed, people), 101)]
        self.applications = [self._application(number, person) for number, person in enumerate(self.people, 1001)]

    @property
    def credentials(self) -> dict[str, str]:
        """What the link form is filled in with."""
        return {"client_id": self.client_id, "client_secret": self.key}

    def _application(self, number: int, person: Person) -> Application:
        job = self.jobs[number % len(self.jobs)]
        made = Application(number, person.id, job.id, job.steps[number % len(job.steps)][0])
        made.result = {0: "hired", 1: "rejected"}.get(number % 9)
        made.created = made.updated = truth.hours_ago(number)
        return made

    # What may happen to it

    def person(self, first_name: str = "Ada", last_name: str = "Lovelace", **values: Any) -> Person:
        """Add a person, who applies for the first job."""
        made = Person(max((each.id for each in self.people), default=100) + 1, first_name, last_name, **values)
        number = max((each.id for each in self.applications), default=1000) + 1
        self.people.append(made)
        self.applications.append(Application(number, made.id, self.jobs[0].id))
        return made

    def delete(self, gone: Person | Job | Application | Department) -> None:
        """Take something away; a person's and a job's applications go with them."""
        rows: list[Any] = next(rows for rows in self._tables() if gone in rows)
        rows.remove(gone)
        if isinstance(gone, Person):
            self.applications = [one for one in self.applications if one.person != gone.id]
        if isinstance(gone, Job):
            self.applications = [one for one in self.applications if one.job != gone.id]

    def _tables(self) -> tuple[list[Any], ...]:
        return self.people, self.jobs, self.applications, self.departments

    # Who may come in

    @route("/oauth/token", "POST")
    def token(self, request: Request) -> Response:
        """An access token for the client."""
        asked = request.get_json(silent=True) or {}
        if asked.get("client_secret") != self.key or asked.get("client_id") != self.client_id or self.revoked:
            return self.refusal(401, "Unknown client")
        self.tokens_given += 1
        token = f"harbor-token-{self.tokens_given:08}"
        self.tokens[token] = self.token_calls
        return self.json({"access_token": token, "expires_in": 60})

    def expire(self) -> None:
        """Let every access token end now."""
        self.tokens.clear()

    def gate(self, request: Request, scope: str | None) -> Response | None:
        """Refuse for the limit, the token and the plan before routing, for the scope afterwards."""
        if request.path.endswith("/oauth/token"):
            return None
        if scope is not None:
            return self.refusal(403, f"The scope {scope} is missing") if scope and scope not in self.scopes else None
        wait = self.spend("account")
        if wait:
            limited = self.refusal(429, "Too many requests")
            limited.headers["Retry-After"] = str(max(1, round(wait)))
            return limited
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.revoked or self.tokens.get(token, 0) <= 0:
            return self.refusal(401, "The access token has expired")
        self.tokens[token] -= 1
        return self.refusal(402, "The Fleet plan opens the API") if self.plan_gone else None

    def refusal(self, status: int, message: str = "") -> Response:
        """Harbor's shape of a refusal."""
        return self.json({"error": message or f"Refused with {status}"}, status)

    def finish(self, request: Request, response: Response) -> Response:
        """The limit, on every answer."""
        response.headers["X-RateLimit-Limit"] = str(self.limit)
        response.headers["X-RateLimit-Remaining"] = str(self.remaining("account"))
        return response

    # Reading

    @route("/me")
    def me(self, request: Request) -> Response:
        """Whose client this is."""
        return self.json({"id": "acme-harbor", "name": "Acme Harbour"})

    @route("/<any(departments, users):kind>", scope="directory")
    def directory(self, request: Request, kind: str) -> Response:
        """A page of departments or users."""
        return self._page(request, getattr(self, kind))

    @route("/users/<int:id_>", scope="directory")
    def show_user(self, request: Request, id_: int) -> Response:
        """One user."""
        return self._one(self.users, id_)

    @route("/jobs", scope="jobs")
    def list_jobs(self, request: Request) -> Response:
        """A page of jobs."""
        return self._page(request, self.jobs)

    @route("/jobs/<int:id_>", scope="jobs")
    def show_job(self, request: Request, id_: int) -> Response:
        """One job."""
        return self._one(self.jobs, id_)

    @route("/people", scope="people")
    def list_people(self, request: Request) -> Response:
        """A page of people."""
        return self._page(request, self.people)

    @route("/people", "POST", scope="people:write")
    def add_person(self, request: Request) -> Response:
        """Refused: this emulator takes no writes."""
        return self.refusal(422, "The name is missing")

    @route("/people/<int:id_>", scope="people")
    def show_person(self, request: Request, id_: int) -> Response:
        """One person."""
        return self._one(self.people, id_)

    @route("/people/<int:id_>/files", scope="people")
    def show_files(self, request: Request, id_: int) -> Response:
        """A person's files."""
        return self._hanging(id_, "files", ("id", "name", "kind", "mime"))

    @route("/people/<int:id_>/notes", scope="notes")
    def show_notes(self, request: Request, id_: int) -> Response:
        """A person's notes."""
        return self._hanging(id_, "notes", ("id", "body", "by", "private"))

    @route("/applications", scope="applications")
    def list_applications(self, request: Request) -> Response:
        """A page of applications."""
        return self._page(request, self.applications)

    @route("/applications/<int:id_>", scope="applications")
    def show_application(self, request: Request, id_: int) -> Response:
        """One application."""
        return self._one(self.applications, id_)

    # Writing

    @write("/people/<int:id_>/notes", "POST", scope="writing")
    def add_note(self, request: Request, id_: int) -> Response:
        """A note by the first user."""
        person = next((person for person in self.people if person.id == id_), None)
        said = request.get_json(silent=True) or {}
        if person is None or not said.get("body"):
            return self.refusal(422 if person else 404, "The body is missing" if person else "There is nobody here")
        number = max((note.id for each in self.people for note in each.notes), default=0) + 1
        person.notes.append(Note(number, said["body"], private=bool(said.get("private"))))
        self.effect("note added", id=number, person=id_)
        return self.json({"id": number}, 201)

    @write("/applications/<int:id_>", "PUT", scope="writing")
    def put_application(self, request: Request, id_: int) -> Response:
        """Another step of the job."""
        found = next((one for one in self.applications if one.id == id_), None)
        step = (request.get_json(silent=True) or {}).get("step")
        if found is None:
            return self.refusal(404, "There is nothing here")
        if step not in dict(next(job for job in self.jobs if job.id == found.job).steps):
            return self.refusal(422, "The job has no such step")
        if found.step != step:
            found.step = step
            self.effect("application moved", id=id_, step=step)
        return self.json(found.row())

    def _page(self, request: Request, rows: list[Any]) -> Response:
        """A page that begins where the cursor says; the cursor is a place, so that a row removed slides one past it."""
        start, size = 0 if self.stuck else request.args.get("after", 0, int), request.args.get("per", 20, int)
        end = start + size
        body = {"items": [row.row() for row in rows[start:end]], "total": len(rows)}
        return self.json({**body, "next": str(end) if end < len(rows) else None})

    def _one(self, rows: list[Any], id_: int) -> Response:
        found = next((row for row in rows if row.id == id_), None)
        return self.json(found.row()) if found else self.refusal(404, "There is nothing here")

    def _hanging(self, id_: int, kind: str, names: tuple[str, ...]) -> Response:
        person = next((person for person in self.people if person.id == id_), None)
        if person is None:
            return self.refusal(404, "There is nobody here")
        items = [{**{name: getattr(item, name) for name in names}, "person": id_, "created": truth.time(item.created)}
                 for item in getattr(person, kind)]  # fmt: skip
        return self.json({"items": items})
