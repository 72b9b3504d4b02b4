"""What an emulated CATS tells of what happens there: a row of /events, and a call to each webhook that asked for it."""

import hashlib
import hmac
import json
import threading
import time
import uuid
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Request, Response

from connectors.cats.emulator_account import Numbers
from connectors.cats.emulator_answers import HOST, Answers
from connectors.cats.emulator_options import Json, links
from connectors.cats.emulator_truth import Activity, Candidate, Job, Pipeline, User
from connectors.emulation import route

NOUNS = {Candidate: "candidate", Job: "job", Pipeline: "pipeline", Activity: "activity", User: "user"}
EVENTS = frozenset(
    f"{noun}.{verb}"
    for noun, verbs in {
        "candidate": ("created", "updated", "deleted"),
        "job": ("created", "updated", "deleted", "status_changed"),
        "pipeline": ("created", "deleted", "status_changed"),
        "company": ("created", "updated", "deleted", "status_changed"),
        "contact": ("created", "updated", "deleted", "status_changed"),
        "activity": ("created", "updated", "deleted"),
        "user": ("created", "updated", "deleted"),
    }.items()
    for verb in verbs
)
PATHS = {"activity": "activities", "company": "companies"}
FIRST_EVENT, FEED_PAGE = 990_101, 25
EMBEDDED_IN_WEBHOOKS = 1000
FAILURES, FAILING = 50, 1800
"""So many failures one after the other, within so many seconds, disable a webhook."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One change of a record: `event` is noun.verb."""

    id: int
    event: str
    number: int
    at: datetime

    @property
    def noun(self) -> str:
        """What it happened to."""
        return self.event.partition(".")[0]


@dataclass(slots=True)
class Webhook:
    """An address that asked to be told; `failed` are the times of its failures since it last succeeded."""

    id: int
    events: list[str]
    target: str
    secret: str
    enabled: bool = True
    failed: deque[float] = field(default_factory=lambda: deque(maxlen=FAILURES))


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call to be made to a webhook."""

    webhook: int
    url: str
    body: bytes
    headers: dict[str, str]


type Post = Callable[[Delivery], int]
"""Makes a call; the status that it was answered with, 0 for none."""


class Happenings(Answers):
    """What happened, who asked to be told, and the calls that wait to be made (`outbox`)."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.happenings: list[Happening] = []
        self.webhooks: dict[int, Webhook] = {}
        self.outbox: deque[Delivery] = deque()
        self._webhook_ids = Numbers(7101)
        self._waiting, self._postman = threading.Event(), threading.Thread()

    def happened(self, verb: str, record: Any) -> None:
        """Tell that a record was created, updated, deleted or changed its status; nothing where CATS has no event."""
        noun = "company" if self.account.companies.get(record.id) is record else NOUNS.get(type(record))
        event = f"{noun}.{verb}"
        if event not in EVENTS:
            return
        happening = Happening(FIRST_EVENT + len(self.happenings), event, record.id, self.account.now)
        self.happenings.append(happening)
        for webhook in self.webhooks.values():
            if webhook.enabled and event in webhook.events:
                self.outbox.append(self._delivery(webhook, happening, record))
                self._waiting.set()

    def _delivery(self, webhook: Webhook, happening: Happening, record: Any) -> Delivery:
        body = self._told(happening)
        if not happening.event.endswith(".deleted"):
            tell = self.tell
            tell.most = EMBEDDED_IN_WEBHOOKS
            body["_embedded"] = {happening.noun: getattr(tell, happening.noun)(record)}
        sent, number = json.dumps(body).encode(), uuid.uuid5(uuid.NAMESPACE_URL, f"{webhook.id}/{happening.id}")
        headers = {"Content-Type": "application/json", "X-Request-Id": str(number)}
        if webhook.secret:
            signed = hmac.new(webhook.secret.encode(), sent + str(number).encode(), hashlib.sha256)
            headers["X-Signature"] = f"HMAC-SHA256 {signed.hexdigest()}"
        return Delivery(webhook.id, webhook.target, sent, headers)

    def _told(self, happening: Happening) -> Json:
        noun = happening.noun
        path = f"/{PATHS.get(noun, f'{noun}s')}/{happening.number}"
        named = {"event": happening.event, f"{noun}_id": happening.number, "date": self.tell.when(happening.at)}
        return named | {"_links": {noun: {"href": path}}}

    # Calling

    def deliver(self, post: Post) -> int:
        """Make every call that waits, as the habits of the options have it; how many were made."""
        with self.lock:
            waiting = list(self.outbox) * (2 if self.options.deliveries_repeat else 1)
            self.outbox.clear()
        for delivery in reversed(waiting) if self.options.deliveries_reordered else waiting:
            if delivery.webhook in self.webhooks:
                self._answered(self.webhooks[delivery.webhook], post(delivery))
        return len(waiting)

    def _deliver_for_ever(self) -> None:
        """Over a port, calls are made by themselves, a moment after what they tell of."""
        while self.webhooks:
            if self._waiting.wait(1):
                self._waiting.clear()
                time.sleep(self.options.deliveries_delay)
                self.deliver(_post)

    def _answered(self, webhook: Webhook, status: int) -> None:
        """A 410 takes the webhook away; 50 failures one after the other within half an hour disable it."""
        if status == 410:
            self.webhooks.pop(webhook.id, None)
        if status < 500:
            webhook.failed.clear()
            return
        webhook.failed.append(self.clock())
        if len(webhook.failed) == FAILURES and webhook.failed[-1] - webhook.failed[0] <= FAILING:
            webhook.enabled = False

    # Addresses

    @route("/events")
    def get_events(self, request: Request) -> Response:
        """GET /events: 25 after an id, or after a time."""
        if self.options.events == "absent":
            raise NotFound("Not found.")
        after, since = (request.args.get(f"starting_after_{word}", 0, int) for word in ("id", "timestamp"))
        first = max(0, after - FIRST_EVENT + 1) if after else bisect_right(self.happenings, float(since), key=_seconds)
        shown = self.happenings[first : first + FEED_PAGE]
        last = shown[-1].id if shown else after
        asked = {"starting_after_id": after, "starting_after_timestamp": since}
        more = {"next": f"/events?starting_after_id={last}"} if shown else {}
        found: Json = {"count": len(shown), **asked, "last_id": last}
        found["_links"] = links(f"/events?starting_after_id={after}", **more)
        return self.json(found | ({"_embedded": {"events": [self._row(each) for each in shown]}} if shown else {}))

    def _row(self, happening: Happening) -> Json:
        if self.options.events == "unreadable":
            return {"id": happening.id, "type": len(happening.event), "actor": {"type": "user"}}
        return {"id": happening.id, **self._told(happening)}

    @route("/webhooks")
    def get_webhooks(self, request: Request) -> Response:
        """GET /webhooks."""
        return self.listed(request, "webhooks", self.webhooks.values(), _registered)

    @route("/webhooks/<int:number>")
    def get_webhook(self, request: Request, number: int) -> Response:
        """GET /webhooks/{id}."""
        return self.one(self.webhooks, number, _registered)

    @route("/webhooks", "POST")
    def post_webhook(self, request: Request) -> Response:
        """POST /webhooks: 201 without a body; the id is in `Location`."""
        body = request.get_json(force=True, silent=True)
        if not isinstance(body, dict):
            raise BadRequest("The body must be JSON")
        events, target, secret = body.get("events"), body.get("target_url"), body.get("secret") or ""
        if not isinstance(events, list) or not events or not EVENTS.issuperset(events):
            raise BadRequest("events must be known events")
        if not isinstance(target, str) or not target.startswith(("http://", "https://")):
            raise BadRequest("target_url must be a URL")
        made = Webhook(next(self._webhook_ids), events, target, secret)
        self.webhooks[made.id] = made
        if self.served and not self._postman.is_alive():
            self._postman = threading.Thread(target=self._deliver_for_ever, name="webhooks", daemon=True)
            self._postman.start()
        return self._empty(201, {"Location": f"{HOST}{self.base_path}/webhooks/{made.id}"})

    @route("/webhooks/<int:number>", "DELETE")
    def delete_webhook(self, request: Request, number: int) -> Response:
        """DELETE /webhooks/{id}: 204."""
        self.found(self.webhooks, number)
        del self.webhooks[number]
        return self._empty(204, {})

    def _empty(self, status: int, headers: dict[str, str]) -> Response:
        answer = self.json(None, status, headers)
        answer.set_data(b"")
        return answer


def _seconds(happening: Happening) -> float:
    return happening.at.timestamp()


def _post(delivery: Delivery) -> int:
    try:
        answer = httpx.post(delivery.url, content=delivery.body, headers=delivery.headers, timeout=10, trust_env=False)
    except httpx.HTTPError:
        return 0
    return answer.status_code


def _registered(webhook: Webhook) -> Json:
    """A webhook; its secret is never shown."""
    row = {"id": webhook.id, "events": webhook.events, "target_url": webhook.target, "is_active": webhook.enabled}
    return row | {"_links": links(f"/webhooks/{webhook.id}")}
