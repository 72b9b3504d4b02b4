"""CATS's webhooks and its feed of events: https://docs.catsone.com/api/v3/#webhooks."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.cats import hal
from connectors.declarations import Resource
from connectors.errors import NotFound
from connectors.hooks import Events, Hint, Registered
from connectors.http import Talk
from connectors.mapping import At, Row, Unreadable, as_id
from connectors.paging import Params
from connectors.paths import at
from connectors.values import instant

LISTS = {
    "candidate": "candidates",
    "job": "jobs",
    "pipeline": "pipelines",
    "activity": "activities",
    "user": "users",
}
"""Noun → the list that its records stand in. Companies and contacts are the client side, which nobody here reads."""
VERBS = ("created", "updated", "deleted")
EVENTS = (
    *(f"{noun}.{verb}" for noun in ("candidate", "job", "activity", "user") for verb in VERBS),
    "job.status_changed",
    "pipeline.created",
    "pipeline.status_changed",
    "pipeline.deleted",
)
"""There is no `pipeline.updated`: a changed rating is silent."""
EMBEDDED_AT_MOST = 1000
"""Rows of one kind that a webhook embeds; a list embeds 25, and the rest is read there."""
REFERENCES = {"candidate": "candidate_id", "job": "job_id", "status": "status_id", "company": "company_id"}
"""Embeds that say nothing more than a reference beside them."""
SCHEME = "HMAC-SHA256"
OVERLAP = 60
"""Seconds by which CATS's clock may be behind ours."""
PAGE = 25


class CatsHooks:
    """Webhooks: asked for once, signed over the body and the request's id."""

    def register(self, talk: Talk, url: str, secret: str) -> str:
        """POST /webhooks; the id is the end of the answer's Location."""
        body = {"events": list(EVENTS), "target_url": url, "secret": secret}
        answer = talk.send("POST", "webhooks", body=body)
        return answer.headers.get("location", "").rstrip("/").rpartition("/")[2]

    def registered(self, talk: Talk) -> list[Registered]:
        """GET /webhooks, page by page."""
        rows = hal.every(talk, "webhooks", "webhooks")
        return [
            Registered(number, str(row.get("target_url") or ""), _sound(row))
            for row in rows
            if (number := as_id(row.get("id")))
        ]

    def remove(self, talk: Talk, remote_id: str) -> None:
        """DELETE /webhooks/{id}."""
        try:
            talk.send("DELETE", f"webhooks/{remote_id}")
        except NotFound:
            return

    def request_id(self, headers: Mapping[str, str]) -> str:
        """X-Request-Id."""
        return headers.get("X-Request-Id", "")

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> bool:
        """X-Signature: `HMAC-SHA256 <hex>` over the raw body followed by the request's id."""
        scheme, _, given = headers.get("X-Signature", "").partition(" ")
        signed = body + self.request_id(headers).encode("latin-1", "replace")
        right = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(right.encode(), given.encode("utf-8", "replace")) and scheme == SCHEME

    def kind(self, sent: Any) -> str:
        """`noun.verb`."""
        found = at(sent, "event")
        return found if isinstance(found, str) else ""

    def hint(self, sent: Any) -> Hint | None:
        """The record that a webhook is about, whole where it is embedded and not cut."""
        noun, _, verb = self.kind(sent).partition(".")
        if not verb:
            raise Unreadable("It names no event")
        if noun not in LISTS:
            return None
        remote_id = _number(sent, noun)
        if remote_id is None:
            raise Unreadable(f"It names no {noun}")
        gone, row = verb == "deleted", at(sent, f"_embedded.{noun}")
        whole = not gone and isinstance(row, dict) and as_id(row.get("id")) == remote_id and not _cut(row)
        return Hint(LISTS[noun], remote_id, row if whole else None, gone, _when(at(sent, "date")))

    def changed_at(self, row: Row) -> datetime | None:
        """`date_modified`, which not every answer carries."""
        return _when(row.get("date_modified"))

    def listed(self, resource: Resource, row: Row, sample: Row) -> Row | None:
        """The row without embeds that the list does not carry and that nobody here reads; None where the two still
        differ in shape.
        """
        embedded, known = row.get("_embedded") or {}, sample.get("_embedded") or {}
        surplus = {name for name in embedded if name not in known}
        if any(not row.get(REFERENCES.get(name, "")) for name in surplus & _read(resource)):
            return None
        kept = {name: value for name, value in embedded.items() if name not in surplus}
        shown = {**row, "_embedded": kept} if surplus else row
        if surplus and "_embedded" not in sample:
            del shown["_embedded"]
        return shown if _alike(shown, sample) else None


class CatsFeed:
    """`/events`: 25 at a time after an id or a time. The layout of its rows is not published."""

    hooks = CatsHooks()

    def begin(self, now: datetime) -> Params:
        """By time, as long as no id is known."""
        return {"starting_after_timestamp": int(now.timestamp()) - OVERLAP}

    def read(self, talk: Talk, cursor: Params) -> Events:
        """GET /events."""
        answer = talk.get("events", cursor).data
        rows = hal.rows(answer, "events")
        hints = [hint for row in rows if (hint := self.hooks.hint(row))]
        before = int(cursor.get("starting_after_id", 0))
        ids = (as_id(each) for each in (at(answer, "last_id"), *(row.get("id") for row in rows)))
        after = max([before, *(int(number) for number in ids if number and _whole(number))])
        if rows and after == before:
            raise Unreadable("Its rows carry no id to go on from")
        more = bool(rows) and (len(rows) >= PAGE or at(answer, "_links.next") is not None)
        return Events(hints, {"starting_after_id": after} if after else cursor, more)


def _sound(row: Row) -> bool:
    """Whether CATS still sends it, and everything; what a row does not tell is taken for good."""
    told = [row[name] for name in ("is_active", "active", "enabled", "is_enabled") if name in row]
    asked = row.get("events")
    complete = not isinstance(asked, list) or set(EVENTS) <= {str(each) for each in asked}
    return complete and all(bool(each) for each in told) and row.get("status") not in ("disabled", "inactive")


def _number(sent: Any, noun: str) -> str | None:
    """The record's id, wherever it stands; CATS's are numbers, at times written as text."""
    linked = str(at(sent, f"_links.{noun}.href") or "").rstrip("/").rpartition("/")[2]
    told = (at(sent, f"{noun}_id"), at(sent, f"_embedded.{noun}.id"), linked)
    return next((number for each in told if (number := as_id(each)) and _whole(number)), None)


def _whole(number: str) -> bool:
    return number.isascii() and number.isdigit()


def _when(value: Any) -> datetime | None:
    try:
        return instant(value)
    except ValueError:
        return None


def _cut(row: Row) -> bool:
    embeds = row.get("_embedded")
    lists = embeds.values() if isinstance(embeds, dict) else ()
    return any(isinstance(each, list) and len(each) >= EMBEDDED_AT_MOST for each in lists)


def _read(resource: Resource) -> set[str]:
    """The embeds that the mappings of a list look into."""
    words = (word for mapping in resource.makes for word in mapping.fields.values() if isinstance(word, At))
    paths = (path for word in words if not word.source for path in word.paths)
    return {path.split(".")[1].removesuffix("[]") for path in paths if path.startswith("_embedded.")}


def _alike(row: Any, sample: Any) -> bool:
    """Whether two answers have the same shape: the same names, the same kinds of values, each as far as told."""
    if row is None or sample is None:
        return True
    if isinstance(row, dict) and isinstance(sample, dict):
        return row.keys() == sample.keys() and all(_alike(row[name], sample[name]) for name in row)
    if isinstance(row, list) and isinstance(sample, list):
        others = sample if len(sample) == len(row) else sample[:1] * len(row)
        return all(_alike(one, other) for one, other in zip(row, others, strict=False))
    return type(row) is type(sample)
