"""What is said of a person, as CATS takes it."""

from typing import Any

from msgspec import UNSET

from connectors.acting import Acting
from connectors.cats.actions_made import filled
from connectors.mapping import Row
from connectors.unified.actions import CreateApplication, CreateCandidate, UpdateCandidate
from connectors.unified.parts import EmailAddress, Location, PhoneNumber, Position, SocialMedia

PHONES = {"MOBILE": "mobile", "HOME": "home", "PERSONAL": "home", "WORK": "work", "FAX": "fax", "MAIN": "main"}
"""A phone's kind in CATS's words; any other is `other`."""
SHOWN = (
    *("first_name", "last_name", "title", "current_employer", "source"),
    *("address", "country_code", "social_media_urls", "website"),
)
"""What a person's row shows as it was written."""


OWN = (*SHOWN, "emails", "phones", "work_history", "custom_fields")
"""What is told of a person by fields of ours: no request carries it another way."""


def described(acting: Acting, given: CreateCandidate | CreateApplication | UpdateCandidate) -> Row:
    """The fields of a person's own row, those that were given."""
    named = {"first_name": given.first_name, "last_name": given.last_name, "title": given.title}
    plain = {**named, "current_employer": given.company, "source": given.source}
    found = {key: value for key, value in plain.items() if value is not UNSET}
    if given.location is not UNSET:
        found |= _place(acting, given.location)
    if given.social_media is not UNSET:
        found |= _pages(acting, given.social_media)
    return found


def introduced(acting: Acting, given: CreateCandidate | CreateApplication) -> Row:
    """All that is said of somebody new, in one body; the first address is the main one."""
    mails = [mail(each, first=not place) for place, each in enumerate(given.email_addresses)]
    history = [row for each in given.work_history if (row := _position(acting, each))]
    parts = {"emails": mails, "phones": [phone(each) for each in given.phone_numbers], "work_history": history}
    return filled({**described(acting, given), **parts})


def shown(body: Row) -> dict[str, tuple[str, Any]]:
    """Where what was written must stand afterwards."""
    found = {name: (name, body[name]) for name in SHOWN if name in body}
    for part, key in (("emails", "email"), ("phones", "number"), ("work_history", "title")):
        if body.get(part):
            found[part] = (f"_embedded.{part}[].{key}", [row[key] for row in body[part]])
    if body.get("custom_fields"):
        found["custom_fields"] = ("_embedded.custom_fields", body["custom_fields"])
    return {name.replace("_", " "): told for name, told in found.items()}


def mail(address: EmailAddress, *, first: bool) -> Row:
    """An e-mail row."""
    return {"email": address.email_address.strip(), "is_primary": first}


def phone(given: PhoneNumber) -> Row:
    """A phone row."""
    kind = PHONES.get((given.type or "").upper(), "other")
    return filled({"number": given.phone_number.strip(), "type": kind, "extension": given.extension})


def _place(acting: Acting, given: Location | None) -> Row:
    place = given or Location()
    street = ", ".join(filter(None, (place.street_1, place.street_2)))
    line = place.raw if not (street or place.city or place.zip_code) else None
    parts = {"street": street or line, "city": place.city, "state": place.state, "postal_code": place.zip_code}
    code = (place.country or "").strip().upper()
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        acting.warn(f"CATS takes a country as a code of two letters, not as {place.country}")
        return {"address": {key: value or "" for key, value in parts.items()}}
    return {"address": {key: value or "" for key, value in parts.items()}, "country_code": code or None}


def _pages(acting: Acting, given: list[SocialMedia] | None) -> Row:
    """The pages, the first one that is called a website as that."""
    pages = [page for page in given or [] if page.link]
    own = next((page for page in pages if (page.type or "").upper() == "WEBSITE"), None)
    for page in given or []:
        if not page.link:
            acting.warn(f"CATS takes pages by their address: {page.type or 'a page'} of {page.username} has none")
    return {"social_media_urls": [page.link for page in pages if page is not own], "website": own and own.link}


def _position(acting: Acting, given: Position) -> Row | None:
    """An entry of a work history; CATS takes none without title and employer."""
    if not (given.title and given.company):
        acting.warn("CATS takes a position only with its title and employer: one was left out")
        return None
    place = given.location or Location()
    employer = {"linked": False, "name": given.company, "location": filled({"city": place.city, "state": place.state})}
    supervisor = {"linked": False, "name": given.supervisor} if given.supervisor else None
    ended = {} if given.is_current else {"end_date": given.end_date, "reason_for_leaving": given.reason_for_leaving}
    row = {
        "title": given.title,
        "employer": employer,
        "supervisor": supervisor,
        "start_date": given.start_date,
        **ended,
    }
    return filled({**row, "is_current": given.is_current})
