"""A job's pipeline as a board, and the list of pipelines."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.records.models import Record
from tests.dashboard import reading
from tests.records import factory


@pytest.fixture
def homerun(acme):
    return factory.connect(acme, label="Homerun – Berlin")


@pytest.fixture
def baker(homerun):
    """A job with three stages, in an order that is neither that of their names nor of their ids."""
    for place, name in enumerate(("Screening", "Interview", "Assessment")):
        factory.make(homerun, "application_stage", name.lower(), name=name)
        factory.make(homerun, "job_stage", f"j:{name}", job_id="j", stage_id=name.lower(), index=place)
    return factory.make(homerun, "job", "j", name="Baker", status="OPEN", remote_url="https://app.homerun.co/j")


def address(job):
    return f"/t/acme/pipelines/{job.id}/"


def apply(job, *people, stage="screening", since=None, **values):
    """People who apply for a job, in one stage; the later ones are newer."""
    begin = timezone.now() - timedelta(days=400)
    columns = since or {"stage_since": timezone.now(), "stage_exact": True}
    common = {"job_id": job.remote_id, "current_stage_id": stage, "outcome": "PENDING", **values}
    numbered = [
        (f"{stage} {name}", {"candidate_id": name, "remote_created_at": begin + timedelta(minutes=number), **common})
        for number, name in enumerate(people)
    ]
    factory.many(job.connection, "candidate", [(name, {"first_name": name}) for name in people])
    factory.many(job.connection, "application", numbered, **columns)


def columns(page):
    """Stage → [count, *the names on its cards]."""
    found = {}
    for column in re.findall(r'<section class="column".*?</section>', reading.content(page), re.DOTALL):
        [(name, count)] = re.findall(r"<h3[^>]*>(.*?)<small>(.*?)</small>", column, re.DOTALL)
        cards = re.findall(r"<h4>(.*?)</h4>", column, re.DOTALL)
        found[reading.text(name)] = [reading.text(count), *map(reading.text, cards)]
    return found


def test_columns_are_the_jobs_stages_in_order_with_its_newest_applications_first(alice, baker):
    apply(baker, "Ada", "Grace")
    apply(baker, "Łukasz", stage="interview")
    found = columns(alice.get(address(baker)))
    assert list(found) == ["Screening", "Interview", "Assessment"]
    assert found == {"Screening": ["2", "Grace", "Ada"], "Interview": ["1", "Łukasz"], "Assessment": ["0"]}


def test_stages_only_seen_on_applications_come_last_new_first(alice, baker, homerun):
    factory.make(homerun, "application_stage", "new", name="New")
    factory.make(homerun, "application_stage", "hold", name="Hold")
    apply(baker, "Ada", stage="hold")
    apply(baker, "Grace", stage="new")
    apply(baker, "Alan", stage=None)
    apply(baker, "Kim", stage="never seen")
    assert list(columns(alice.get(address(baker)))) == [
        "Screening", "Interview", "Assessment", "New", "A stage not read yet", "Hold", "No stage",
    ]  # fmt: skip


def test_a_card_names_the_person_the_source_the_outcome_and_the_days_in_stage(alice, baker):
    now = timezone.now()
    apply(baker, "Ada", source="Referral", since={"stage_since": now - timedelta(days=12), "stage_exact": True})
    apply(
        baker, "Grace", stage="interview", outcome="HIRED",
        since={"stage_since": now - timedelta(days=12, hours=5), "stage_exact": False},
    )  # fmt: skip
    cards = re.findall(r'<li class="tile".*?</li>', reading.content(alice.get(address(baker))), re.DOTALL)
    assert [reading.text(card) for card in cards] == ["Ada Referral 12 d", "Grace No source at least 12 d Hired"]


def test_who_applied_is_linked_and_who_was_never_read_says_so(alice, baker, homerun):
    apply(baker, "Ada")
    factory.make(homerun, "application", "x", candidate_id="nobody", job_id="j", current_stage_id="screening")
    page = alice.get(address(baker))
    with scope(tenant=homerun.tenant):
        ada, lost = Record.objects.get(title="Ada"), Record.objects.get(remote_id="x")
    found = reading.links(reading.content(page))
    assert found["Ada"] == f"/t/acme/records/candidates/{ada.id}/"
    assert found["Not read yet"] == f"/t/acme/records/applications/{lost.id}/"
    assert found["Open in Homerun"] == "https://app.homerun.co/j"
    assert found["List"] == f"/t/acme/records/applications/?job={baker.id}"


def test_a_column_begins_with_25_and_brings_more_up_to_its_share_of_400(alice, baker):
    apply(baker, *(f"{n:03}" for n in range(180)))
    page = alice.get(address(baker))
    assert columns(page)["Screening"] == ["180", *(f"{n:03}" for n in range(179, 154, -1))]
    shown, link = 25, "25 more of 155"
    while link:
        more = reading.links(reading.content(page))[link]
        column = columns(alice.get(more, headers=reading.HTMX))
        whole = alice.get(more)
        assert list(column) == ["Screening"]
        assert column["Screening"] == columns(whole)["Screening"]
        shown, page = len(column["Screening"]) - 1, whole
        link = next((words for words in reading.links(reading.content(page)) if " more of " in words), "")
    assert shown == 400 // 3
    assert reading.links(reading.content(page))["All 180 as a list"].startswith("/t/acme/records/applications/?job=")


def test_no_page_holds_more_than_400_cards(alice, homerun):
    job = factory.make(homerun, "job", "j", name="Baker")
    for stage in range(20):
        factory.make(homerun, "application_stage", f"s{stage}", name=f"Stage {stage}")
        apply(job, *(f"{stage}-{n}" for n in range(30)), stage=f"s{stage}")
    page = alice.get(address(job))
    assert sum(len(cards) - 1 for cards in columns(page).values()) == 400


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "lukasz"}, {"Screening": ["0"], "Interview": ["1", "Łukasz"], "Assessment": ["0"]}),
        ({"source": "Agency"}, {"Screening": ["1", "Ada"], "Interview": ["0"], "Assessment": ["0"]}),
        ({"outcome": "HIRED"}, {"Screening": ["0"], "Interview": ["1", "Łukasz"], "Assessment": ["0"]}),
        ({"q": "ada", "outcome": "HIRED"}, {"Screening": ["0"], "Interview": ["0"], "Assessment": ["0"]}),
    ],
)
def test_the_board_is_narrowed_by_name_source_and_outcome(alice, baker, filters, found):
    apply(baker, "Ada", source="Agency")
    apply(baker, "Łukasz", stage="interview", outcome="HIRED", source="Referral")
    page = alice.get(address(baker), filters)
    assert columns(page) == found
    assert {"Agency (1)", "Referral (1)", "Pending (1)", "Hired (1)"} <= reading.links(reading.content(page)).keys()
    part = reading.content(alice.get(address(baker), filters, headers=reading.HTMX))
    assert "<html" not in part
    assert 'id="board"' in part
    assert 'id="count" data-said hx-swap-oob="true"' in part


def test_deleted_applications_and_stages_are_not_on_the_board(alice, baker, homerun):
    apply(baker, "Ada")
    with scope(tenant=homerun.tenant):
        Record.objects.filter(model="application").update(deleted_at=timezone.now())
        Record.objects.filter(model="job_stage", position=2).update(deleted_at=timezone.now())
    assert columns(alice.get(address(baker))) == {"Screening": ["0"], "Interview": ["0"]}


def test_the_board_costs_the_same_queries_whatever_it_holds(alice, baker):
    costs = []
    for count in (1, 3, 300):
        apply(baker, *(f"{count} {n}" for n in range(count)))
        apply(baker, *(f"{count} also {n}" for n in range(count)), stage=f"extra {count}")
        costs.append(len(reading.queries(alice, address(baker))))
    assert costs == [costs[0]] * 3


def test_pipelines_list_jobs_open_first_with_their_applications(alice, baker, homerun):
    factory.make(homerun, "job", "k", name="Accountant", status="CLOSED")
    factory.make(homerun, "job", "l", name="Zookeeper", status="OPEN")
    apply(baker, "Ada", "Grace")
    apply(baker, "Kim", outcome="HIRED", stage="interview")
    page = alice.get("/t/acme/pipelines/")
    assert reading.table(page, "Jobs and their applications") == [
        ["Job", "Status", "Connection", "Applications", "Pending", "Hired", "Declined"],
        ["Baker", "Open", "Homerun – Berlin", "3", "2", "1", "0"],
        ["Zookeeper", "Open", "Homerun – Berlin", "0", "0", "0", "0"],
        ["Accountant", "Closed", "Homerun – Berlin", "0", "0", "0", "0"],
    ]
    assert reading.links(reading.content(page))["Baker"] == address(baker)
    closed = alice.get("/t/acme/pipelines/", {"status": "CLOSED"})
    assert [row[0] for row in reading.table(closed, "Jobs and their applications")[1:]] == ["Accountant"]


def test_pipelines_are_paged_without_losing_a_job(alice, homerun):
    factory.many(
        homerun, "job", [(str(n), {"name": f"{n:03}", "status": ("OPEN", "DRAFT")[n % 2]}) for n in range(120)]
    )
    seen, address_ = [], "/t/acme/pipelines/"
    while address_:
        page = alice.get(address_)
        seen += [row[0] for row in reading.table(page, "Jobs and their applications")[1:]]
        address_ = reading.links(reading.content(page)).get("Older", "")
    assert seen == [f"{n:03}" for n in [*range(0, 120, 2), *range(1, 120, 2)]]


def test_pipelines_cost_the_same_queries_with_one_job_three_and_many(alice, baker, homerun):
    costs = []
    for count in (1, 3, 200):
        factory.many(homerun, "job", [(f"{count} {n}", {"name": str(n)}) for n in range(count)])
        costs.append(len(reading.queries(alice, "/t/acme/pipelines/")))
    assert costs == [costs[0]] * 3


def test_without_jobs_the_way_to_some_is_shown(alice, acme):
    assert "No jobs yet" in reading.text(reading.content(alice.get("/t/acme/pipelines/")))
    nothing = reading.text(reading.content(alice.get("/t/acme/pipelines/", {"q": "dragon"})))
    assert "Nothing matches" in nothing


def test_hostile_names_are_words_and_never_markup(alice, homerun):
    job = factory.make(homerun, "job", "j", name="<script>alert(1)</script>", remote_url="javascript:alert(1)")
    apply(job, '"><img src=x onerror=alert(1)>', stage="<b>", source="<i>")
    factory.make(homerun, "application_stage", "<b>", name="<script>alert(2)</script>")
    page = reading.content(alice.get(address(job)))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript:' not in page


def test_strangers_see_nothing_and_viewers_everything(charlie, bob, baker):
    assert bob.get(address(baker)).status_code == 200
    assert charlie.get(address(baker)).status_code == 404
    assert charlie.get(address(baker).replace("acme", "globex")).status_code == 404
    assert charlie.get("/t/acme/pipelines/").status_code == 404
    assert "Baker" not in reading.content(charlie.get("/t/globex/pipelines/"))
