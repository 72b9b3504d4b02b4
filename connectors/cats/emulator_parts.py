"""The writing half of an emulated CATS: a candidate's e-mails, phones and work history."""

from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from connectors.cats.emulator_bodies import Reader, day, mail
from connectors.cats.emulator_truth import Candidate, Mail, Phone, Position
from connectors.cats.emulator_written import Written
from connectors.emulation import route, write

PHONES = ("mobile", "home", "work", "fax", "main", "other")
SHORT, LONG = "/work_history/<int:row>", "/candidates/work_history/<int:row>"


class Parts(Written):
    """Rows below a candidate, which only these addresses change; and the same rows of a new candidate."""

    # E-mails

    def mails(self, reader: Reader) -> list[Mail]:
        """The e-mails of a new candidate, of which exactly one is primary."""
        rows = reader.rows("emails")
        found = [self._mail(row) for row in rows]
        reader.blame(*rows)
        if found and [each.is_primary for each in found].count(True) != 1:
            reader.complain("emails", "must have exactly one primary")
        return found

    def _mail(self, reader: Reader, number: int | None = None) -> Mail:
        address = reader.parsed("email", "valid e-mail", mail)
        if not reader.has("email"):
            reader.complain("email", "must not be optional")
        return Mail(number or next(self.account.small), address or "", bool(reader.take("is_primary", "boolean")))

    @write("/candidates/<int:number>/emails", "POST")
    def post_mail(self, request: Request, number: int) -> Response:
        """POST /candidates/{id}/emails."""
        candidate, reader = self.who(number), self.read(request)
        made = self._mail(reader)
        self.judge(reader)
        self.touch(candidate, mails=[*_yielding(candidate.mails, made), made])
        self.effect("e-mail added", id=made.id, candidate_id=number, email=made.email, is_primary=made.is_primary)
        return self.made(f"/candidates/{number}/emails/{made.id}")

    @write("/candidates/<int:number>/emails/<int:row>", "PUT")
    def put_mail(self, request: Request, number: int, row: int) -> Response:
        """PUT /candidates/{id}/emails/{id}."""
        candidate, reader = self.who(number), self.read(request)
        was = self.found({each.id: each for each in candidate.mails}, row)
        made = self._mail(reader, row)
        self.judge(reader)
        made.is_primary = made.is_primary if reader.has("is_primary") else was.is_primary
        if made != was:
            self.touch(candidate, mails=[made if each.id == row else each for each in _yielding(candidate.mails, made)])
            told = {"email": made.email, "is_primary": made.is_primary}
            self.effect("e-mail changed", id=row, candidate_id=number, **told)
        return self.done()

    # Phones

    def phones(self, reader: Reader) -> list[Phone]:
        """The phones of a new candidate."""
        rows = reader.rows("phones")
        found = [self._phone(row) for row in rows]
        reader.blame(*rows)
        return found

    def _phone(self, reader: Reader, was: Phone | None = None) -> Phone:
        digits = reader.take("number", "string", required=True)
        kind = reader.among("type", "string", PHONES) or (was.type if was else "other")
        extension = reader.take("extension", "string") if reader.has("extension") or not was else was.extension
        return Phone(was.id if was else next(self.account.small), digits or "", kind, extension)

    @write("/candidates/<int:number>/phones", "POST")
    def post_phone(self, request: Request, number: int) -> Response:
        """POST /candidates/{id}/phones."""
        candidate, reader = self.who(number), self.read(request)
        made = self._phone(reader)
        self.judge(reader)
        self.touch(candidate, phones=[*candidate.phones, made])
        self.effect("phone added", id=made.id, candidate_id=number, **_told(made))
        return self.made(f"/candidates/{number}/phones/{made.id}")

    @write("/candidates/<int:number>/phones/<int:row>", "PUT")
    def put_phone(self, request: Request, number: int, row: int) -> Response:
        """PUT /candidates/{id}/phones/{id}."""
        candidate, reader = self.who(number), self.read(request)
        was = self.found({each.id: each for each in candidate.phones}, row)
        made = self._phone(reader, was)
        self.judge(reader)
        if made != was:
            self.touch(candidate, phones=[made if each.id == row else each for each in candidate.phones])
            self.effect("phone changed", id=row, candidate_id=number, **_told(made))
        return self.done()

    @write("/candidates/<int:number>/<any(emails, phones):part>/<int:row>", "DELETE")
    def delete_part(self, request: Request, number: int, part: str, row: int) -> Response:
        """DELETE /candidates/{id}/emails/{id} and …/phones/{id}."""
        candidate = self.who(number)
        name, what = ("mails", "e-mail deleted") if part == "emails" else ("phones", "phone deleted")
        rows: dict[int, Any] = {each.id: each for each in getattr(candidate, name)}
        self.found(rows, row)
        self.touch(candidate, **{name: [each for each in rows.values() if each.id != row]})
        self.effect(what, id=row, candidate_id=number)
        return self.done()

    # Work history

    def history(self, reader: Reader) -> list[Position]:
        """The work history of a new candidate."""
        rows = reader.rows("work_history")
        found = [self._position(row) for row in rows]
        reader.blame(*rows)
        return found

    def _position(self, reader: Reader, number: int | None = None) -> Position:
        found = Position(number or next(self.account.small), "", "", "", None, None, None)
        found.title = reader.take("title", "string", required=True) or ""
        self._employ(reader, found)
        self._supervise(reader, found)
        found.is_verified = bool(reader.take("is_verified", "boolean"))
        current = reader.body.get("is_current")  # documented as text, sent as either
        reader.taken |= {} if current is None else {"is_current": current}
        found.is_current = None if current is None else current in (True, "true", "1")
        found.start, found.end = reader.parsed("start_date", "date", day), reader.parsed("end_date", "date", day)
        found.reason = reader.take("reason_for_leaving", "string")
        if found.is_current:
            found.end = found.reason = None
        return found

    def _employ(self, reader: Reader, position: Position) -> None:
        """Where: a company that is known, or its name and place."""
        employer = reader.inner("employer", required=True)
        if employer is None:
            return
        if employer.take("linked", "boolean", required=True):
            companies = self.account.companies
            position.linked_company = employer.among("company_id", "integer", companies, required=True)
        else:
            position.employer = employer.take("name", "string", required=True) or ""
            place = employer.inner("location") or Reader({})
            position.city = place.take("city", "string") or ""
            position.state = place.take("state", "string")
            employer.blame(place)
        reader.blame(employer)

    def _supervise(self, reader: Reader, position: Position) -> None:
        """Under whom; nobody is a contact in an account without contacts."""
        supervisor = reader.inner("supervisor")
        if supervisor is None:
            return
        if supervisor.take("linked", "boolean", required=True):
            supervisor.among("contact_id", "integer", (), required=True)
        position.supervisor = supervisor.take("name", "string")
        position.supervisor_phone = supervisor.take("phone", "string")
        reader.blame(supervisor)

    @write("/candidates/<int:number>/work_history", "POST")
    def post_position(self, request: Request, number: int) -> Response:
        """POST /candidates/{id}/work_history."""
        candidate, reader = self.who(number), self.read(request)
        made = self._position(reader)
        self.judge(reader)
        self.touch(candidate, history=[*candidate.history, made])
        self.effect("position added", **reader.taken | {"id": made.id, "candidate_id": number})
        return self.made(f"/work_history/{made.id}")

    @route(SHORT)
    def get_position(self, request: Request, row: int) -> Response:
        """GET /work_history/{id}."""
        candidate, position = self._held(row, "short")
        return self.json(self.tell.position(candidate, position))

    @route(LONG)
    def get_position_below(self, request: Request, row: int) -> Response:
        """GET /candidates/work_history/{id}: the other spelling."""
        candidate, position = self._held(row, "long")
        return self.json(self.tell.position(candidate, position))

    @write(SHORT, "PUT")
    def put_position(self, request: Request, row: int) -> Response:
        """PUT /work_history/{id}."""
        return self._rewritten(request, *self._held(row, "short"))

    @write(LONG, "PUT")
    def put_position_below(self, request: Request, row: int) -> Response:
        """PUT /candidates/work_history/{id}."""
        return self._rewritten(request, *self._held(row, "long"))

    @write(SHORT, "DELETE")
    def delete_position(self, request: Request, row: int) -> Response:
        """DELETE /work_history/{id}."""
        return self._forgotten(*self._held(row, "short"))

    @write(LONG, "DELETE")
    def delete_position_below(self, request: Request, row: int) -> Response:
        """DELETE /candidates/work_history/{id}."""
        return self._forgotten(*self._held(row, "long"))

    def _held(self, row: int, spelling: str) -> tuple[Candidate, Position]:
        """A position and who held it; a 404 at a spelling that this account does not have."""
        everybody = self.account.candidates.values() if self.habits.history_path in ("both", spelling) else ()
        found = ((candidate, each) for candidate in everybody for each in candidate.history if each.id == row)
        pair = next(found, None)
        if pair is None:
            raise NotFound("Not found.")
        return pair

    def _rewritten(self, request: Request, candidate: Candidate, was: Position) -> Response:
        reader = self.read(request)
        made = self._position(reader, was.id)
        self.judge(reader)
        if made != was:
            self.touch(candidate, history=[made if each is was else each for each in candidate.history])
            self.effect("position changed", **reader.taken | {"id": was.id, "candidate_id": candidate.id})
        return self.done()

    def _forgotten(self, candidate: Candidate, was: Position) -> Response:
        self.touch(candidate, history=[each for each in candidate.history if each is not was])
        self.effect("position deleted", id=was.id, candidate_id=candidate.id)
        return self.done()


def _yielding(mails: list[Mail], newest: Mail) -> list[Mail]:
    """E-mails that are primary no more where another one is."""
    return [Mail(each.id, each.email, each.is_primary and not newest.is_primary) for each in mails]


def _told(phone: Phone) -> dict[str, Any]:
    return {"number": phone.number, "type": phone.type, "extension": phone.extension}
