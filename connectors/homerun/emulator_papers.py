"""What an emulated Homerun takes beside an application: notes, files and photos."""

from collections.abc import Iterable
from typing import Any, NoReturn

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import abort
from werkzeug.wrappers import Request, Response

from connectors.emulation import write
from connectors.emulation_effects import digest
from connectors.homerun.emulator_bodies import FILE, NOTE, Body, Known, sent, wrong
from connectors.homerun.emulator_data import Applicant, File, Note, new_id, picture_type
from connectors.homerun.emulator_habits import Habits
from connectors.homerun.emulator_reading import Reading

MEGABYTE = 1024 * 1024
LARGEST_FILE, LARGEST_PHOTO = 25 * MEGABYTE, 5 * MEGABYTE


class Papers(Reading):
    """Notes, files and photos, with the habits of everything that is written."""

    def __init__(self, *args: Any, **values: Any) -> None:
        own = {name: values.pop(name) for name in Habits.__slots__ if name in values}
        super().__init__(*args, **values)
        self.habits = Habits(**own)

    def applicant(self, application_id: str) -> Applicant:
        """An application by its id, else a 404."""
        return self.known(application_id) or abort(self.refusal(404))

    def refuse(self, param: str, status: int = 400, message: str = "") -> NoReturn:
        """Refuse one parameter."""
        abort(self.invalid(param, message, status))

    @write("/job-applications/<application_id>/notes", "POST", scope="job-application-notes:write")
    def add_note(self, request: Request, application_id: str) -> Response:
        """A note under any name; its text is kept as it is."""
        person, body = self.applicant(application_id), sent(request, NOTE)
        self.judge(body, NOTE, ("note", "display_name"))
        text, author = self._short(body["note"]), body["display_name"]
        now, identity = self.tick(), new_id(self.dice, "nt_")
        made = Note(identity, text, author, now, now, bool(body.get("is_sensitive")))
        person.notes.append(made)
        said = {"note": text, "display_name": author, "is_sensitive": made.is_sensitive}
        self.effect("note added", id=identity, application_id=person.id, **said)
        return self.json({"data": self.writer.note(made)}, 201)

    def judge(self, body: Body, known: Known, required: Iterable[str]) -> None:
        """Refuse a body that lacks or misspells something."""
        details = wrong(body, known, required)
        if details:
            abort(self.refusal(400, details=details))

    def _short(self, text: str) -> str:
        limit = self.habits.note_limit
        if limit and len(text) > limit and not self.habits.notes_cut:
            self.refuse("note", message=f"note may not be greater than {limit} characters")
        return text[: limit or None]

    @write("/job-applications/<application_id>/files", "POST", scope="job-application-files:write")
    def add_file(self, request: Request, application_id: str) -> Response:
        """One file, multipart, of type resume or assignment."""
        person = self.applicant(application_id)
        kind, part = request.form.get("type"), request.files.get("file")
        self.judge({"type": kind, "file": part}, FILE, FILE)
        content, name = self._content(part, LARGEST_FILE), _name(part)
        if self.habits.endings and not name.casefold().endswith(self.habits.endings):
            self.refuse("file")
        file = File(name, str(kind), content)
        what = "file replaced" if self._file(person, file) else "file added"
        self.effect(what, application_id=person.id, name=file.name, type=file.type, **_measures(content))
        return self.json({"data": self.writer.file(person, file)})

    def _file(self, person: Applicant, file: File) -> bool:
        """Put a file to a person's own; whether it took the place of another."""
        places = [place for place, each in enumerate(person.files) if each.type == file.type == "resume"]
        if not places or not self.habits.resumes_replace:
            person.files.append(file)
            return False
        person.files[places[0]] = file
        return True

    @write("/job-applications/<application_id>/photo", "POST", scope="job-application-files:write")
    def put_photo(self, request: Request, application_id: str) -> Response:
        """A picture in the place of any other."""
        person, part = self.applicant(application_id), request.files.get("file")
        self.judge({"file": part}, FILE, ("file",))
        content = self._content(part, LARGEST_PHOTO)
        if not picture_type(content):
            self.refuse("file")
        if not person.photo or person.face != content:
            person.photo, person.face = True, content
            self.effect("photo replaced", application_id=person.id, **_measures(content))
        return self.json({"data": self.writer.row(person)})

    def _content(self, part: FileStorage | None, most: int) -> bytes:
        content = part.stream.read() if part else b""
        if len(content) > most:
            self.refuse("file", self.habits.oversize_status, f"file may not be greater than {most // MEGABYTE} MB")
        return content


def _measures(content: bytes) -> dict[str, Any]:
    return {"size": len(content), "sha256": digest(content)}


def _name(part: FileStorage | None) -> str:
    """A file's own name: PHP forgets the folders before it."""
    return ((part and part.filename) or "").replace("\\", "/").rpartition("/")[2]
