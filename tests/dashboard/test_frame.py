"""What stands around every page, seen by the people of the cast."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client

pytestmark = pytest.mark.urls("tests.dashboard.pages")

PAGE = "/t/acme/connections/"


def text(html):
    """The words of a piece of HTML."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def menu(page):
    """The side menu: address → what is read there."""
    side = re.search(r'<nav class="side".*?</nav>', page.content.decode(), re.DOTALL)
    assert side
    lists = re.findall(r"<ul.*?</ul>", side.group(), re.DOTALL)
    return {
        href: text(words) for html in lists for href, words in re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', html)
    }


OWNERS = {
    "/t/acme/": "Overview",
    "/t/acme/connections/": "Connections 1 of 4 is broken",
    "/t/acme/jobs/": "Jobs 86",
    "/t/acme/pipelines/": "Pipelines",
    "/t/acme/candidates/": "Candidates 12,480",
    "/t/acme/applications/": "Applications 18,911",
    "/t/acme/runs/": "Sync runs 1 running",
    "/t/acme/keys/": "API keys",
    "/t/acme/coverage/": "Coverage",
    "/t/acme/people/": "People",
    "/t/acme/audit/": "Audit trail",
}


def test_alice_sees_every_place_with_its_count(alice):
    assert menu(alice.get(PAGE)) == OWNERS


def test_what_somebody_may_not_open_is_not_in_their_menu(bob, sam, acme):
    without_audit = {address: words for address, words in OWNERS.items() if words != "Audit trail"}

    assert menu(bob.get(PAGE)) == without_audit
    assert menu(sam.get(PAGE)) == without_audit


@pytest.mark.parametrize(
    ("page", "current"),
    [
        ("/t/acme/", ("/t/acme/", "page")),
        ("/t/acme/connections/", ("/t/acme/connections/", "page")),
        ("/t/acme/connections/7/", ("/t/acme/connections/", "true")),
        ("/t/acme/link/", ("/t/acme/connections/", "true")),
        ("/t/acme/candidates/", ("/t/acme/candidates/", "page")),
        ("/t/acme/jobs/7/", ("/t/acme/jobs/", "true")),
    ],
)
def test_the_menu_says_where_one_is(alice, page, current):
    side = re.search(r'<nav class="side".*?</nav>', alice.get(page).content.decode(), re.DOTALL)
    assert side

    assert re.findall(r'<li><a href="([^"]+)" aria-current="(\w+)"', side.group()) == [current]


def test_support_staff_see_whom_they_look_at_and_a_way_out(sam, alice):
    band = re.search(r'<section class="band".*?</section>', sam.get(PAGE).content.decode(), re.DOTALL)
    assert band

    assert text(band.group()) == "You are looking at Acme as support. Acme's owners see this visit. Leave Acme"
    assert 'href="/support/"' in band.group()
    assert 'class="band"' not in alice.get(PAGE).content.decode()


def test_a_page_of_no_tenant_has_neither_its_menu_nor_its_search(sam):
    page = sam.get("/support/").content.decode()

    assert "<title>Support · atsbridge</title>" in page
    assert 'class="brand-name" href="/"' in page
    assert [part for part in ('class="side"', 'class="band"', 'type="search"', "popovertarget") if part in page] == []


def test_one_switches_between_one_s_own_tenants(alice, acme, globex):
    acme.memberships.model.objects.create(tenant=globex, person=alice.person, role="viewer")

    sheet = re.search(r'<summary class="tenant">.*?</details>', alice.get(PAGE).content.decode(), re.DOTALL)

    assert sheet
    assert re.findall(r'<a href="([^"]+)"(.*?)>', sheet.group()) == [
        ("/t/acme/", ' aria-current="true"'),
        ("/t/globex/", ""),
    ]


def test_signing_out_is_a_form_with_its_token(alice):
    page = alice.get(PAGE).content.decode()

    assert re.search(
        r'<form method="post" action="/accounts/logout/"><input type="hidden" name="csrfmiddlewaretoken" value="\w+">',
        page,
    )


@pytest.mark.parametrize(
    ("level", "tone", "role"),
    [(25, "good", "status"), (20, "off", "status"), (30, "attention", "status"), (40, "broken", "alert")],
)
def test_what_just_happened_is_a_toast(alice, level, tone, role):
    page = alice.get(f"{PAGE}?say={level}").content.decode()
    toasts = re.search(r'<section class="toasts".*?</section>', page, re.DOTALL)

    assert toasts
    assert f'<div class="toast {tone}" role="{role}">' in toasts.group()
    assert text(toasts.group()) == "Sync queued Dismiss"


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(alice):
    page = alice.get(PAGE).content.decode()

    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:|data:", page) == []
    assert re.findall(r"<script(?! src=)", page) == []
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', page) == []


def test_every_icon_that_a_page_refers_to_is_on_its_sheet_once(alice):
    page = alice.get(PAGE).content.decode()
    drawn = re.findall(r'<symbol id="(i-[\w-]+)"', page)

    assert set(re.findall(r'<use href="#(i-[\w-]+)"', page)) == set(drawn)
    assert len(drawn) == len(set(drawn))
    assert set(re.findall(r' id="([^"]+)"', page)) == set(found := re.findall(r' id="([^"]+)"', page))
    assert len(found) == len(set(found))


def test_a_fragment_is_only_the_fragment(alice):
    fragment = alice.get(PAGE, headers={"HX-Request": "true"}).content.decode()

    assert fragment.startswith('<div id="live">')
    assert "<use" not in fragment


@pytest.mark.parametrize("page", ["/accounts/login/", PAGE])
def test_a_first_visit_is_at_most_60_kb_in_four_requests(alice, page):
    html = (alice if page == PAGE else Client()).get(page).content.decode()
    files = re.findall(r'<(?:script src|link rel="[^"]+"(?: type="[^"]+")? href)="/static/([^"]+)"', html)

    sizes = {name: len(gzip.compress(Path(str(finders.find(name))).read_bytes())) for name in files}

    assert len(files) <= 4
    assert sum(sizes.values()) + len(gzip.compress(html.encode())) < 60_000, sizes


@pytest.mark.parametrize(
    ("page", "status", "title"),
    [("/nowhere/", 404, "Nothing here"), ("/", 403, "You may not do this"), ("/broken/", 500, "Our mistake")],
)
@pytest.mark.django_db
def test_an_error_says_what_happened_in_our_frame(page, status, title):
    client = Client(raise_request_exception=False)

    answer = client.get(page)

    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in answer.content.decode()
    assert 'href="/static/app.css"' in answer.content.decode()


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("400.html", "That request made no sense"),
        ("403.html", "You may not do this"),
        ("403_csrf.html", "This form is too old"),
        ("404.html", "Nothing here"),
        ("500.html", "Our mistake"),
    ],
)
def test_an_error_page_needs_neither_a_request_nor_a_database(page, title):
    shown = render_to_string(page)

    assert f"<h1>{title}</h1>" in shown
    assert "<use" not in shown


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("/accounts/login/", "Sign in"),
        ("/accounts/password/reset/", "Reset your password"),
        ("/accounts/password/reset/done/", "Look into your mail"),
        ("/accounts/password/reset/key/1-no/", "This link is spent"),
        ("/accounts/password/reset/key/done/", "Your password is changed"),
        ("/accounts/inactive/", "This account is switched off"),
        ("/accounts/signup/", "By invitation only"),
    ],
)
@pytest.mark.django_db
def test_pages_before_signing_in_are_in_our_words(page, title):
    assert f"<h1>{title}</h1>" in Client().get(page).content.decode()


@pytest.mark.parametrize(
    ("page", "title"), [("/accounts/logout/", "Sign out?"), ("/accounts/password/set/", "Set a password")]
)
def test_pages_about_one_s_account_are_in_our_words(alice, page, title):
    assert f"<h1>{title}</h1>" in alice.get(page).content.decode()


@pytest.mark.django_db
def test_a_wrong_password_is_said_once_above_the_form():
    page = Client().post("/accounts/login/", {"login": "alice@acme.example", "password": "wrong"}).content.decode()

    notice = re.search(r'<div class="notice broken" role="alert".*?</ul>', page, re.DOTALL)
    assert notice
    assert "You are not signed in" in notice.group()
    assert page.count("not correct") == 1
