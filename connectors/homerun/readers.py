"""Homerun's words in ours: literal tables, and small readers that answer None for nothing."""

from collections import Counter
from hashlib import blake2s
from typing import Any

from connectors.mapping import Beside, Row
from connectors.unified.parts import (
    Answer,
    EmailAddress,
    FileType,
    JobStatus,
    Location,
    Outcome,
    PhoneNumber,
    SocialMedia,
    Visibility,
)
from connectors.values import text

JOB_STATUS = {
    "public": JobStatus.OPEN,
    "private": JobStatus.OPEN,  # open, but found only by who was given the link
    "closed": JobStatus.CLOSED,
    "draft": JobStatus.DRAFT,
    "archived": JobStatus.ARCHIVED,  # not in the published list of values, but a state of the product
}
VISIBILITY = {"public": Visibility.PUBLIC, "private": Visibility.UNLISTED}
REMOTE_WORK = {"remote": "REMOTE", "on-site": "ON_SITE", "hybrid": "HYBRID"}
EMPLOYMENT = {
    "Full-time": "FULL_TIME",
    "Full-time / Part-time": "FULL_TIME",
    "Part-time": "PART_TIME",
    "Contracted": "CONTRACT",
    "Seasonal": "SEASONAL",
    "Internship": "INTERNSHIP",
    "Traineeship": "INTERNSHIP",
}
PERIOD = {"year": "YEAR", "month": "MONTH", "week": "WEEK", "day": "DAY", "hour": "HOUR"}
QUESTION_FORMAT = {"text": "TEXT", "file": "FILE"}
BETWEEN = ", "
"""What stands between the sources of a person."""
PAGES = ("linkedin", "github", "facebook", "twitter", "website", "skype")


# Jobs


def job_status(value: Any) -> JobStatus | None:
    """OPEN, CLOSED, DRAFT, ARCHIVED; raises ValueError for a word that is not known, so that it is seen."""
    if value is None:
        return None
    if value not in JOB_STATUS:
        raise ValueError(f"{value!r} is not a status that Homerun documents")
    return JOB_STATUS[value]


def visibility(value: Any) -> Visibility | None:
    """PUBLIC or UNLISTED; None for jobs that take nobody."""
    return VISIBILITY.get(str(value))


def remote_work(location_type: Any, is_remote: Any) -> str | None:
    """Where the work is done; the older flag where the newer word is missing."""
    word = text(location_type)
    if word is None:
        return "REMOTE" if is_remote is True else None
    return REMOTE_WORK.get(word.lower(), word)


def employment(value: Any) -> str | None:
    """Kombo's word for the type, else Homerun's own."""
    word = text(value)
    return None if word is None else EMPLOYMENT.get(word, word)


def first_text(*values: Any) -> str | None:
    """The first that is not blank, untouched: a description keeps its white space."""
    return next((str(value) for value in values if text(value)), None)


def amount(value: Any) -> float | None:
    """A decimal text like "45000.00"; raises ValueError for anything else."""
    return None if value in (None, "") else float(value)


def single_amount(value: Any, maximum: Any) -> float | None:
    """The salary where no upper end is named."""
    return amount(value) if maximum in (None, "") else None


def lower_amount(value: Any, maximum: Any) -> float | None:
    """The lower end where an upper one is named."""
    return None if maximum in (None, "") else amount(value)


def upper(value: Any) -> str | None:
    """Text in capitals."""
    word = text(value)
    return word.upper() if word else None


def period(value: Any) -> str | None:
    """YEAR, MONTH, WEEK, DAY, HOUR, else Homerun's own word."""
    word = text(value)
    return None if word is None else PERIOD.get(word.lower(), word)


def country(value: Any) -> str | None:
    """Two letters as a code, anything else as it was written."""
    word = text(value)
    return word.upper() if word and len(word) == 2 and word.isascii() and word.isalpha() else word


def place(value: Any) -> Location | None:
    """A vacancy's location; its name is the place in one line."""
    if not isinstance(value, dict):
        return None
    found = Location(
        raw=text(value.get("name")),
        street_1=text(value.get("address")),
        zip_code=text(value.get("postal_code")),
        city=text(value.get("city")),
        state=text(value.get("region")),
        country=country(value.get("country")),
    )
    return None if found == Location() else found


# Stages: by id where the account has ids, else by trimmed name


def stage_id(stage: Any) -> str | None:
    """What a stage is known by."""
    if not isinstance(stage, dict):
        return None
    return text(stage.get("id")) or text(stage.get("name"))


def stages_of_job(row: Any, beside: Beside) -> list[Row]:
    """A vacancy's stages with their places; the first of equal ones counts."""
    found: dict[str, Row] = {}
    stages = row.get("stages")
    for index, stage in enumerate(stages if isinstance(stages, list) else []):
        key = stage_id(stage)
        if key is not None:
            sub_row = {"job_id": row.get("id"), "stage_id": key, "index": index, "name": text(stage.get("name"))}
            found.setdefault(key, sub_row)
    return list(found.values())


def joined(*values: Any) -> str | None:
    """Ids joined by colons; None where one is missing."""
    return None if None in values else ":".join(str(value) for value in values)


# People


def one_address(value: Any) -> list[EmailAddress]:
    """The one address; none after anonymisation."""
    word = text(value)
    return [EmailAddress(email_address=word)] if word else []


def one_number(value: Any) -> list[PhoneNumber]:
    """The one number, in its owner's spelling."""
    word = text(value)
    return [PhoneNumber(phone_number=word)] if word else []


def home(city: Any, land: Any) -> Location | None:
    """Where the person lives."""
    found = Location(city=text(city), country=country(land))
    return None if found == Location() else found


def source_names(value: Any) -> str | None:
    """The names of the sources, in order."""
    names = [text(source.get("name")) for source in value or [] if isinstance(source, dict)]
    return BETWEEN.join(name for name in names if name) or None


def pages(*values: Any) -> list[SocialMedia]:
    """The person's pages elsewhere; Skype is a name, all others are links."""
    found = {kind: text(value) for kind, value in zip(PAGES, values, strict=True)}
    return [
        SocialMedia(type=kind.upper(), username=word) if kind == "skype" else SocialMedia(type=kind.upper(), link=word)
        for kind, word in found.items()
        if word
    ]


def custom(value: Any) -> dict[str, Any] | None:
    """The customer's own keys and values."""
    return value if isinstance(value, dict) and value else None


# Applications


def if_applied(application: Any, vacancy: Any) -> Any:
    """The application's id where it names a vacancy; people in the pool have none."""
    return application if text(vacancy) else None


def outcome(disqualified: Any, hired_at: Any) -> Outcome:
    """From the flags, for stages can be renamed: disqualified comes first, whatever the stage says."""
    if disqualified:
        return Outcome.DECLINED
    return Outcome.HIRED if hired_at else Outcome.PENDING


def reason(value: Any) -> str | None:
    """The name of a disqualification reason."""
    return text(value.get("name")) if isinstance(value, dict) else text(value)


def reason_if_declined(disqualified: Any, value: Any) -> str | None:
    """The reason of somebody who is disqualified now."""
    return reason(value) if disqualified else None


def answers(value: Any) -> list[Answer] | None:
    """What was answered; of a file its name, for its link lives five minutes."""
    if not isinstance(value, list):
        return None
    return [
        Answer(
            question=text(item.get("original_question")),
            format=QUESTION_FORMAT.get(str(item.get("original_question_type")), "UNKNOWN"),
            answer=_name_of_file(item.get("answer")),
        )
        for item in value
        if isinstance(item, dict)
    ]


def _name_of_file(answer: Any) -> Any:
    return answer.get("name") if isinstance(answer, dict) else answer


# What only the detail shows


def file_type(value: Any) -> FileType:
    """CV for a resume; an assignment may be anything."""
    return FileType.CV if value == "resume" else FileType.OTHER


def files(detail: Any, beside: Beside) -> list[Row]:
    """Files and answered files. They have no ids, so application, type and a digest of the name make one, for a name
    often is a person's and an id is never forgotten; equal ones are numbered."""
    held = [item for item in detail.get("files") or [] if isinstance(item, dict)]
    answered = [item.get("answer") for item in detail.get("question_answers") or [] if isinstance(item, dict)]
    held += [answer for answer in answered if isinstance(answer, dict) and answer.get("name")]
    rows = [{"own": item, "name": item.get("name"), "type": item.get("type"), **_owner(detail)} for item in held]
    return _numbered(rows, lambda row: file_id(row["candidate_id"], row["type"], row["name"]))


def file_id(application: Any, kind: Any, name: Any) -> str | None:
    """What a file is known by, where no other of the application has its name."""
    return joined(application, kind, _digest(name))


def _digest(name: Any) -> str:
    return blake2s(str(name).encode("utf-8", "replace"), digest_size=6).hexdigest()


def notes(detail: Any, beside: Beside) -> list[Row]:
    """Notes by id; older accounts have none, so application and time make one."""
    rows = [{"own": note, **note, **_owner(detail)} for note in detail.get("notes") or [] if isinstance(note, dict)]
    return _numbered(rows, lambda row: text(row.get("id")) or joined(row["candidate_id"], row.get("created_at")))


def _owner(detail: Row) -> Row:
    return {"candidate_id": detail.get("id"), "job_id": text(detail.get("vacancy_id"))}


def _numbered(rows: list[Row], key: Any) -> list[Row]:
    """The rows with ids that differ: the second of equal ones ends in `:2`."""
    seen: Counter[str] = Counter()
    for row in rows:
        name = str(key(row))
        seen[name] += 1
        row["remote_id"] = name if seen[name] == 1 else f"{name}:{seen[name]}"
    return rows
