"""Small readers of CATS's values: each takes what stands in an answer and makes one unified value of it."""

import html
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from connectors.cats import known, words
from connectors.mapping import Beside, Row, as_id
from connectors.paths import at
from connectors.unified.parts import (
    EmailAddress,
    Location,
    Outcome,
    PhoneNumber,
    Position,
    Posting,
    Question,
    SocialMedia,
    Status,
    TeamMember,
    Visibility,
)
from connectors.values import day, instant, text


def flag(value: Any) -> bool | None:
    """A boolean given as one, as a number or as text; None for anything else."""
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(str(value).casefold())


def markup(value: Any) -> str | None:
    """HTML, decoded once where all of its markup came escaped."""
    found = text(value)
    if found and re.search(r"&lt;/?[A-Za-z]", found) and not re.search(r"</?[A-Za-z]", found):
        return html.unescape(found)
    return found


def first_text(*values: Any) -> str | None:
    """The first value that is not blank."""
    return next((found for value in values if (found := text(value))), None)


def first_instant(*values: Any) -> datetime | None:
    """The first value that is there."""
    return next((found for value in values if (found := instant(value))), None)


def place(address: Any, country: Any) -> Location | None:
    """An address and a country code as a location; None where both are empty."""
    street, postal_code, city, state = (text(at(address, name)) for name in ("street", "postal_code", "city", "state"))
    land = text(country)
    line = ", ".join(filter(None, (street, " ".join(filter(None, (postal_code, city))), state, land)))
    if not line:
        return None
    return Location(raw=line, street_1=street, zip_code=postal_code, city=city, state=state, country=land)


def emails(rows: Any, summary: Any) -> list[EmailAddress]:
    """The embedded rows, the primary one first; the summary object where no rows came."""
    if not isinstance(rows, list):
        pairs = [(at(summary, kind), kind.upper()) for kind in ("primary", "secondary")]
    else:
        ordered = sorted(rows, key=lambda row: not flag(row.get("is_primary")))
        pairs = [(row.get("email"), "PRIMARY" if flag(row.get("is_primary")) else "SECONDARY") for row in ordered]
    return [EmailAddress(email_address=found, type=kind) for value, kind in pairs if (found := text(value))]


def phones(rows: Any, summary: Any) -> list[PhoneNumber]:
    """The embedded rows; the summary object where no rows came, whose `cell` is a mobile."""
    if not isinstance(rows, list):
        kinds = (("cell", "MOBILE"), ("home", "HOME"), ("work", "WORK"))
        found = [(text(at(summary, name)), kind) for name, kind in kinds]
        return [PhoneNumber(phone_number=number, type=kind) for number, kind in found if number]
    return [
        PhoneNumber(phone_number=number, type=_upper(row.get("type")), extension=text(row.get("extension")))
        for row in rows
        if (number := text(row.get("number")))
    ]


def _upper(value: Any) -> str | None:
    found = text(value)
    return found.upper() if found else None


def pages(urls: Any, website: Any) -> list[SocialMedia]:
    """A person's pages: the social ones, then the website."""
    links = [found for url in (urls if isinstance(urls, list) else []) if (found := text(url))]
    social = [SocialMedia(link=link, type=words.site_of(_host(link))) for link in links]
    own = text(website)
    return [*social, SocialMedia(link=own, type="WEBSITE")] if own else social


def _host(link: str) -> str:
    try:
        return (urlsplit(link if "//" in link else f"//{link}").hostname or "").casefold()
    except ValueError:
        return ""


def work_history(rows: Any) -> list[Position] | None:
    """Positions held, in CATS's order; None where the answer carries none."""
    return [_position(row) for row in rows] if isinstance(rows, list) else None


def _position(row: Row) -> Position:
    current = flag(row.get("is_current"))
    where = at(row, "employer.location")
    return Position(
        title=text(row.get("title")),
        company=text(at(row, "employer.name")),
        location=place(where, None) if isinstance(where, dict) else None,
        start_date=_day(row.get("start_date")),
        end_date=None if current else _day(row.get("end_date")),
        is_current=current,
        supervisor=text(at(row, "supervisor.name")),
        reason_for_leaving=None if current else text(row.get("reason_for_leaving")),
    )


def _day(value: Any) -> str | None:
    """A date; one that cannot be read is left out rather than losing the whole history."""
    try:
        return day(value)
    except ValueError:
        return None


def visibility(is_published: Any, portal_hidden: Any) -> Visibility | None:
    """Who sees a job's posting: everybody, who has its address, or only CATS's own users."""
    published = flag(is_published)
    if published is None:
        return None
    if not published:
        return Visibility.INTERNAL
    return Visibility.UNLISTED if flag(portal_hidden) else Visibility.PUBLIC


def job_postings(beside: Beside, job_id: Any, title: Any, portal_hidden: Any) -> list[Posting]:
    """A posting for each portal that shows the job."""
    seen = Visibility.UNLISTED if flag(portal_hidden) else Visibility.PUBLIC
    number, name = as_id(job_id), text(title)
    return [
        Posting(remote_id=f"{portal}:{number}", title=name, status=Status.ACTIVE, visibility=seen, url=url)
        for portal, url in known.postings(beside, job_id)
    ]


def hiring_team(owner: Any, recruiter: Any, sourcer: Any) -> list[TeamMember]:
    """Who hires, each person once: the job's owner, recruiter and sourcer."""
    roles: dict[str, list[str]] = {}
    for user, role in ((owner, "HIRING_MANAGER"), (recruiter, "RECRUITER"), (sourcer, "SOURCER")):
        if number := as_id(user):
            roles.setdefault(number, []).append(role)
    return [TeamMember(user_id=user, roles=held) for user, held in roles.items()]


def questions(forms: Any) -> list[Question] | None:
    """The questions of a job's forms, numbered through; None where the answer carries no forms."""
    if not isinstance(forms, list):
        return None
    fields = [field for form in forms for field in _in_order(at(form, "_embedded.fields"))]
    return [_question(index, field) for index, field in enumerate(fields)]


def _in_order(fields: Any) -> list[Row]:
    def position(field: Row) -> int:
        return int(field.get("position") or 0)

    return sorted((field for field in fields or () if isinstance(field, dict)), key=position)


def _question(index: int, field: Row) -> Question:
    options = [_option(answer) for answer in field.get("answers") or ()]
    return Question(
        remote_id=as_id(field.get("id")),
        title=text(field.get("title")),
        description=text(field.get("comment")),
        index=index,
        required=flag(field.get("is_required")),
        format=words.question_format(field.get("type")),
        options=[option for option in options if option],
    )


def _option(answer: Any) -> str | None:
    """A choice of a form field; the key of its text is not published."""
    if not isinstance(answer, dict):
        return text(answer)
    return first_text(*(answer.get(name) for name in ("title", "label", "text", "answer", "value", "name")))


_KINDS = {"candidates": "candidate", "jobs": "job", "companies": "company", "contacts": "contact"}


def about(kind: str, data_item: Any, href: Any) -> str | None:
    """The id of what an activity or a file is about, if that is of this kind (`candidate`, `job`).

    The kind is text in most answers and a number in some; then the link's path tells it.
    """
    named = text(at(data_item, "type"))
    if named is None or named.isdigit():
        named = _KINDS.get(str(href or "").strip("/").partition("/")[0], "")
    return as_id(at(data_item, "id")) if named.casefold() == kind else None


def address_like(value: Any) -> str | None:
    """A user name that is an e-mail address."""
    found = text(value) or ""
    return found if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", found) else None


def reached(beside: Beside, wanted: Outcome, row: Row, history: list[Row]) -> datetime | None:
    """When an application came to its present outcome; None where that is another or the history cannot be read."""
    if known.outcome(beside, row.get("status_id"), at(row, "_embedded.status")) is not wanted:
        return None
    since: datetime | None = None
    for when, status in sorted(steps(history), key=lambda step: step[0]):
        result = known.outcome(beside, status)
        since = None if result is not wanted else since or when
    return since


def steps(history: list[Row]) -> list[tuple[datetime, Any]]:
    """History rows as (time, status); their layout is not published, so a row that cannot be read is left out."""
    found = []
    for row in history:
        status = row.get("to_status_id") or row.get("status_id") or at(row, "_embedded.status.id")
        try:
            when = first_instant(row.get("date_created"), row.get("date_modified"), row.get("date"))
        except ValueError:
            continue
        if when and status:
            found.append((when.astimezone(UTC), status))
    return found
