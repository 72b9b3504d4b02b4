"""The emulated CATS tells what happened: a feed of events, and calls to webhooks."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from connectors.cats.emulator import Emulator
from connectors.cats.emulator_events import EVENTS, Delivery
from connectors.emulation import serve
from tests.connectors.cats.asking import Caller, feed, said

TARGET = "https://hub.example.test/webhooks/17"


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(jobs=3, people=10, limit=10**6)


@pytest.fixture
def ask(emulator: Emulator) -> Caller:
    return Caller(emulator)


@dataclass
class Target:
    """Keeps what it is told and answers as told."""

    status: int = 200
    seen: list[Delivery] = field(default_factory=list)

    def __call__(self, delivery: Delivery) -> int:
        self.seen.append(delivery)
        return self.status

    @property
    def events(self) -> list[str]:
        return [json.loads(delivery.body)["event"] for delivery in self.seen]


def register(ask: Caller, *events: str, secret: str = "s3cret", url: str = TARGET) -> int:
    body = {"events": sorted(events or EVENTS), "target_url": url, "secret": secret}
    made = ask("/webhooks", method="POST", json=body)
    assert (made.status_code, made.content) == (201, b"")
    return int(made.headers["Location"].rpartition("/")[2])


def test_every_change_is_an_event_but_a_rating_and_a_tag(emulator: Emulator, ask: Caller):
    ada = emulator.person("Ada", job="Baker")
    baker, pipeline = emulator.job("Baker"), emulator.pipeline_of(ada)
    emulator.move(ada, to="Submitted")
    emulator.rate(pipeline, 5)
    emulator.tag(ada, 70)
    emulator.change(ada, title="Head Baker")
    emulator.change(baker, status_id=60212)
    written = emulator.note(ada, "Knows yeast.")
    emulator.change(next(iter(emulator.account.companies.values())), name="Acme Bakeries")
    emulator.delete(ada)

    assert feed(ask) == [
        ("candidate.created", ada.id),
        ("job.created", baker.id),
        ("pipeline.created", pipeline.id),
        ("pipeline.status_changed", pipeline.id),
        ("candidate.updated", ada.id),
        ("job.status_changed", baker.id),
        ("activity.created", written.id),
        ("company.updated", 9100002),
        ("candidate.deleted", ada.id),
    ]


def test_pipelines_that_go_with_a_person_are_told_where_the_account_does_so(emulator: Emulator, ask: Caller):
    emulator.options.orphans_told = True
    ada = emulator.person("Ada", job="Baker")
    pipeline = emulator.pipeline_of(ada)
    emulator.delete(ada)

    assert feed(ask)[-2:] == [("candidate.deleted", ada.id), ("pipeline.deleted", pipeline.id)]


def test_events_come_in_twenty_fives_after_an_id_or_a_time(emulator: Emulator, ask: Caller):
    people = [emulator.person(f"Nr {number}") for number in range(30)]
    first = ask("/events").json()
    second = ask(first["_links"]["next"]["href"]).json()
    end = ask(second["_links"]["next"]["href"]).json()
    since = int(people[27].created.timestamp())

    assert (first["count"], first["last_id"], second["count"]) == (25, 990_125, 5)
    assert first["_embedded"]["events"][0] == {
        "id": 990_101,
        "event": "candidate.created",
        "candidate_id": people[0].id,
        "date": people[0].created.isoformat(),
        "_links": {"candidate": {"href": f"/candidates/{people[0].id}"}},
    }
    assert end == {
        "count": 0,
        "starting_after_id": 990_130,
        "starting_after_timestamp": 0,
        "last_id": 990_130,
        "_links": {"self": {"href": "/events?starting_after_id=990130"}},
    }
    assert [number for _, number in feed(ask, f"?starting_after_timestamp={since}")] == [
        each.id for each in people[28:]
    ]


def test_events_may_be_unreadable_or_absent(emulator: Emulator, ask: Caller):
    emulator.person("Ada")
    emulator.options.events = "unreadable"
    assert ask("/events").json()["_embedded"] == {"events": [{"id": 990_101, "type": 17, "actor": {"type": "user"}}]}
    emulator.options.events = "absent"
    assert said(ask("/events")) == (404, "Not found.")


def test_a_webhook_is_told_the_whole_record_under_a_signature(emulator: Emulator, ask: Caller):
    register(ask, "candidate.created", "pipeline.status_changed")
    ada, target = emulator.person("Ada", job="Baker"), Target()
    emulator.move(ada, to="Submitted")

    assert emulator.deliver(target) == 2
    assert target.events == ["candidate.created", "pipeline.status_changed"]
    first = target.seen[0]
    number = first.headers["X-Request-Id"]
    signed = hmac.new(b"s3cret", first.body + number.encode(), hashlib.sha256).hexdigest()
    assert first.headers["X-Signature"] == f"HMAC-SHA256 {signed}"
    assert json.loads(first.body) == {
        "event": "candidate.created",
        "candidate_id": ada.id,
        "date": ada.created.isoformat(),
        "_links": {"candidate": {"href": f"/candidates/{ada.id}"}},
        "_embedded": {"candidate": ask(f"/candidates/{ada.id}").json()},
    }


def test_a_webhook_embeds_more_than_a_list_and_of_the_deleted_the_id_only(ask: Caller):
    emulator = Emulator(jobs=1, people=801, limit=10**6)
    ask, target = Caller(emulator), Target()
    register(ask, secret="")
    weary = next(person for person in emulator.account.candidates.values() if len(person.history) > 26)
    emulator.change(weary, title="Tired")
    emulator.delete(weary)
    emulator.deliver(target)
    told, deleted = (json.loads(delivery.body) for delivery in target.seen)

    assert len(told["_embedded"]["candidate"]["_embedded"]["work_history"]) == len(weary.history)
    assert {*deleted} == {"event", "candidate_id", "date", "_links"}
    assert "X-Signature" not in target.seen[0].headers


def test_webhooks_are_registered_read_and_deleted(ask: Caller):
    number = register(ask, "job.updated")
    row = {
        "id": number,
        "events": ["job.updated"],
        "target_url": TARGET,
        "is_active": True,
        "_links": {"self": {"href": f"/webhooks/{number}"}},
    }

    assert ask("/webhooks").json()["_embedded"] == {"webhooks": [row]}
    assert ask(f"/webhooks/{number}").json() == row
    assert ask(f"/webhooks/{number}", method="DELETE").status_code == 204
    assert ask("/webhooks").json()["count"] == 0
    assert ask(f"/webhooks/{number}", method="DELETE").status_code == 404


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "The body must be JSON"),
        ({"target_url": TARGET}, "events must be known events"),
        ({"events": ["pipeline.updated"], "target_url": TARGET}, "events must be known events"),
        ({"events": ["job.updated"]}, "target_url must be a URL"),
    ],
)
def test_a_webhook_without_what_it_needs_is_refused(ask: Caller, body: Any, message: str):
    assert said(ask("/webhooks", method="POST", json=body)) == (400, message)


def test_a_410_takes_a_webhook_away(emulator: Emulator, ask: Caller):
    register(ask)
    emulator.person("Ada")
    emulator.deliver(Target(410))

    assert ask("/webhooks").json()["count"] == 0


@pytest.mark.parametrize(("minutes", "enabled"), [(29, False), (31, True)])
def test_fifty_failures_within_half_an_hour_disable_a_webhook(
    emulator: Emulator, ask: Caller, minutes: int, enabled: bool
):
    now = [0.0]
    emulator.clock = lambda: now[0]
    number = register(ask, "activity.created")
    ada = emulator.person("Ada")
    for status, times in ((500, 49), (200, 1), (500, 49)):
        for _ in range(times):
            emulator.note(ada, "Knows yeast.")
        emulator.deliver(Target(status))
    assert ask(f"/webhooks/{number}").json()["is_active"] is True
    now[0] = minutes * 60
    emulator.note(ada, "Once more.")
    emulator.deliver(Target(500))

    assert ask(f"/webhooks/{number}").json()["is_active"] is enabled
    emulator.note(ada, "Anybody there?")
    assert emulator.deliver(Target()) == enabled


def test_calls_may_come_twice_and_backwards(emulator: Emulator, ask: Caller):
    register(ask)
    emulator.options.deliveries_repeat = emulator.options.deliveries_reordered = True
    emulator.move(emulator.person("Ada", job="Baker"), to="Submitted")
    target = Target()
    emulator.deliver(target)

    told = ["pipeline.status_changed", "pipeline.created", "job.created", "candidate.created"]
    assert target.events == [*told, *told]
    assert len({delivery.headers["X-Request-Id"] for delivery in target.seen}) == 4


@pytest.mark.parametrize(("habit", "moved"), [(True, True), (False, False)])
def test_a_move_changes_the_date_of_a_pipeline_or_not(emulator: Emulator, habit: bool, moved: bool):
    emulator.options.status_bumps = habit
    pipeline = emulator.pipeline_of(emulator.person("Ada", job="Baker"))
    before = pipeline.modified
    emulator.move(pipeline, to="Submitted")

    assert (pipeline.modified > before) is moved


@pytest.fixture
def listener() -> Iterator[tuple[str, list[tuple[bytes, str]], threading.Event]]:
    """The address of an HTTP server, what it was told, and a bell that rings when it was."""
    seen: list[tuple[bytes, str]] = []
    bell = threading.Event()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((body, self.headers["X-Signature"]))
            self.send_response(200)
            self.end_headers()
            bell.set()

        def log_message(self, format: str, *args: Any) -> None:
            return None

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", seen, bell
    server.shutdown()
    server.server_close()


def test_over_a_port_calls_are_made_by_themselves(
    emulator: Emulator, listener: tuple[str, list[tuple[bytes, str]], threading.Event]
):
    url, seen, bell = listener
    server = serve(emulator, 0)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    body = {"events": ["candidate.created"], "target_url": url, "secret": "s3cret"}
    headers = {"Authorization": f"Token {emulator.key}"}
    address = f"http://127.0.0.1:{server.port}/v3/webhooks"
    made = httpx.post(address, json=body, headers=headers, trust_env=False)
    ada = emulator.person("Ada")
    told = bell.wait(10)
    httpx.delete(f"{address}/{made.headers['Location'].rpartition('/')[2]}", headers=headers, trust_env=False)
    server.shutdown()
    server.server_close()

    assert told
    assert [(json.loads(body)["candidate_id"], signature[:12]) for body, signature in seen] == [
        (ada.id, "HMAC-SHA256 ")
    ]
