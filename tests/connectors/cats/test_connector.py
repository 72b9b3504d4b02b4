"""How CATS is spoken to: exact requests, refusals, limits, and what a check of the key finds."""

from collections.abc import Callable
from typing import Any

import pytest
import responses
from responses.matchers import header_matcher, query_param_matcher

from connectors import coverage
from connectors.base import Account, Connector
from connectors.cats import known
from connectors.cats.connector import Cats
from connectors.cats.emulator import Emulator
from connectors.cats.emulator_truth import Department, Named
from connectors.errors import AuthFailed, NotFound, RateLimited, Rejected, TemporaryFailure
from tests.connectors.conftest import Connect
from tests.connectors.walking import walk

type Forwarded = Callable[[type[Connector]], Cats]
API = "https://api.catsone.com/v3"
MANY = 10**6


def rows(count: int, start: int = 1) -> list[dict[str, Any]]:
    return [{"id": number} for number in range(start, start + count)]


def test_a_request_carries_the_token_and_asks_for_a_hundred_rows(network: responses.RequestsMock, forwarded: Forwarded):
    signed = header_matcher({"Authorization": "Token secret-key-17", "Accept": "application/json"})
    asked = query_param_matcher({"page": "1", "per_page": "100"})
    network.get(f"{API}/tags", match=[signed, asked], json={"count": 0, "total": "0"})
    cats = forwarded(Cats)

    page = cats.page(Cats.resource("tags"), Cats.resource("tags").pages.first({}))

    assert (page.rows, page.next, page.total) == ([], None, 0)


def test_the_relative_link_is_a_sign_and_never_followed(network: responses.RequestsMock, forwarded: Forwarded):
    for number, link in (
        (1, {"next": {"href": "users?page=7"}}),
        (2, {"next": {"href": "https://elsewhere.test/"}}),
        (3, {}),
    ):
        asked = query_param_matcher({"page": str(number), "per_page": "100"})
        answer = {"total": None, "_links": link, "_embedded": {"users": rows(2, number * 2)}}
        network.get(f"{API}/users", match=[asked], json=answer)
    cats, users = forwarded(Cats), Cats.resource("users")

    params, found = users.pages.first({}), []
    while params:
        page = cats.page(users, params)
        found += [row["id"] for row in page.rows]
        params = page.next or {}

    assert found == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("count", [24, 25, 26])
def test_an_embed_of_exactly_25_is_completed_by_its_own_list(
    network: responses.RequestsMock, forwarded: Forwarded, count: int
):
    person = {"id": 8, "_embedded": {"emails": [], "work_history": rows(count)}}
    network.get(f"{API}/candidates/8", json=person)
    if count == 25:
        network.get(f"{API}/candidates/8/work_history", json={"_embedded": {"work_history": rows(31)}})

    row = forwarded(Cats).row(Cats.resource("candidates"), "8")

    assert row is not None
    assert len(row["_embedded"]["work_history"]) == (31 if count == 25 else count)


def test_an_embed_whose_list_is_gone_keeps_its_25(network: responses.RequestsMock, forwarded: Forwarded):
    network.get(f"{API}/candidates/8", json={"id": 8, "_embedded": {"phones": rows(25)}})
    network.get(f"{API}/candidates/8/phones", status=404, json={"message": "Not found."})

    row = forwarded(Cats).row(Cats.resource("candidates"), "8")

    assert row is not None
    assert len(row["_embedded"]["phones"]) == 25


def test_the_statuses_of_a_workflow_are_read_in_pages(connect: Connect):
    emulator = Emulator(jobs=1, people=0, limit=MANY)
    emulator.account.workflows[3106].statuses *= 7

    beside = connect(Cats, emulator).beside()

    assert len(beside["pipelines/workflows/3106/statuses"]) == 203


def test_an_account_is_its_site(connect: Connect):
    account = connect(Cats, Emulator(jobs=1, people=0)).account()

    assert account == Account("40911", "Acme Works", {"subdomain": "acme-works", "mode": "hr"})


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_a_refused_key_whether_401_or_403(
    network: responses.RequestsMock, forwarded: Forwarded, status: int
):
    network.get(f"{API}/site", status=status, json={"message": "Invalid credentials."})

    with pytest.raises(AuthFailed, match=r"^Invalid credentials\.$"):
        forwarded(Cats).account()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"message": "That filter cannot be used"}', "That filter cannot be used"),
        ('{"errors": ["a must be b", "c must be d"]}', "a must be b, c must be d"),
        ('{"message": ["x"], "error": "y"}', "x · y"),
        (
            '{"errors": {"title": ["is empty", "is short"], "place": {"city": "is missing"}}}',
            "title: is empty, is short, place: city: is missing",
        ),
        ('{"message": "twice", "error": "twice"}', "twice"),
        ('{"message": null}', "CATS answered 400"),
        ("[1]", "CATS answered 400"),
        ("<!doctype html>", "CATS answered 400"),
        ("", "CATS answered 400"),
    ],
)
def test_a_refusals_words_are_found_under_any_key(
    network: responses.RequestsMock, forwarded: Forwarded, body: str, words: str
):
    network.get(f"{API}/site", status=400, body=body)

    with pytest.raises(Rejected) as refused:
        forwarded(Cats).account()

    assert refused.value.message == words


def test_a_server_error_in_html_is_temporary(connect: Connect):
    emulator = Emulator(jobs=1, people=0)
    emulator.fail("html", times=9)

    with pytest.raises(TemporaryFailure, match="CATS answered 502"):
        connect(Cats, emulator, sleep=lambda seconds: None).account()


def test_the_limit_is_read_from_the_headers_and_a_full_hour_waits_as_told(connect: Connect):
    now, learned = [1_800_000_000.0], []
    emulator = Emulator(jobs=1, people=0, limit=2, clock=lambda: now[0])
    cats = connect(Cats, emulator, record=lambda each: learned.append(Cats.limit_headers(each.response_headers)))

    cats.account()
    now[0] += 600
    cats.account()
    with pytest.raises(RateLimited) as full:
        cats.account()

    assert learned[:2] == [{"x-rate-limit-limit": "2", "x-rate-limit-remaining": str(left)} for left in (1, 0)]
    assert full.value.wait == 3000


def test_without_a_retry_after_a_whole_hour_is_waited(connect: Connect):
    emulator = Emulator(jobs=1, people=0)
    emulator.fail("429_silent")

    with pytest.raises(RateLimited) as limited:
        connect(Cats, emulator).account()

    assert limited.value.wait == 3600


def test_a_check_tries_every_list_and_leaves_writing_untested(connect: Connect):
    cats = connect(Cats, Emulator(jobs=1, people=0))

    found = {verdict.permission.slug: verdict.allowed for verdict in cats.check(writes=True)}

    reads = ("site", "jobs", "candidates", "pipelines", "pipelines/workflows", "activities", "users", "tags", "portals")
    assert found == dict.fromkeys(reads, True) | {"writing": None}
    assert cats.talk.calls == len(reads)
    assert {resource.permission for resource in Cats.resources} <= set(reads)


def test_a_list_that_the_account_lacks_is_a_no(connect: Connect):
    emulator = Emulator(jobs=1, people=0)
    emulator.fail("404", path="/portals")

    found = {verdict.permission.slug: verdict.allowed for verdict in connect(Cats, emulator).check()}

    assert (found["portals"], found["jobs"]) == (False, True)


def test_a_check_with_a_refused_key_raises(connect: Connect):
    emulator = Emulator(jobs=1, people=0)
    cats = connect(Cats, emulator)
    emulator.revoked.add(emulator.key)

    with pytest.raises(AuthFailed, match="Invalid credentials"):
        list(cats.check())


def test_a_record_that_is_gone_has_no_row_and_no_detail(connect: Connect):
    cats = connect(Cats, Emulator(jobs=1, people=0))
    people = Cats.resource("candidates")

    assert cats.row(people, "1") is None
    with pytest.raises(NotFound):
        cats.detail(people, "1")


def test_opening_a_record_brings_its_row_anew(connect: Connect):
    emulator = Emulator(people=30, limit=MANY)
    cats = connect(Cats, emulator)

    for slug in ("jobs", "candidates", "pipelines"):
        resource = Cats.resource(slug)
        row = cats.page(resource, resource.pages.first({})).rows[0]
        assert resource.detail is not None
        assert resource.detail.row is not None
        assert resource.detail.row(cats.detail(resource, str(row["id"]))) == row


def test_a_long_list_of_a_detail_is_read_to_its_end(connect: Connect):
    emulator = Emulator(people=5, limit=MANY)
    ada = emulator.person()
    for number in range(230):
        emulator.attach(ada, f"page {number}.txt")

    detail = connect(Cats, emulator).detail(Cats.resource("candidates"), str(ada.id))

    assert len(detail["attachments"]["_embedded"]["attachments"]) == 230


def test_applications_of_cats_are_forms_and_only_those_for_the_pipelines_job_are_its_answers(
    network: responses.RequestsMock, forwarded: Forwarded
):
    network.get(f"{API}/pipelines/5", json={"id": 5, "candidate_id": 8, "job_id": 3})
    network.get(f"{API}/pipelines/5/statuses", json={"count": 0})
    forms = [{"id": 21, "job_id": "3"}, {"id": 22, "job_id": "4"}, {"id": 23, "job_id": "3"}]
    network.get(f"{API}/candidates/8/applications", json={"_embedded": {"applications": forms}})
    whole = {"id": 21, "job_id": "3", "_embedded": {"fields": rows(2)}}
    network.get(f"{API}/candidates/applications/21", json=whole)
    network.get(f"{API}/candidates/applications/23", status=404, json={"message": "Not found."})

    detail = forwarded(Cats).detail(Cats.resource("pipelines"), "5")

    assert detail["answers"] == {"_embedded": {"applications": [whole, {"id": 23, "job_id": "3"}]}}


def test_activities_of_client_companies_are_left_out_even_where_they_fill_a_page(connect: Connect):
    emulator = Emulator(jobs=1, people=0, limit=MANY)
    emulator.account.activities.clear()
    ada = emulator.person(job="Baker")
    for _ in range(110):
        emulator.change(emulator.note(ada, "Invoice"), about=("company", 9100002))
    kept = emulator.note(ada, "Bakes.")

    found = walk(connect(Cats, emulator))

    assert [remote_id for model, remote_id in found if model == "note"] == [str(kept.id)]


def test_a_posting_with_a_relative_address_leads_nowhere():
    jobs = [{"id": 1, "_links": {"job_url": {"href": "/jobs/1"}}}, {"id": 2, "_links": {"job_url": "https://a.test/2"}}]

    assert [known.posting_address(job) for job in jobs] == [None, "https://a.test/2"]


def test_an_agencys_departments_are_read_for_25_companies_at_most(connect: Connect):
    emulator = Emulator(jobs=1, people=0, mode="recruiter", limit=MANY)
    account = emulator.account
    for number in range(1, 31):
        account.companies[number] = Named(number, f"Client {number}")
        account.departments[number] = Department(number, number, "Sales")
        emulator.add_job(f"Job {number}", company_id=number, department_id=number)
        emulator.add_job(f"Other job {number}", company_id=number, department_id=None)

    beside = connect(Cats, emulator).beside()

    assert len([path for path in beside if path.startswith("companies/")]) == 25


def test_a_thumbnails_address_may_be_signed_and_is_not_stored():
    row = {"id": 1, "_embedded": {"thumbnail": [{"id": 9, "url": "https://img.example.test/?sig=1"}]}}

    stored = Cats.storable(Cats.resource("candidates"), row)

    assert stored == {"id": 1, "_embedded": {"thumbnail": [{"id": 9, "url": None}]}}


def test_every_field_is_filled_or_says_why_not():
    cats = coverage.of(Cats)
    fields = {f"{slug}.{name}": field for slug, model in cats.models.items() for name, field in model.fields.items()}

    assert cats.models["rejection_reason"].reason
    assert [name for name, field in fields.items() if not field.filled and len(field.reason) < 15] == []
    assert {name for name, field in fields.items() if field.on_opening} >= {
        "candidate.tag_ids",
        "application.hired_at",
        "application.rejected_at",
    }
