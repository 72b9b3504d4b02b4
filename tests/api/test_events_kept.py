"""How long events are kept, and how a reader waits for the next."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import unlinking
from atsbridge.connections.models import Connection
from atsbridge.records import feed, history
from atsbridge.records.models import NONE, Change
from atsbridge.sync import sweeping
from atsbridge.tenants.models import Counter
from tests.replay import follow
from tests.sync import harness


def test_a_reader_that_is_too_late_is_told_to_list_anew(linked, harbor, ask, acme_key):
    first = list(follow(ask))
    half = first[len(first) // 2]["number"]
    old = timezone.now() - timedelta(days=31)
    with scope(tenant=linked.tenant):
        Change.objects.filter(number__lte=half).update(at=old)
        Counter.objects.update(kept_since=old)
        timelines = Change.objects.filter(model__in=history.FEED).exclude(record=NONE).count()

    sweeping.sweep()

    answer = Client(headers={"Authorization": f"Bearer {acme_key}"}).get("/events", {"after": half - 1})
    assert (answer.status_code, answer.json()["next_after"]) == (410, half)
    assert answer.json()["message"] == (
        f"after: Events up to {half} are kept no more. List the records anew, then follow from after={half}."
    )
    kept = [event for event in first if event["number"] > half]
    assert [event["number"] for event in ask(after=half, limit=1000)["result"]][: len(kept)] == [
        event["number"] for event in kept
    ]
    assert ask(limit=1)["result"][0]["number"] == half + 1
    with scope(tenant=linked.tenant):
        assert Change.objects.filter(model__in=history.FEED).exclude(record=NONE).count() == timelines
        assert Counter.objects.get().kept_since > old


def test_a_purged_connection_leaves_its_events_empty_and_no_number_missing(linked, ask):
    before = list(follow(ask))
    with scope(tenant=linked.tenant):
        unlinking.unlink(linked, now=True)

    sweeping.sweep()

    after = list(follow(ask))
    assert [event["number"] for event in after] == list(range(1, len(before) + 2))
    assert after[-1]["kind"] == "connection.unlinking"
    assert [{**event, "before": None, "after": None} for event in before] == after[:-1]
    with scope(tenant=linked.tenant):
        assert not Connection.objects.exists()
        assert not Change.objects.filter(number=None).exists()
        feed.forget(linked.tenant_id, timezone.now() + timedelta(days=1))
        assert not Change.objects.exists()


def test_what_is_forgotten_goes_in_portions(linked, ask, monkeypatch):
    monkeypatch.setattr(feed, "PORTION", 10)
    end = list(follow(ask))[-1]["number"]
    with scope(tenant=linked.tenant):
        gone = [feed.forget(linked.tenant_id, timezone.now()) for _ in range(end // 10 + 2)]
        assert gone == [10] * (end // 10) + ([end % 10] if end % 10 else []) + [0] * (1 + (end % 10 == 0))
    assert ask() == {"result": [], "next_after": end}


# Waiting, and what it costs


def test_a_waiting_reader_gets_nothing_after_its_time(linked, ask):
    end = list(follow(ask))[-1]["number"]
    begun = time.monotonic()

    assert ask(after=end, wait=1) == {"result": [], "next_after": end}
    assert 0.9 < time.monotonic() - begun < 5


@pytest.mark.django_db(transaction=True)
def test_a_waiting_reader_gets_the_next_event_at_once(linked, harbor, ask):
    end = list(follow(ask))[-1]["number"]

    def rename() -> None:
        harbor.people[0].first_name = "Renamed"
        harness.sync(linked)
        database.close()

    later = threading.Timer(0.5, rename)
    later.start()
    begun = time.monotonic()
    body = ask(after=end, wait=20)
    later.join()

    assert body["result"][0]["after"] == {"first_name": "Renamed"}
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize("query", [{}, {"job": "101"}, {"stage": "st_new"}, {"kind": "created"}])
def test_a_page_costs_the_same_number_of_queries_whatever_it_holds(linked, ask, query):
    def queries(**more: Any) -> int:
        ask(**query)  # the key's use is noted once
        with CaptureQueriesContext(database) as captured:
            ask(**query, **more)
        return len(captured)

    assert queries(limit=1) == queries(limit=1000) == queries(after=20, limit=3)
