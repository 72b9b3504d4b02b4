"""Filters, one by one and at random while walking through pages."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from django_scopes import scope

from connectors.unified.parts import EmailAddress, FileType, JobStatus
from tests.api.rows import START, Account

LONG_AGO = datetime(2020, 5, 4, 3, 2, 1, 987654, tzinfo=UTC)


def person(account: Account, remote_id: str, **values) -> None:
    mails = [EmailAddress(email_address=mail) for mail in values.pop("mails", [])]
    fresh = {"detail_read_at": timezone.now()}
    account.put("candidate", remote_id, email_addresses=mails, row=fresh, **values)


@pytest.fixture
def office(homerun):
    """Two jobs, three people, and what hangs on them."""
    homerun.put("job", "j1", name="Baker, head", status=JobStatus.OPEN)
    homerun.put("job", "j2", name="Clerk", status=JobStatus.CLOSED)
    person(
        homerun, "c1", first_name="Ada", last_name="Łukasz", source="LinkedIn", mails=["ada@x.example", "Ada@y.example"]
    )
    person(homerun, "c2", first_name="Ada", source="Referral", mails=["xada@x.example"])
    person(homerun, "c3", first_name="Bob", source="50%", mails=["b_b@x.example"])
    fresh = {"detail_read_at": timezone.now()}
    homerun.put(
        "application", "a1", candidate_id="c1", job_id="j1", current_stage_id="s/1", source="LinkedIn", row=fresh
    )
    homerun.put("application", "a2", candidate_id="c1", job_id="j2", current_stage_id="s2", row=fresh)
    homerun.put("application", "a3", candidate_id="c2", job_id="j1", current_stage_id="s2", row=fresh)
    homerun.put("attachment", "f1", candidate_id="c1", application_id="a1", type=FileType.CV)
    homerun.put("attachment", "f2", job_id="j2")
    homerun.put("note", "n1", candidate_id="c1", application_id="a2", job_id="j2")
    return homerun


@pytest.mark.parametrize(
    ("resource", "asked", "expected"),
    [
        ("jobs", {"id": "j2"}, ["j2"]),
        ("jobs", {"id": "nobody"}, []),
        ("jobs", {"id[in]": "j2,j1,j9"}, ["j1", "j2"]),
        ("jobs", {"status": "open"}, ["j1"]),
        ("jobs", {"status[in]": "open,closed"}, ["j1", "j2"]),
        ("jobs", {"status": "pending"}, []),
        ("jobs", {"name": "Baker, head"}, ["j1"]),
        ("jobs", {"name[in][]": ["Baker, head", "Clerk"]}, ["j1", "j2"]),
        ("jobs", {"name[in][0]": "Baker, head"}, ["j1"]),
        ("jobs", {"name[in]": "Baker, head"}, []),
        ("candidates", {"job_id": "j1"}, ["c1", "c2"]),
        ("candidates", {"stage[id]": "s/1"}, ["c1"]),
        ("candidates", {"stage[id][in]": "s/1,s2"}, ["c1", "c2"]),
        ("candidates", {"job_id": "j1", "stage[id]": "s2"}, ["c2"]),
        ("candidates", {"emails": "ada@x.example"}, ["c1"]),
        ("candidates", {"emails": "ADA@Y.EXAMPLE"}, ["c1"]),
        ("candidates", {"emails[in]": "ada@y.example,b_b@x.example"}, ["c1", "c3"]),
        ("candidates", {"emails": "bxb@x.example"}, []),
        ("candidates", {"emails": "%"}, []),
        ("candidates", {"name": "Ada Łukasz"}, ["c1"]),
        ("candidates", {"name": "Ada"}, ["c2"]),
        ("candidates", {"source": "50%"}, ["c3"]),
        ("candidates", {"source[in]": "LinkedIn,Referral"}, ["c1", "c2"]),
        ("applications", {"job_id": "j1"}, ["a1", "a3"]),
        ("applications", {"candidate_id": "c1"}, ["a1", "a2"]),
        ("applications", {"current_stage[id]": "s2"}, ["a2", "a3"]),
        ("applications", {"current_stage[id]": "s2", "job_id": "j1"}, ["a3"]),
        ("applications", {"source": "LinkedIn"}, ["a1"]),
        ("attachments", {"candidate_id": "c1"}, ["f1"]),
        ("attachments", {"application_id": "a1"}, ["f1"]),
        ("attachments", {"job_id": "j2"}, ["f2"]),
        ("activities", {"candidate_id[in]": "c1,c2"}, ["n1"]),
        ("activities", {"application_id": "a2"}, ["n1"]),
        ("activities", {"job_id": "j1"}, []),
    ],
)
def test_filters(machine, office, resource, asked, expected):
    assert machine.ids(resource, asked) == expected


def test_every_filter_takes_our_ids_too(machine, office):
    assert machine.ids("jobs", id=office.id("job", "j2")) == ["j2"]
    assert machine.ids("candidates", job_id=office.id("job", "j2")) == ["c1"]
    asked = {"current_stage[id]": office.id("application_stage", "s/1")}
    assert machine.ids("applications", asked) == ["a1"]


def test_stages_of_a_job_are_filtered_by_the_stages_id(machine, homerun):
    for name in ("New", "Offer"):
        homerun.put("job_stage", f"j1:{name}", job_id="j1", stage_id=name, index=0)

    assert machine.ids("job_interview_stages", job_id="j1", id="Offer") == ["Offer"]


def test_a_deleted_application_finds_nobody(machine, homerun):
    homerun.put("candidate", "c1")
    homerun.put("application", "a1", candidate_id="c1", job_id="j1", row={"deleted_at": LONG_AGO})

    assert machine.ids("candidates", job_id="j1") == []


def filters(dice: random.Random) -> dict[str, str]:
    choices = {
        "job_id": "j1", "stage[id]": "s1", "source[in]": "LinkedIn,Referral", "include_deleted": "true",
        "updated_at[gt]": "2026-03-01T09:00:10Z", "created_at[lte]": "2026-03-01T09:01:00Z",
        "sort_by[created_at]": "desc", "truto_ignore_remote_data": "true",
    }  # fmt: skip
    return {name: value for name, value in choices.items() if dice.random() < 0.3}


# Walks


@pytest.mark.parametrize("seed", range(12))
def test_walking_all_pages_under_random_filters_meets_the_whole_set(machine, homerun, seed):
    dice = random.Random(seed)
    with scope(tenant=homerun.tenant):
        for number in range(60):
            row = {"deleted_at": LONG_AGO} if dice.random() < 0.1 else {}
            row |= {"touched_at": START + timedelta(seconds=dice.randrange(30))}
            source = dice.choice(["LinkedIn", "Referral", "Other"])
            homerun.put("candidate", f"c{number}", first_name="Ada", source=source, row=row)
            stage, job = dice.choice(["s1", "s2"]), dice.choice(["j1", "j2"])
            homerun.put("application", f"a{number}", candidate_id=f"c{number}", job_id=job, current_stage_id=stage)
    asked = filters(dice)
    size = dice.randrange(1, 20)
    whole = machine.read("candidates", asked, limit=1000)["result"]

    page = machine.read("candidates", asked, limit=size)
    pages = [page]
    while page["next_cursor"]:
        page = machine.read("candidates", asked, limit=size, next_cursor=page["next_cursor"])
        pages.append(page)
    back = [page]
    while page["prev_cursor"]:
        page = machine.read("candidates", asked, limit=size, next_cursor=page["prev_cursor"])
        back.append(page)

    assert [row for page in pages for row in page["result"]] == whole
    assert [row for page in reversed(back) for row in page["result"]] == whole
    times = [row["created_at" if "sort_by[created_at]" in asked else "updated_at"] for row in whole]
    assert all((a >= b) if "sort_by[created_at]" in asked else (a <= b) for a, b in pairwise(times))
