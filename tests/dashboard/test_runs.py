"""Sync runs: the list, and one with its progress and its exchanges."""

import zlib
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.models import Exchange
from atsbridge.sync.models import Run, Walk
from tests.dashboard import reading
from tests.records import factory
from tests.sync import harness

RUNS = "/t/acme/runs/"


@pytest.fixture
def homerun(acme):
    return factory.connect(acme, label="Homerun – Berlin")


def begin(connection, **fields):
    """A run; ended unless its state says that it works or waits."""
    now = timezone.now()
    ended = None if fields.get("state", "waiting") in ("waiting", "running") else now
    with scope(tenant=connection.tenant):
        number = Run.objects.count() + 1
        given = {"number": number, "started_at": now - timedelta(seconds=75), "ended_at": ended, **fields}
        return Run.objects.create(tenant=connection.tenant, connection=connection, **given)


def walk(run, resource, **fields):
    with scope(tenant=run.tenant):
        return Walk.objects.create(tenant=run.tenant, run=run, resource=resource, **{"position": 0, **fields})


def exchange(run, **fields):
    given = {"by": "run", "by_id": run.id, "method": "GET", "path": "/v2/vacancies", "status": 200, "ms": 412, **fields}
    with scope(tenant=run.tenant):
        return Exchange.objects.create(tenant=run.tenant, connection=run.connection, **given)


@pytest.fixture
def running(homerun):
    """A first run: vacancies are read, half of the people too."""
    counts = {"job": {"read": 40, "created": 40}, "candidate": {"read": 500, "created": 480, "set_aside": 1}}
    run = begin(homerun, state="running", first=True, counts=counts, calls=7, trigger="link")
    walk(run, "vacancies", state="walked", pages_read=1, rows_read=40, total=40)
    walk(run, "job-applications", position=1, state="walking", pages_read=5, rows_read=500, total=1000)
    return run


def progress(page):
    rows = reading.table(page, "Progress of each model")[1:]
    return {row[0]: row[1:] for row in rows}


def test_runs_are_listed_newest_first_with_what_came_of_them(alice, homerun):
    begin(
        homerun,
        state="succeeded",
        counts={"job": {"read": 3, "created": 2}, "user": {"read": 1, "set_aside": 1}},
        calls=9,
    )
    begin(homerun, state="failed", error="Homerun refused the key", trigger="person", person=alice.person)
    head, failed, done = reading.table(alice.get(RUNS), "Sync runs")
    assert head == [
        "Run", "State", "Started", "Took", "Begun", "Read", "Created", "Changed", "Deleted", "Set aside", "Calls",
    ]  # fmt: skip
    assert failed[:2] == ["Homerun – Berlin, run 2", "Failed"]
    assert failed[4:] == ["by Alice Adams", "0", "0", "0", "0", "0", "0"]
    assert done[3:] == ["1 min 15 s", "on schedule", "4", "2", "0", "0", "1", "9"]


def test_runs_are_filtered_by_connection_and_state(alice, acme, homerun):
    cats = factory.connect(acme, "cats", label="CATS – Nordics")
    begin(homerun, state="succeeded")
    begin(cats, state="failed")
    for filters in ({"connection": str(cats.id)}, {"state": "failed"}):
        assert [row[0] for row in reading.table(alice.get(RUNS, filters), "Sync runs")[1:]] == ["CATS – Nordics, run 2"]
    words = reading.text(reading.content(alice.get(RUNS, {"state": "cancelled"})))
    assert "Nothing matches" in words


def test_runs_are_paged_without_losing_one(alice, homerun):
    for _ in range(60):
        begin(homerun, state="succeeded")
    seen, address = [], RUNS
    while address:
        page = alice.get(address)
        seen += [row[0] for row in reading.table(page, "Sync runs")[1:]]
        address = reading.links(reading.content(page)).get("Older", "")
    assert seen == [f"Homerun – Berlin, run {n}" for n in range(60, 0, -1)]


def test_a_run_shows_how_far_each_model_has_come(alice, running):
    page = alice.get(f"{RUNS}{running.id}/")
    found = progress(page)
    assert found["Jobs"] == ["Read", "", "1", "40", "40", "0", "0", "0"]
    assert found["Candidates"] == ["Working", "", "5", "500", "480", "0", "0", "1"]
    markup = reading.content(page)
    assert 'aria-label="50 % read"' in markup
    assert 'width="50.00%"' in markup
    assert [f'x1="{at}.00%"' in markup for at in (10, 20, 30, 40, 50)] == [True] * 4 + [False]
    assert "First sync of Homerun – Berlin" in reading.text(markup)


def test_where_the_provider_names_no_total_the_rows_so_far_are_told(alice, homerun):
    run = begin(homerun, state="running")
    walk(run, "job-applications", state="walking", rows_read=4200)
    assert progress(alice.get(f"{RUNS}{run.id}/"))["Candidates"][:2] == ["Working", "4,200 so far"]


def test_a_run_asks_for_its_progress_until_it_has_ended(alice, running):
    address = f"{RUNS}{running.id}/"
    for page in (alice.get(address), alice.get(address, headers=reading.HTMX)):
        assert f'hx-get="{address}" hx-trigger="every 2s"' in reading.content(page)
    assert "<html" not in reading.content(alice.get(address, headers=reading.HTMX))

    with scope(tenant=running.tenant):
        Run.objects.update(state="succeeded", ended_at=timezone.now())
    assert "every 2s" not in reading.content(alice.get(address))


def test_a_run_says_what_it_waits_for_and_what_went_wrong(alice, homerun):
    run = begin(homerun, state="running", waits_for="Homerun asked us to wait")
    walk(run, "vacancies", state="failed", error="Homerun refuses jobs", step="Tick vacancies:read")
    walk(run, "job-applications", state="walking", rows_read=1)
    page = alice.get(f"{RUNS}{run.id}/")
    words = reading.text(reading.content(page))
    assert "Homerun asked us to wait The run goes on by itself" in words
    assert "Homerun refuses jobs Tick vacancies:read" in words
    assert (progress(page)["Jobs"][0], progress(page)["Candidates"][0]) == ("Failed", "Waiting")

    card = f"/t/acme/connections/{homerun.pk}/"
    for seconds, when in ((150, "in 2 min"), (20, "in a moment"), (-5, "now")):
        with scope(tenant=homerun.tenant):
            Run.objects.update(not_before=timezone.now() + timedelta(seconds=seconds))
        said = reading.text(reading.content(alice.get(card)))
        assert f"Waits Homerun asked us to wait · next {when} Last change" in said


def test_the_first_records_appear_under_a_first_run_only(alice, running):
    ada = factory.make(running.connection, "candidate", "1", first_name="Ada <3")
    address = f"{RUNS}{running.id}/"
    assert reading.links(reading.content(alice.get(address)))["Ada <3"] == f"/t/acme/records/candidates/{ada.id}/"

    with scope(tenant=running.tenant):
        Run.objects.update(first=False)
    assert "Ada" not in reading.content(alice.get(address)).replace("Alice Adams", "")


def test_exchanges_are_listed_and_open_to_headers_and_body(alice, running):
    exchange(running, walk="vacancies", query="page=1", size=184_000)
    wrong = exchange(
        running, status=500, ms=2600, request_headers={"authorization": "•••", "accept": "application/json"},
        response_headers={"content-type": "text/html"}, body=zlib.compress(b"<h1>Oops</h1>"),
    )  # fmt: skip
    exchange(running, status=None, error="No answer within 20 s")
    page = alice.get(f"{RUNS}{running.id}/")
    rows = reading.table(page, "Exchanges of this run, newest first")[1:]
    assert [row[1:] for row in rows] == [
        ["GET", "/v2/vacancies", "no answer", "412 ms", "–", "–"],
        ["GET", "/v2/vacancies", "500", "2,600 ms", "–", "–"],
        ["GET", "/v2/vacancies?page=1", "200", "412 ms", "184 KB", "vacancies"],
    ]
    opened = reading.text(reading.content(alice.get(f"{RUNS}{running.id}/", {"exchange": str(wrong.id)})))
    assert "GET /v2/vacancies accept: application/json authorization: •••" in opened
    assert "500 Internal Server Error content-type: text/html <h1>Oops</h1>" in opened


@pytest.mark.parametrize(("show", "statuses"), [("failed", ["500"]), ("slow", ["200"]), ("", ["200", "500", "200"])])
def test_exchanges_are_filtered(alice, running, show, statuses):
    exchange(running)
    exchange(running, status=500, error="Homerun answered 500")
    exchange(running, ms=2600)
    page = alice.get(f"{RUNS}{running.id}/", {"show": show})
    assert [row[3] for row in reading.table(page, "Exchanges of this run, newest first")[1:]] == statuses


def test_older_exchanges_are_a_page_away(alice, running):
    for number in range(30):
        exchange(running, path=f"/{number}")
    page = alice.get(f"{RUNS}{running.id}/")
    older = alice.get(reading.links(reading.content(page))["Earlier exchanges"])
    found = [row[2] for each in (page, older) for row in reading.table(each, "Exchanges of this run, newest first")[1:]]
    assert found == [f"/{number}" for number in range(29, -1, -1)]


def test_a_real_run_is_told_and_shows_no_secret(alice, acme):
    emulator = harness.emulate("homerun")
    with harness.mounted("homerun", emulator):
        connection = harness.link(acme, "homerun", emulator)
        run = harness.sync(connection)
        with scope(tenant=acme):
            first = Exchange.objects.filter(by_id=run.id).latest("id")
    page = alice.get(f"{RUNS}{run.id}/", {"exchange": str(first.id)})
    assert progress(page)["Candidates"][0] == "Read"
    assert emulator.key not in reading.content(page)


def test_runs_cost_the_same_queries_whatever_they_hold(alice, running):
    address = f"{RUNS}{running.id}/"
    costs = [(len(reading.queries(alice, RUNS)), len(reading.queries(alice, address)))]
    for _ in range(20):
        exchange(running)
        begin(running.connection, state="succeeded", person=alice.person)
    factory.many(running.connection, "candidate", [(str(n), {"first_name": str(n)}) for n in range(30)])
    costs.append((len(reading.queries(alice, RUNS)), len(reading.queries(alice, address))))
    assert costs[0] == costs[1]


def test_strangers_see_nothing_and_viewers_everything(charlie, bob, running):
    assert bob.get(f"{RUNS}{running.id}/").status_code == 200
    assert charlie.get(f"{RUNS}{running.id}/").status_code == 404
    assert charlie.get(f"/t/globex/runs/{running.id}/").status_code == 404
    assert "No sync has run yet" in reading.text(reading.content(charlie.get("/t/globex/runs/")))


def test_a_complete_run_says_what_drift_it_found_and_mended(alice, homerun):
    drift = {"candidate": {"missing": 3, "stale": 1}, "application": {"missing": 1, "surplus": 2}}
    run = begin(homerun, state="succeeded", first=False, drift=drift, ended_at=timezone.now())
    connection = reading.text(reading.content(alice.get(f"/t/acme/connections/{homerun.id}/")))
    page = reading.text(reading.content(alice.get(f"{RUNS}{run.id}/")))
    assert "Drift found 4 missing, 1 stale, 2 surplus" in page
    assert "Drift found 4 missing, 1 stale, 2 surplus , mended" in connection


def test_a_first_sync_says_how_far_it_is_wherever_its_connection_stands(alice, running):
    assert "first sync running, 50 % of candidates" in reading.text(reading.content(alice.get("/t/acme/")))
    with scope(tenant=running.tenant):
        running.walks.filter(resource="job-applications").update(total=None, rows_read=4200)
    assert "first sync running, 4,200 candidates so far" in reading.text(reading.content(alice.get("/t/acme/")))
