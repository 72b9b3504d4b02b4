"""Changes of a person in CATS: the row by read, merge and write, e-mails, phones and fields at addresses of their
own."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import UNSET

from connectors.acting import REPEATABLE, Acting, Done, Look, Lost, Write, Wrote
from connectors.cats import actions_fields as fields
from connectors.cats import hal
from connectors.cats.actions_made import CANDIDATES, number
from connectors.cats.actions_person import described, mail, phone, shown
from connectors.errors import NotFound, Rejected
from connectors.mapping import Row, as_id
from connectors.unified.actions import UpdateCandidate

KEPT = (
    *("first_name", "middle_name", "last_name", "title", "website", "current_employer", "key_skills", "notes"),
    *("source", "current_pay", "desired_pay", "address", "country_code", "social_media_urls", "best_time_to_call"),
    *("date_available", "is_willing_to_relocate", "is_active", "is_hot", "owner_id"),
)
"""What a PUT of a person carries, for nobody says what becomes of that which it leaves out."""
type Step = tuple[str, Write, Lost]


def update(acting: Acting, given: UpdateCandidate) -> Done:
    """What was given: first the row, then each part."""
    person = given.candidate_id
    row = acting.connector.row(acting.connector.resource(CANDIDATES), person)
    if row is None:
        raise NotFound(f"CATS has no candidate {person}", status=404)
    before = acting.recall("before", lambda: {part: _rows(acting, row, part) for part in ("emails", "phones")})
    custom = acting.recall("fields", lambda: fields.resolved(acting, given.custom_fields or {}))
    body = described(acting, given)
    steps = [*_row(given, row, body), *_mails(acting, given, before), *_phones(acting, given, before)]
    steps += _fields(person, custom)
    if not steps:
        raise Rejected("Nothing of this is to be changed in CATS")
    for place, (name, write, lost) in enumerate(steps):
        (acting.also if place else acting.once)(name, write, lost=lost)
    return Done(person, ((CANDIDATES, person),), shown(body | _parts(given, custom)))


def _rows(acting: Acting, row: Row, part: str) -> list[Row]:
    """The rows of a part, which not every account shows with the person."""
    shown = hal.part(row, part)
    path = f"{CANDIDATES}/{row.get('id')}/{part}"
    return hal.every(acting.connector.talk, path, part) if shown is None else shown


def _row(given: UpdateCandidate, row: Row, body: Row) -> Iterator[Step]:
    """The row as it is now, with what was given put in: sent again, it is read and merged again."""
    if body or given.remote_data:
        kept = {key: row[key] for key in KEPT if row.get(key) not in (None, "", [])}
        yield "change", Write("PUT", f"{CANDIDATES}/{given.candidate_id}", body=kept | body), REPEATABLE


def _mails(acting: Acting, given: UpdateCandidate, before: dict[str, list[Row]]) -> Iterator[Step]:
    """Addresses that are new, then the main one, then those that are no more."""
    if given.email_addresses is UNSET:
        return
    path, known = f"{CANDIDATES}/{given.candidate_id}/emails", {_plain(row["email"]): row for row in before["emails"]}
    wanted = {_plain(each.email_address): mail(each, first=not n) for n, each in enumerate(given.email_addresses)}
    for count, (address, body) in enumerate(wanted.items(), 1):
        row = known.get(address)
        if row is None:
            yield f"e-mail {count}", Write("POST", path, body=body), _arrival(acting, path, "emails", "email", address)
        elif body["is_primary"] and not row.get("is_primary"):
            yield f"e-mail {count}", Write("PUT", f"{path}/{row['id']}", body=body), REPEATABLE
    yield from _removed("e-mail", path, (row for address, row in known.items() if address not in wanted))


def _phones(acting: Acting, given: UpdateCandidate, before: dict[str, list[Row]]) -> Iterator[Step]:
    """Numbers that are new or of another kind, then those that are no more."""
    if given.phone_numbers is UNSET:
        return
    path, known = f"{CANDIDATES}/{given.candidate_id}/phones", {_plain(row["number"]): row for row in before["phones"]}
    wanted = {_plain(each.phone_number): phone(each) for each in given.phone_numbers}
    for count, (digits, body) in enumerate(wanted.items(), 1):
        row = known.get(digits)
        if row is None:
            yield f"phone {count}", Write("POST", path, body=body), _arrival(acting, path, "phones", "number", digits)
        elif any(row.get(key) != value for key, value in body.items()):
            yield f"phone {count}", Write("PUT", f"{path}/{row['id']}", body=body), REPEATABLE
    yield from _removed("phone", path, (row for digits, row in known.items() if digits not in wanted))


def _fields(person: str, custom: dict[str, Any]) -> Iterator[Step]:
    for field, value in custom.items():
        write = Write("PUT", f"{CANDIDATES}/{person}/custom_fields/{field}", body={"value": value})
        yield f"field {field}", write, REPEATABLE


def _removed(name: str, path: str, rows: Iterable[Row]) -> Iterator[Step]:
    for count, row in enumerate(rows, 1):
        yield f"{name} away {count}", Write("DELETE", f"{path}/{row['id']}"), REPEATABLE


def _arrival(acting: Acting, path: str, part: str, key: str, value: str) -> Look:
    """Look for a row by its value, which was not there before."""

    def look() -> Wrote | None:
        rows = hal.every(acting.connector.talk, path, part)
        return next((Wrote(as_id(row.get("id")) or "") for row in rows if _plain(row.get(key)) == value), None)

    return look


def _parts(given: UpdateCandidate, custom: dict[str, Any]) -> Row:
    """The parts as a creation would name them, so that what shows can be compared."""
    mails = [] if given.email_addresses is UNSET else [mail(each, first=False) for each in given.email_addresses]
    phones = [] if given.phone_numbers is UNSET else [phone(each) for each in given.phone_numbers]
    rows = [{"id": number(field), "value": value} for field, value in custom.items()]
    return {"emails": mails, "phones": phones, "custom_fields": rows}


def _plain(value: Any) -> str:
    return str(value).strip().casefold()
