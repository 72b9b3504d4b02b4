"""The reading half of an emulated Homerun: lists, details, and links to files."""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from operator import attrgetter, countOf
from typing import Any

from werkzeug.wrappers import Request, Response

from connectors.emulation import route
from connectors.homerun.emulator_answers import Writer, all_files, meta
from connectors.homerun.emulator_data import Applicant, Vacancy, picture_type
from connectors.homerun.emulator_doors import key_of
from connectors.homerun.emulator_life import Alive

LINK_LIFE = 300
"""Seconds for which a signed link opens a file."""
_VACANCY = attrgetter("vacancy_id")
OLD_INCLUDES = {"location", "department", "stages", "total_candidate_count"}
NEW_INCLUDES = {"page_content", "salaryIndication"}


class Reading(Alive):
    """Homerun in memory: `jobs` and `people` are its truth, newest first; `doors` are the arguments of `Guarded`.

    stage_ids, note_ids, replies, newer_includes: the newer shapes. strict: unknown includes and filters answer 400.
    clamp: perPage out of range is cut to size, else 400. with_meta, top_links: what a list carries beside its rows.
    new_in_stages: whether a vacancy names its stage "New". archived: "gone", "closed" or "listed" under that word.
    notes_refused: what an include of notes does without its scope, 403 or nothing. dates: seconds, micro or offset.
    """

    def __init__(
        self,
        jobs: int = 40,
        people: int = 2000,
        seed: int = 1,
        *,
        stage_ids: bool = True,
        note_ids: bool = True,
        replies: bool = True,
        newer_includes: bool = True,
        strict: bool = True,
        clamp: bool = True,
        with_meta: bool = True,
        top_links: bool = False,
        new_in_stages: bool = True,
        archived: str = "gone",
        notes_refused: bool = True,
        dates: str = "seconds",
        **doors: Any,
    ) -> None:
        super().__init__(jobs, people, seed, **doors)
        self.newer_includes, self.strict, self.clamp = newer_includes, strict, clamp
        self.with_meta, self.top_links = with_meta, top_links
        self.new_in_stages, self.archived, self.notes_refused = new_in_stages, archived, notes_refused
        self.writer = Writer(self._sign, stage_ids=stage_ids, note_ids=note_ids, replies=replies, dates=dates)
        self._origin = ""

    def _answer(self, request: Request) -> Response:
        self._origin = f"{request.scheme}://{request.host}"
        if request.path.startswith("/files/"):
            return self._download(request)
        return super()._answer(request)

    # Reading

    @route("/ping")
    def ping(self, request: Request) -> Response:
        """Whether the key is taken; not wrapped in `data`."""
        return self.json({"pong": True})

    @route("/vacancies", scope="vacancies:read")
    def vacancies(self, request: Request) -> Response:
        """A page of vacancies."""
        allowed = OLD_INCLUDES | (NEW_INCLUDES if self.newer_includes else set())
        refused = self._unknown(request, allowed, {"status"})
        if refused:
            return refused
        asked = _filter(request, "status")
        found = [
            job
            for job in self.jobs
            if self._shown(job) and (asked is None or self._status(job) in (*asked, "archived"))
        ]
        newest = sorted(found, key=attrgetter("created_at"), reverse=True)
        return self._page(request, newest, lambda job: self._vacancy(job, _includes(request) & allowed))

    @route("/vacancies/<vacancy_id>", scope="vacancies:read")
    def vacancy(self, request: Request, vacancy_id: str) -> Response:
        """One vacancy."""
        job = next((job for job in self.jobs if job.id == vacancy_id and self._shown(job)), None)
        if job is None:
            return self.refusal(404)
        allowed = OLD_INCLUDES | (NEW_INCLUDES if self.newer_includes else set())
        refused = self._unknown(request, allowed, set())
        return refused or self.json({"data": self._vacancy(job, _includes(request) & allowed)})

    @route("/job-applications", scope="job-applications:read")
    def applications(self, request: Request) -> Response:
        """A page of applications, newest first."""
        refused = self._unknown(
            request, {"sources", "stage", "vacancy"}, {"vacancy_id", "stage", "hired_after", "disqualified"}
        )
        if refused:
            return refused
        try:
            found = self._filtered(request)
        except ValueError:
            return self.invalid("filter", "hired_after is not a date")
        include = _includes(request)
        return self._page(request, found, lambda person: self._row(person, include))

    @route("/job-applications/<application_id>", scope="job-applications:read")
    def application(self, request: Request, application_id: str) -> Response:
        """One application with all that only its own address shows."""
        person = self.known(application_id)
        if person is None:
            return self.refusal(404)
        include, may = _includes(request), "job-application-notes:read" in self.keys[key_of(request)]
        if "notes" in include and not may and self.notes_refused:
            return self.refusal(403)
        refused = self._unknown(request, {"notes", "sources", "vacancy"}, set())
        if refused:
            return refused
        row = self.writer.detail(person) | self._extras(person, include - {"stage"})
        if "notes" in include and may:
            row["notes"] = [self.writer.note(note) for note in person.notes]
        return self.json({"data": row})

    @route("/job-applications/<application_id>/notes", scope="job-application-notes:read")
    def notes(self, request: Request, application_id: str) -> Response:
        """A page of an application's notes, where they have ids."""
        person = self.known(application_id)
        if person is None or not self.writer.note_ids:
            return self.refusal(404)
        return self._page(request, person.notes, self.writer.note)

    # Inside

    def _unknown(self, request: Request, includes: set[str], filters: set[str]) -> Response | None:
        """A refusal of includes or filters that the endpoint does not have; None where they pass or are ignored."""
        if not self.strict:
            return None
        for name in sorted(_includes(request) - includes):
            return self.invalid("include", f"Requested include(s) `{name}` are not allowed")
        for name in sorted(set(re.findall(r"(?:^|&)filter\[(\w+)]", "&".join(request.args))) - filters):
            return self.invalid("filter", f"Requested filter(s) `{name}` are not allowed")
        return None

    def _page(self, request: Request, rows: list[Any], write: Callable[[Any], dict[str, Any]]) -> Response:
        size = request.args.get("perPage", "15")
        if not re.fullmatch("[0-9]{1,9}", size) or not (self.clamp or 1 <= int(size) <= 100):
            return self.invalid("perPage", "perPage is not between 1 and 100")
        number, count = max(1, request.args.get("page", 1, int)), min(100, max(1, int(size)))
        asked = self.listing(number, count, len(rows))
        shown = [write(row) for row in rows[asked.start : asked.end]]
        body: dict[str, Any] = {"data": shown}
        facts = meta(f"http://{request.host}{request.path}", number, count, asked, len(shown))
        if self.with_meta and asked.total is not None:
            body["meta"] = facts
        if self.top_links:
            links = facts["links"]
            places = {"first": 1, "last": -2, "prev": 0, "next": -1}
            body["links"] = {name: links[place]["url"] for name, place in places.items()}
        return self.json(body)

    def _filtered(self, request: Request) -> list[Applicant]:
        found = self.people
        vacancies, stages = _filter(request, "vacancy_id"), _filter(request, "stage")
        after, out = request.args.get("filter[hired_after]"), request.args.get("filter[disqualified]")
        if vacancies is not None:
            found = [person for person in found if person.vacancy_id in vacancies]
        if stages is not None:
            wanted = {name.casefold() for name in stages}
            found = [person for person in found if person.stage and person.stage.name.casefold() in wanted]
        if after:
            day = date.fromisoformat(after)
            found = [person for person in found if person.hired_at and person.hired_at.date() > day]
        if out is not None:
            found = [person for person in found if person.disqualified == (out in ("true", "1"))]
        return found

    def _shown(self, job: Vacancy) -> bool:
        return job.status != "archived" or self.archived != "gone"

    def _status(self, job: Vacancy) -> str:
        return "closed" if job.status == "archived" and self.archived == "closed" else job.status

    def _vacancy(self, job: Vacancy, include: set[str]) -> dict[str, Any]:
        row = self.writer.vacancy(job, include, lambda: countOf(map(_VACANCY, self.people), job.id))
        row["status"] = self._status(job)
        if "stages" in row and not self.new_in_stages:
            row["stages"] = [stage for stage in row["stages"] if stage["name"] != "New"]
        return row

    def _row(self, person: Applicant, include: set[str]) -> dict[str, Any]:
        return self.writer.row(person) | self._extras(person, include)

    def _extras(self, person: Applicant, include: set[str]) -> dict[str, Any]:
        extras: dict[str, Any] = {}
        if "stage" in include:
            extras["stage"] = self.writer.stage(person.stage)
        if "sources" in include:
            extras["sources"] = [{"name": name} for name in person.sources]
        if "vacancy" in include:
            job = self.job_of(person)
            extras["vacancy"] = self._vacancy(job, set()) if job and self._shown(job) else None
        return extras

    def known(self, application_id: str) -> Applicant | None:
        """An application by its id."""
        return next((person for person in self.people if person.id == application_id), None)

    # Signed links: outside of the API, without a key, for five minutes

    def _sign(self, person: Applicant, place: str) -> str:
        path, expires = f"/files/{person.id}/{place}", int(self.clock()) + LINK_LIFE
        return f"{self._origin}{path}?expires={expires}&signature={_signature(path, expires)}"

    def _download(self, request: Request) -> Response:
        expires = request.args.get("expires", 0, int)
        if request.args.get("signature") != _signature(request.path, expires) or self.clock() > expires:
            return Response("Invalid signature.", status=403, content_type="text/plain")
        _, _, identity, place = request.path.split("/")
        person = self.known(identity)
        files = all_files(person) if person else []
        if place == "photo" and person:
            return Response(person.face, content_type=picture_type(person.face))
        if not place.isdigit() or int(place) >= len(files):
            return Response("Not found.", status=404, content_type="text/plain")
        return Response(files[int(place)].content, content_type="application/octet-stream")


def _signature(path: str, expires: int) -> str:
    return hashlib.blake2s(f"{path}?{expires}".encode(), key=b"emulated", digest_size=16).hexdigest()


def _includes(request: Request) -> set[str]:
    """The values of `include[]`, `include[0]` and `include`."""
    named = [name for name in request.args if re.fullmatch(r"include(\[\d*])?", name)]
    return {value for name in named for value in request.args.getlist(name)}


def _filter(request: Request, name: str) -> list[str] | None:
    value = request.args.get(f"filter[{name}]")
    return None if value is None else value.split(",")
