"""CATS's free texts as the schema's words: literal tables, first fit wins, and the provider's word where none fits."""

import re
from typing import Any

from connectors.unified.parts import FileType, JobStatus, NoteKind, Outcome
from connectors.values import text

type Table[T] = tuple[tuple[T, str], ...]

OUTCOME_BY_MAPPING = {
    "placed": Outcome.HIRED,
    "declined": Outcome.DECLINED,
    "applicant": Outcome.PENDING,
    "contacted": Outcome.PENDING,
    "email": Outcome.PENDING,
    "submitted": Outcome.PENDING,
    "interviewing": Outcome.PENDING,
    "offered": Outcome.PENDING,
}
"""What a pipeline status's `mapping` means, in lower case; any other mapping says nothing."""

OUTCOMES: Table[Outcome] = (
    (Outcome.DECLINED, r"reject|declin|withdr[ae]w|disqualif|turned down|\bnot (?:selected|hired|suitable)|afgewezen"),
    (Outcome.PENDING, r"interview|screen|\boffer"),
    (Outcome.HIRED, r"\bhired\b|\bplaced\b|\bstarted\b|aangenomen|geplaatst"),
)
"""What a status's title means where its mapping says nothing: "Interview started" is not hired."""

JOB_STATUSES: Table[JobStatus] = (
    (JobStatus.ARCHIVED, r"archiv"),
    (JobStatus.DRAFT, r"\bdraft|\bupcoming\b|\bplanned\b|\blead\b|\bconcept\b|\bnot (?:yet )?(?:open|active)"),
    (
        JobStatus.CLOSED,
        r"close|filled\b|\bfull\b|cancel|\blost\b|inactive|on.?hold|paused|ended|expired|gesloten|vervuld",
    ),
    (JobStatus.OPEN, r"\bactive\b|open|accepting|\blive\b|published|recruiting|actief"),
)
"""What a job status's mapping or title means. A job on hold takes nobody, so it is closed."""

EMPLOYMENT_TYPES: Table[str] = (
    ("INTERNSHIP", r"intern\b|internship|trainee|stage\b"),
    ("SEASONAL", r"season"),
    ("CONTRACT", r"(?<!permanent )contract|freelance|temp"),
    ("PART_TIME", r"part.?time|deeltijd"),
    ("FULL_TIME", r"full.?time|voltijd"),
)
REMOTE_TYPES: Table[str] = (
    ("HYBRID", r"hybrid"),
    ("ON_SITE", r"on.?site|office|no.?remote|not remote"),
    ("TEMPORARY", r"temporar"),
    ("REMOTE", r"remote|home"),
)
NOTE_KINDS = {
    "email": NoteKind.EMAIL,
    "meeting": NoteKind.MEETING,
    "call_talked": NoteKind.CALL,
    "call_lvm": NoteKind.CALL,
    "call_missed": NoteKind.CALL,
    "text_message": NoteKind.TEXT_MESSAGE,
    "other": NoteKind.NOTE,
}
QUESTION_FORMATS = {
    "text": "TEXT",
    "textarea": "TEXT",
    "number": "NUMBER",
    "date": "DATE",
    "checkbox": "BOOLEAN",
    "checkboxes": "MULTI_SELECT",
    "radio": "SINGLE_SELECT",
    "select": "SINGLE_SELECT",
    "dropdown": "SINGLE_SELECT",
    "file": "FILE",
    "resume": "FILE",
    "header": "INFORMATION",
}
SITES = {
    "linkedin.com": "LINKEDIN",
    "xing.com": "XING",
    "github.com": "GITHUB",
    "twitter.com": "TWITTER",
    "x.com": "TWITTER",
    "facebook.com": "FACEBOOK",
    "instagram.com": "INSTAGRAM",
}
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "rtf": "application/rtf",
    "txt": "text/plain",
    "html": "text/html",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "zip": "application/zip",
}
"""CATS tells no type, so a file's name must; our own table, for a machine's differs from the next one's."""

COVER_LETTER = r"cover|motivat|anschreiben"


def by_words[T](table: Table[T], words: Any) -> T | None:
    """The first value whose words occur in a text."""
    found = (text(words) or "").casefold()
    return next((value for value, pattern in table if re.search(pattern, found)), None) if found else None


def outcome(mapping: Any, title: Any) -> Outcome:
    """What a pipeline status says about the application: its mapping first, then its title."""
    mapped = OUTCOME_BY_MAPPING.get((text(mapping) or "").casefold())
    return mapped or by_words(OUTCOMES, title) or Outcome.PENDING


def job_status(mapping: Any, title: Any, is_published: bool | None) -> JobStatus | None:
    """What a job status says, its mapping first, then its title; unknown words are open while the job is published."""
    known = by_words(JOB_STATUSES, mapping) or by_words(JOB_STATUSES, title)
    return known or (JobStatus.OPEN if is_published else None)


def employment_type(words: Any) -> str | None:
    """The employment type in the schema's word, else in CATS's."""
    return by_words(EMPLOYMENT_TYPES, words) or text(words)


def remote_work_status(words: Any) -> str | None:
    """Where the work is done in the schema's word, else in CATS's."""
    return by_words(REMOTE_TYPES, words) or text(words)


def note_kind(word: Any) -> NoteKind | None:
    """What an activity records; None for a type that CATS has not told of."""
    return NOTE_KINDS.get((text(word) or "").casefold())


def file_type(is_resume: bool | None, name: str | None) -> FileType:
    """A file's kind: the resume flag, then its name."""
    if is_resume:
        return FileType.CV
    return FileType.COVER_LETTER if re.search(COVER_LETTER, (name or "").casefold()) else FileType.OTHER


def content_type(name: Any) -> str | None:
    """A file's MIME type as its name tells it."""
    return CONTENT_TYPES.get((text(name) or "").casefold().rpartition(".")[2])


def question_format(word: Any) -> str:
    """A form field's kind in the schema's word."""
    return QUESTION_FORMATS.get((text(word) or "").casefold(), "UNKNOWN")


def site_of(host: str) -> str | None:
    """Which network a page's host belongs to, None for any other."""
    return next((name for domain, name in SITES.items() if host == domain or host.endswith(f".{domain}")), None)


_CURRENCY = r"(?:[€$£¥]|eur|usd|gbp|chf)?"
_FIGURE = rf"\s*{_CURRENCY}\s*(\d{{1,3}}(?:[.,' ]\d{{3}})+|\d+)\s*(k?)\s*{_CURRENCY}\s*"


def pay(words: Any) -> list[float]:
    """The one or two yearly, monthly … figures of a free text ("55-65k", "52.000"); empty where it reads otherwise."""
    found = re.fullmatch(rf"{_FIGURE}(?:(?:-|\u2013|to){_FIGURE})?", (text(words) or "").casefold())
    if not found:
        return []
    low, low_k, high, high_k = found.groups()
    figures = [(low, low_k or (high_k or "")), (high, high_k)]
    return [float(re.sub(r"\D", "", figure)) * (1000 if k else 1) for figure, k in figures if figure]
