"""The writing half of an emulated CATS: candidates, their custom fields, tags and pictures."""

from typing import Any

from werkzeug.exceptions import Conflict, NotFound
from werkzeug.wrappers import Request, Response

from connectors.cats.emulator_bodies import Reader, country, day
from connectors.cats.emulator_parts import Parts
from connectors.cats.emulator_truth import Candidate, Definition, Mail
from connectors.cats.emulator_written import is_on
from connectors.emulation import write

TEXTS = {
    **{name: name for name in ("title", "key_skills", "notes", "source", "current_pay", "desired_pay")},
    "current_employer": "employer",
}
"""Fields that are empty without a value, and what the truth calls them."""
NULLABLE = ("middle_name", "website", "best_time_to_call")
MARKS = {"is_willing_to_relocate": False, "is_active": True, "is_hot": False}
PLACE = ("street", "city", "state", "postal_code")
SOURCES = ("attachment", "gravatar", "disabled")


class Candidates(Parts):
    """POST, PUT and DELETE /candidates, and what is set on one."""

    @write("/candidates", "POST")
    def post_candidate(self, request: Request) -> Response:
        """POST /candidates: `check_duplicate` refuses a primary e-mail that is somebody's."""
        reader = self.read(request)
        values = _nobody() | self._values(reader)
        mails, phones, history = self.mails(reader), self.phones(reader), self.history(reader)
        custom = self._customs(reader)
        reader.take("password", "string")
        self.judge(reader)
        if is_on(request, "check_duplicate"):
            self._refuse_twin(mails)
        reader.taken.pop("password", None)
        owner = reader.body.get("owner_id") or self.habits.api_user
        values |= {"mails": mails, "phones": phones, "history": history, "custom": custom, "owner_id": owner}
        found = self.person(email="", is_registered=bool(reader.body.get("password")), **values)
        self.effect("candidate created", **reader.taken | {"id": found.id})
        return self.made(f"/candidates/{found.id}")

    def _values(self, reader: Reader) -> dict[str, Any]:
        """What a body says about a candidate, by the truth's names; only what it names."""
        found = {name: reader.take(name, "string", required=True) for name in ("first_name", "last_name")}
        texts = {attribute: reader.take(name, "string") or "" for name, attribute in TEXTS.items() if reader.has(name)}
        others = {name: reader.take(name, "string") for name in NULLABLE if reader.has(name)}
        marks = {name: bool(reader.take(name, "boolean")) for name in MARKS if reader.has(name)}
        found |= texts | others | marks
        place = reader.inner("address")
        if place:
            found |= {name: place.take(name, "string") or "" for name in PLACE}
            reader.blame(place)
        if reader.has("country_code"):
            found["country_code"] = reader.parsed("country_code", "country code", country) or ""
        if reader.has("date_available"):
            available = reader.parsed("date_available", "date", day)
            found["date_available"] = available and available.isoformat()
        if reader.has("social_media_urls"):
            found["social"] = reader.take("social_media_urls", "array") or []
            if not all(isinstance(each, str) for each in found["social"]):
                reader.complain("social_media_urls", "must be of type string")
        if reader.among("owner_id", "integer", self.account.users):
            found["owner_id"] = reader.body["owner_id"]
        return found

    def _refuse_twin(self, mails: list[Mail]) -> None:
        mine = {mail.email.casefold() for mail in mails if mail.is_primary}
        for candidate in self.account.candidates.values():
            if mine & {mail.email.casefold() for mail in candidate.mails if mail.is_primary}:
                named = f" ({candidate.id})" if self.habits.duplicate_named else ""
                raise Conflict(f"This is a duplicate of a candidate{named}.")

    @write("/candidates/<int:number>", "PUT")
    def put_candidate(self, request: Request, number: int) -> Response:
        """PUT /candidates/{id}: the names again; e-mails and phones are not touched."""
        candidate, reader = self.who(number), self.read(request)
        values = (_nobody() if self.habits.put_clears else {}) | self._values(reader)
        if reader.has("custom_fields"):
            values["custom"] = candidate.custom | self._customs(reader)
        self.judge(reader)
        changed = {name: value for name, value in values.items() if getattr(candidate, name) != value}
        if changed:
            self.change(candidate, **changed)
            self.effect("candidate changed", id=number, **changed)
        return self.done()

    @write("/candidates/<int:number>", "DELETE")
    def delete_candidate(self, request: Request, number: int) -> Response:
        """DELETE /candidates/{id}: with pipelines, activities and files."""
        candidate = self.who(number)
        gone = [each.id for each in self.account.pipelines.values() if each.candidate_id == number]
        self.delete(candidate)
        self.effect("candidate deleted", id=number, pipelines=gone)
        return self.done()

    # Custom fields

    def _customs(self, reader: Reader) -> dict[int, Any]:
        rows = reader.rows("custom_fields")
        known = {each.id: each for each in self.account.definitions.values() if each.owner == "candidate"}
        found: dict[int, Any] = {}
        for row in rows:
            number = row.among("id", "integer", known, required=True)
            if number in known:
                found[number] = self._custom(row, known[number])
        reader.blame(*rows)
        return found

    def _custom(self, row: Reader, definition: Definition) -> Any:
        """A value as its field's type wants it: choices by their ids."""
        value = row.body.get("value")
        if value is None:
            return None
        chosen = value if isinstance(value, list) else [value]
        match definition.type:
            case "dropdown" | "radio" | "checkboxes":
                right = all(isinstance(each, int) and each in definition.selections for each in chosen)
                right = right and isinstance(value, list) == (definition.type == "checkboxes")
            case "user":
                right = isinstance(value, int) and value in self.account.users
            case "checkbox":
                right = isinstance(value, bool)
            case "number":
                right = isinstance(value, int | float) and not isinstance(value, bool)
            case "date":
                right = isinstance(value, str) and _is_day(value)
            case _:
                right = isinstance(value, str)
        if not right:
            row.complain("value", f"must fit a field of type {definition.type}")
        return value

    @write("/candidates/<int:number>/custom_fields/<int:field>", "PUT")
    def put_custom_field(self, request: Request, number: int, field: int) -> Response:
        """PUT /candidates/{id}/custom_fields/{id}."""
        candidate, reader = self.who(number), self.read(request)
        definition = self.found(self.account.definitions, field)
        if definition.owner != "candidate":
            raise NotFound("Not found.")
        if not reader.has("value"):
            reader.complain("value", "must not be optional")
        value = self._custom(reader, definition)
        self.judge(reader)
        if candidate.custom.get(field) != value:
            self.touch(candidate, custom={**candidate.custom, field: value})
            self.effect("custom field changed", id=field, candidate_id=number, value=value)
        return self.done()

    # Tags: no event tells of them

    @write("/candidates/<int:number>/tags", "PUT")
    def put_tags(self, request: Request, number: int) -> Response:
        """PUT /candidates/{id}/tags: adds."""
        candidate = self.who(number)
        return self._tagged(candidate, list(dict.fromkeys([*candidate.tags, *self._tags(request)])))

    @write("/candidates/<int:number>/tags", "POST")
    def post_tags(self, request: Request, number: int) -> Response:
        """POST /candidates/{id}/tags: replaces all."""
        candidate = self.who(number)
        return self._tagged(candidate, list(dict.fromkeys(self._tags(request))))

    @write("/candidates/<int:number>/tags/<int:tag>", "DELETE")
    def delete_tag(self, request: Request, number: int, tag: int) -> Response:
        """DELETE /candidates/{id}/tags/{id}: a 404 where the candidate does not carry it."""
        candidate = self.who(number)
        self.found(dict.fromkeys(candidate.tags), tag)
        return self._tagged(candidate, [each for each in candidate.tags if each != tag])

    def _tags(self, request: Request) -> list[int]:
        reader = self.read(request)
        rows = reader.rows("tags", required=True)
        found = [row.among("id", "integer", self.account.tags, required=True) for row in rows]
        reader.blame(*rows)
        self.judge(reader)
        return found

    def _tagged(self, candidate: Candidate, tags: list[int]) -> Response:
        added, removed = set(tags) - set(candidate.tags), set(candidate.tags) - set(tags)
        if added or removed:
            self.tag(candidate, *tags)
            self.effect("tags changed", candidate_id=candidate.id, added=sorted(added), removed=sorted(removed))
        return self.done()

    # The picture

    @write("/candidates/<int:number>/thumbnail", "PUT")
    def put_thumbnail(self, request: Request, number: int) -> Response:
        """PUT /candidates/{id}/thumbnail: one of the candidate's attachments, Gravatar's, or none."""
        candidate, reader = self.who(number), self.read(request)
        source = reader.among("source", "string", SOURCES, required=True)
        files, is_own = [file.id for file in candidate.files], source == "attachment"
        attachment = reader.among("attachment_id", "integer", files, required=is_own)
        self.judge(reader)
        picture = (source, attachment if is_own else None)
        if candidate.thumbnail != picture:
            self.touch(candidate, thumbnail=picture)
            self.effect("thumbnail changed", candidate_id=number, source=source, attachment_id=picture[1])
        return self.done()


def _nobody() -> dict[str, Any]:
    """A candidate of whom nothing is said."""
    texts = dict.fromkeys((*TEXTS.values(), *PLACE, "country_code"), "")
    return {**texts, **dict.fromkeys((*NULLABLE, "date_available")), **MARKS, "social": []}


def _is_day(text: str) -> bool:
    try:
        return bool(day(text))
    except ValueError:
        return False
