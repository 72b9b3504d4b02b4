"""Any model's list, as the people of the cast see it."""

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.records.models import Record
from atsbridge.sync.models import Run
from connectors import unified
from tests.dashboard import reading
from tests.records import factory

LIST = "/t/acme/records/{}/"
CANDIDATES, APPLICATIONS = LIST.format("candidates"), LIST.format("applications")


@pytest.fixture
def homerun(acme):
    return factory.connect(acme, label="Homerun – Berlin")


@pytest.fixture
def ada(homerun):
    """Ada, who applied as a baker and waits for an interview; where she lives is known."""
    factory.make(homerun, "job", "j1", name="Baker", status="OPEN")
    factory.make(homerun, "application_stage", "s1", name="Interview")
    factory.make(
        homerun, "candidate", "c1", first_name="Ada", last_name="Lovelace", source="Referral",
        email_addresses=[{"email_address": "ada@example.org"}, {"email_address": "al@example.org"}],
        location={"city": "Zürich", "country": "CH"}, remote_created_at="2026-05-02T10:00:00Z",
    )  # fmt: skip
    return factory.make(
        homerun, "application", "a1", candidate_id="c1", job_id="j1", current_stage_id="s1", outcome="PENDING",
        source="Career page",
    )  # fmt: skip


def names(page, caption="Candidates"):
    return [row[0] for row in reading.table(page, caption)[1:]]


def test_a_list_shows_the_columns_of_the_schema(alice, ada):
    head, row = reading.table(alice.get(CANDIDATES), "Candidates")
    assert head == ["Name", "Email addresses", "Phone numbers", "Title", "Location", "Source", "Created at", "Changed"]
    assert row == ["Ada Lovelace", "ada@example.org +1", "–", "–", "Zürich, CH", "Referral", "2 May", "just now"]


def test_records_without_a_name_are_called_after_what_they_join_and_link_it(alice, ada):
    page = alice.get(APPLICATIONS)
    assert reading.table(page, "Applications") == [
        ["Candidate", "Job", "Current stage", "Outcome", "Source", "Created at", "Changed"],
        ["Ada Lovelace", "Baker", "Interview", "Pending", "Career page", "–", "just now"],
    ]
    addresses = reading.links(reading.inner(page, "rows"))
    assert addresses["Ada Lovelace"] == f"{APPLICATIONS}{ada.id}/"
    assert addresses["Baker"] == f"{LIST.format('jobs')}{ada.job}/"


def test_a_reference_to_something_never_read_dangles_and_says_so(alice, homerun):
    factory.make(homerun, "application", "a1", candidate_id="c9", job_id="j9", outcome="PENDING")
    row = reading.table(alice.get(APPLICATIONS), "Applications")[1]
    assert row[:2] == ["c9", "j9 not read yet"]


@pytest.mark.parametrize("words", ["lukasz", "ŁUKASZ", "wojcik luk", "47-11"])
def test_search_finds_without_accents_case_or_order(alice, homerun, words):
    factory.make(homerun, "candidate", "47-11", first_name="Łukasz", last_name="Wójcik")
    factory.make(homerun, "candidate", "2", first_name="Lucas", last_name="Wood")
    page = alice.get(CANDIDATES, {"q": words})
    assert names(page) == ["Łukasz Wójcik"]
    assert "1 of 2 match" in reading.text(reading.inner(page, "count"))


@pytest.mark.parametrize("words", ["lovelace", "ADA a1", "ada@example.org"])
def test_applications_are_found_by_their_person_too(alice, homerun, ada, words):
    factory.make(homerun, "application", "a2", candidate_id="c2")
    assert names(alice.get(APPLICATIONS, {"q": words}), "Applications") == ["Ada Lovelace"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"outcome": "HIRED"}, ["Grace Hopper"]),
        ({"source": "Agency"}, ["Grace Hopper"]),
        ({"stage": "Interview"}, ["Ada Lovelace"]),
        ({"outcome": "PENDING", "source": "Career page"}, ["Ada Lovelace"]),
        ({"deleted": "only"}, ["Alan Turing"]),
        ({"deleted": "with", "sort": "created"}, ["Ada Lovelace", "Grace Hopper", "Alan Turing"]),
    ],
)
def test_filters_narrow_and_can_be_taken_off(alice, homerun, ada, filters, found):
    factory.make(homerun, "candidate", "c2", first_name="Grace", last_name="Hopper")
    factory.make(homerun, "candidate", "c3", first_name="Alan", last_name="Turing")
    factory.make(homerun, "application", "a2", candidate_id="c2", outcome="HIRED", source="Agency")
    factory.make(homerun, "application", "a3", candidate_id="c3", columns={"deleted_at": timezone.now()})

    page = alice.get(APPLICATIONS, filters)
    assert [name.removesuffix(" Deleted") for name in names(page, "Applications")] == found
    cleared = alice.get(reading.links(reading.content(page))["Clear all"])
    assert sorted(names(cleared, "Applications")) == ["Ada Lovelace", "Grace Hopper"]


def test_the_chip_of_a_filter_names_field_and_value(alice, ada):
    page = reading.content(alice.get(APPLICATIONS, {"job": str(ada.job), "q": "c1", "outcome": "PENDING"}))
    assert "Remove filter: Job is Baker" in page
    assert f'href="{APPLICATIONS}?job={ada.job}&amp;q=c1" title="Remove this filter"' in page


def test_one_connection_alone_is_counted_by_its_total(alice, acme, ada):
    cats = factory.connect(acme, "cats", label="CATS – Nordics")
    factory.make(cats, "candidate", "1", first_name="Søren")
    assert "2 candidates" in reading.text(reading.inner(alice.get(CANDIDATES), "count"))

    page = alice.get(CANDIDATES, {"connection": str(cats.id)})
    assert names(page) == ["Søren"]
    assert "1 candidate ·" in reading.text(reading.inner(page, "count"))


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"colour": "red"}, "This list cannot be narrowed by “colour”."),
        ({"outcome": "WON"}, "“WON” is none of the values of “outcome”."),
        ({"job": "Baker"}, "“Baker” is none of the values of “job”."),
        ({"sort": "shoe"}, "This list cannot be sorted by “shoe”."),
        ({"cursor": "made-up.x"}, "That page is of another list, so this is the first one."),
    ],
)
def test_what_a_list_cannot_be_asked_is_said_not_passed_over(alice, ada, parameters, words):
    page = alice.get(APPLICATIONS, parameters)
    assert words in reading.text(reading.content(page))
    assert names(page, "Applications") == ["Ada Lovelace"]


def test_nul_in_a_question_breaks_nothing(alice, ada):
    assert names(alice.get(APPLICATIONS, {"q": "c1\x00", "source": "\x00"}), "Applications") == ["Ada Lovelace"]
    for address in ("/t/acme/pipelines/", f"/t/acme/pipelines/{ada.job}/"):
        assert alice.get(address, {"q": "\x00", "source": "\x00", "outcome": "\x00"}).status_code == 200


def test_sorting_is_a_link_that_says_its_direction(alice, homerun):
    factory.many(
        homerun, "candidate", [(str(n), {"first_name": name}) for n, name in enumerate(("Ébba", "adam", "Zoë"))]
    )
    page = alice.get(CANDIDATES, {"sort": "name"})
    assert names(page) == ["adam", "Ébba", "Zoë"]
    assert 'aria-sort="ascending"' in reading.content(page)

    turned = alice.get(reading.links(reading.inner(page, "rows"))["Name"])
    assert names(turned) == ["Zoë", "Ébba", "adam"]
    assert 'aria-sort="descending"' in reading.content(turned)


def test_paging_loses_and_repeats_nothing_in_both_directions(alice, homerun):
    factory.many(homerun, "candidate", [(str(n), {"first_name": f"{n:03}"}) for n in range(120)])
    seen, address = [], f"{CANDIDATES}?sort=name"
    for _ in range(3):
        page = alice.get(address)
        seen += names(page)
        address = reading.links(reading.content(page)).get("Older", "")
    assert seen == [f"{n:03}" for n in range(120)]
    assert address == ""

    back = alice.get(reading.links(reading.content(page))["Newer"])
    assert names(back) == seen[50:100]


@pytest.mark.parametrize("model", unified.MODELS, ids=lambda model: model.slug)
def test_every_model_has_its_list(bob, acme, model):
    assert reading.text(reading.content(bob.get(LIST.format(model.plural))))


def empty(browser, plural="candidates", **parameters):
    found = reading.content(browser.get(LIST.format(plural), parameters))
    start = found.index('class="card empty')
    return reading.text(found[start:].partition(">")[2].partition("</section>")[0])


def test_an_empty_list_says_why(alice, acme):
    assert empty(alice).startswith("No account is linked")

    homerun = factory.connect(acme, label="Homerun – Berlin")
    assert empty(alice) == "No candidates read yet The first sync has not ended. Watch the sync"
    assert empty(alice, "users") == "No users here Homerun's API names no users. See coverage"
    assert empty(alice, "attachments").endswith("They are read when the record that they belong to is opened.")

    with scope(tenant=acme):
        Run.objects.create(tenant=acme, connection=homerun, state="succeeded", ended_at=timezone.now())
    assert empty(alice) == "No candidates Homerun – Berlin shows none."

    factory.make(homerun, "candidate", "1", first_name="Ada")
    assert empty(alice, q="nobody") == "Nothing matches None of the 1 candidates fits all of these filters. Clear all"

    homerun.reads = ["job"]
    homerun.save()
    assert "Reading applications is switched off for Homerun – Berlin." in empty(alice, "applications")


def test_records_of_an_account_that_is_being_unlinked_are_not_shown(alice, acme):
    gone = factory.connect(acme, state="unlinking")
    factory.make(gone, "candidate", "1", first_name="Ada")
    assert empty(alice).startswith("No account is linked")


HOSTILE = "<script>alert(1)</script> \"' {{ 7 * 7 }} מרים 🌱"


def test_hostile_values_are_words_and_never_markup(alice, homerun):
    factory.make(homerun, "candidate", "<b>", first_name=HOSTILE, source=HOSTILE, title="<img src=x onerror=alert(1)>")
    page = reading.content(alice.get(CANDIDATES))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert f'dir="auto" title="{HOSTILE}"' in page.replace("&lt;", "<").replace("&gt;", ">").replace(
        "&quot;", '"'
    ).replace("&#x27;", "'")


def test_a_list_costs_the_same_queries_with_one_row_three_and_ten_thousand(alice, homerun, ada):
    costs = [len(reading.queries(alice, APPLICATIONS))]
    for count in (3, 10_000):
        numbers = [str(n) for n in range(count)]
        factory.many(homerun, "candidate", [(f"{count} {n}", {"first_name": n}) for n in numbers])
        factory.many(homerun, "application", [(f"{count} {n}", {"candidate_id": f"{count} {n}"}) for n in numbers])
        costs.append(len(reading.queries(alice, APPLICATIONS)))
    assert costs == [costs[0]] * 3


def test_no_list_counts_its_rows(alice, ada):
    for address in (APPLICATIONS, f"{APPLICATIONS}?outcome=PENDING&q=a1"):
        assert not [
            sql for sql in reading.queries(alice, address) if "COUNT(" in sql and f'"{Record._meta.db_table}"' in sql
        ]


def test_htmx_gets_the_rows_alone_from_the_same_address(alice, ada):
    part = reading.content(alice.get(APPLICATIONS, {"q": "c1"}, headers=reading.HTMX))
    assert "<html" not in part
    assert 'id="rows"' in part
    assert 'id="narrowing" hx-swap-oob="true"' in part


def test_strangers_see_nothing_and_viewers_everything(charlie, bob, sam, ada):
    assert charlie.get(APPLICATIONS).status_code == 404
    assert charlie.get("/t/globex/records/applications/", {"deleted": "with"}).content.find(b"Lovelace") == -1
    assert (
        names(bob.get(APPLICATIONS), "Applications") == names(sam.get(APPLICATIONS), "Applications") == ["Ada Lovelace"]
    )
    assert bob.get(LIST.format("dragons")).status_code == 404
