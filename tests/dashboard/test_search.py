"""Search in a tenant and, for support, over all of them; and where people land."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.sync.models import Run
from atsbridge.tenants.models import AuditEntry, Membership, Tenant
from connectors.unified.parts import EmailAddress
from tests.api.rows import Account, account
from tests.conftest import Browser


def rows(page: Any, caption: str) -> list[list[str]]:
    """The cells of a table, by its caption."""
    html = page.content.decode()
    found = re.search(rf">{caption}</caption>(.*?)</table>", html, re.DOTALL)
    lines = re.findall(r"<tr[^>]*>(.*?)</tr>", found[1] if found else "", re.DOTALL)[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.DOTALL) for line in lines]
    return [[re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", cell)).strip() for cell in line] for line in cells]


def person(linked: Account, remote_id: str, first: str, last: str, mail: str = "") -> Any:
    addresses = [EmailAddress(email_address=mail)] if mail else []
    return linked.put("candidate", remote_id, first_name=first, last_name=last, email_addresses=addresses)


@pytest.fixture
def berlin(acme: Tenant) -> Account:
    """Acme's linked account, with Łukasz who applied for two jobs."""
    linked = account("Acme")
    person(linked, "c-1", "Łukasz", "Żółć", "lukasz@example.com")
    person(linked, "c-2", "Ada", "Lovelace", "ada@example.com")
    for number, job in enumerate(("Baker", "Miller")):
        linked.put("job", f"j-{number}", name=job)
        linked.put("application", f"a-{number}", candidate_id="c-1", job_id=f"j-{number}")
    return linked


@pytest.mark.parametrize("q", ["łukasz", "LUKASZ", "zolc lukasz", "lukasz@example", "c-1", " Łukasz\x00 "])
def test_a_candidate_is_found_without_accents_by_words_mail_or_id(q: str, alice: Browser, berlin: Account) -> None:
    page = alice.get("/t/acme/search/", {"q": q})

    assert rows(page, "Candidates") == [["Łukasz Żółć", "c-1", "hAcme homerun"]]
    assert sorted(row[:2] for row in rows(page, "Applications")) == [
        ["Łukasz Żółć", "Baker"],
        ["Łukasz Żółć", "Miller"],
    ]


def test_our_own_id_finds_its_record(alice: Browser, berlin: Account) -> None:
    page = alice.get("/t/acme/search/", {"q": berlin.id("job", "j-1")})

    assert rows(page, "Jobs") == [["Miller", "j-1", "hAcme homerun"]]
    assert f'href="/t/acme/records/jobs/{berlin.id("job", "j-1")}/"' in page.content.decode()


def test_many_hits_lead_to_the_list(alice: Browser, acme: Tenant) -> None:
    linked = account("Acme")
    for number in range(12):
        person(linked, f"x{number}", "Ann", f"Number {number:02}")

    page = alice.get("/t/acme/search/", {"q": "ann number"})

    assert len(rows(page, "Candidates")) == 10
    assert 'href="/t/acme/records/candidates/?q=ann+number"' in page.content.decode()


def test_search_costs_the_same_with_one_hit_and_with_ten(alice: Browser, berlin: Account) -> None:
    alice.get("/t/acme/search/")

    def cost(q: str, hits: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(rows(alice.get("/t/acme/search/", {"q": q}), "Candidates")) == hits
        return len(queries)

    one = cost("ada@example.com", 1)
    for number in range(9):
        person(berlin, f"more{number}", "Bea", f"N{number}", f"bea{number}@example.com")

    assert cost("example.com", 10) == one


@pytest.mark.parametrize("q", ["", "%", "_", "\x00", "x" * 9000, "'\"--", "\U0001f600", "zz " * 500, "%00", "\u0301"])
@pytest.mark.parametrize("where", ["/t/acme/search/", "/support/"])
def test_hostile_searches_are_answered(q: str, where: str, sam: Browser, berlin: Account) -> None:
    page = sam.get(where, {"q": q})

    assert page.status_code == 200
    assert rows(page, "Candidates of all tenants") == []


def test_another_tenants_records_are_not_found(charlie: Browser, berlin: Account) -> None:
    for q in ("lukasz", berlin.id("candidate", "c-1")):
        assert rows(charlie.get("/t/globex/search/", {"q": q}), "Candidates") == []


def test_support_finds_tenants_connections_and_candidates_everywhere(
    sam: Browser, berlin: Account, globex: Tenant
) -> None:
    person(account("Globex"), "9", "Lukas", "Zolc", "other@example.com")

    def found(q: str) -> tuple[list[str], list[list[str]], list[list[str]]]:
        page = sam.get("/support/", {"q": q})
        tenants = [row[0] for row in rows(page, "Tenants")]
        connections = [row[:2] for row in rows(page, "Connections of all tenants")]
        return tenants, connections, rows(page, "Candidates of all tenants")

    assert found("acme") == (["Acme"], [["hAcme homerun", "Acme"]], [])
    assert found("lukas") == (
        [],
        [],
        [
            ["Lukas Zolc", "other@example.com", "Globex", "hGlobex homerun"],
            ["Łukasz Żółć", "lukasz@example.com", "Acme", "hAcme homerun"],
        ],
    )
    assert (
        f"/t/acme/records/candidates/{berlin.id('candidate', 'c-1')}/" in sam.get("/support/?q=lukas").content.decode()
    )


def test_a_search_that_shows_candidates_is_a_visit_that_their_owners_see(
    sam: Browser, berlin: Account, globex: Tenant
) -> None:
    sam.get("/support/?q=lukasz")
    sam.get("/support/?q=nobody")

    def visits(tenant: Tenant) -> list[str]:
        with scope(tenant=tenant):
            return list(AuditEntry.objects.values_list("page", flat=True))

    assert (visits(berlin.tenant), visits(globex)) == (["/support/"], [])


def test_what_stands_still_comes_first_at_supports_home(sam: Browser, berlin: Account, globex: Tenant) -> None:
    failed, well = account("Globex"), account("Globex", "cats")
    with scope(tenant=globex):
        for linked, state in ((failed, "failed"), (well, "failed"), (well, "succeeded")):
            Run.objects.create(tenant=globex, connection=linked.connection, state=state, ended_at=timezone.now())
    with scope(tenant=berlin.tenant):
        since = timezone.now() - timedelta(days=3)
        Connection.objects.update(state="needs_relink", reason="The key was revoked.", state_since=since)

    page = sam.get("/support/")

    unhealthy = [row[:3] for row in rows(page, "Connections that need somebody")]
    assert unhealthy == [
        ["hAcme homerun", "Acme", "Needs relinkThe key was revoked."],
        ["hGlobex homerun", "Globex", "Active"],
    ]
    assert rows(page, "Tenants") == [["Acme", "1", "1"], ["Globex", "2", "0"]]


def test_supports_home_is_not_there_for_others(alice: Browser, client: Client) -> None:
    assert alice.get("/support/").status_code == 404
    assert client.get("/support/").headers["Location"] == "/accounts/login/?next=/support/"


def test_people_land_where_they_were_last(
    alice: Browser, sam: Browser, acme: Tenant, globex: Tenant, client: Client
) -> None:
    assert client.get("/").headers["Location"] == "/accounts/login/?next=/"
    assert sam.get("/").headers["Location"] == "/support/"
    assert alice.get("/").headers["Location"] == "/t/acme/"

    Membership.objects.create(tenant=globex, person=alice.person, role="viewer")
    assert re.findall(r'href="(/t/\w+/)"', alice.get("/").content.decode()) == ["/t/acme/", "/t/globex/"]

    alice.get("/t/globex/people/")
    assert alice.get("/").headers["Location"] == "/t/globex/"
