"""One record of any model: values and paths, the provider's answer, what belongs to it, what happened to it."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.dashboard import plain, values
from atsbridge.records.models import Change, Record
from atsbridge.sync.models import Run
from tests.dashboard import reading
from tests.records import factory

HTML = "<h1>Baker</h1><p>Be &amp; bake</p><script>alert(1)</script><ul><li>Bread</li></ul><img src=x onerror=alert(1)>"


@pytest.fixture
def homerun(acme):
    return factory.connect(acme, label="Homerun – Berlin")


def vacancy(**fields):
    row = {
        "id": "v1", "title": "Baker", "status": "public", "description": HTML, "department": {"name": "Bakery"},
        "created_at": "2026-05-02T10:00:00+00:00", "stages": [{"id": "s1", "name": "Interview"}],
    }  # fmt: skip
    return row | fields


def person(**fields):
    info = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "city": "Zürich"}
    row = {
        "id": "a1", "personal_info": info, "vacancy_id": "v1", "stage": {"id": "s1", "name": "Interview"},
        "created_at": "2026-05-02T10:00:00+00:00", "homerun_url": "https://app.homerun.co/a1",
    }  # fmt: skip
    return row | fields


def address(record):
    plurals = {"candidate": "candidates", "job": "jobs", "application": "applications", "job_stage": "job_stages"}
    return f"/t/acme/records/{plurals.get(record.model, record.model + 's')}/{record.id}/"


def kept(connection, model, remote_id):
    with scope(tenant=connection.tenant):
        return Record.objects.get(connection=connection, model=model, remote_id=remote_id)


@pytest.fixture
def ada(homerun):
    """Ada, as Homerun's list shows her; she applied as a baker."""
    factory.stored(homerun, "vacancies", vacancy())
    factory.stored(homerun, "job-applications", person())
    return kept(homerun, "candidate", "a1")


def shown(page):
    """Field → [value, source path], or the reason alone."""
    return {row[0]: row[1:] for row in reading.table(page, "Unified values")[1:]}


def test_every_value_stands_beside_its_source_path_or_the_reason_why_there_is_none(alice, ada):
    found = shown(alice.get(address(ada)))
    assert found["First name"] == ["Ada", "personal_info.first_name"]
    assert found["Email addresses"][1] == "personal_info.email"
    assert found["Phone numbers"] == ["empty in Homerun", "personal_info.phone_number"]
    assert found["Work history"] == ["Not available: Homerun keeps experience as one free text, not as positions"]
    assert found["Created in Homerun"] == ["2 May, 10:00", "created_at"]
    assert found["Custom fields"] == ["not read yet, it costs a call of its own", "detail: custom_data"]


def test_each_path_leads_to_its_place_in_the_answer(alice, ada):
    page = reading.content(alice.get(address(ada)))
    for place in ("p-personal_info-first_name", "p-created_at"):
        assert f'href="#{place}"' in page
        assert f'id="{place}" data-path="{place}"' in page


def test_the_answer_is_the_providers_own_and_raw_on_request(alice, ada):
    page = alice.get(address(ada))
    assert '"ada@example.org"' in reading.text(reading.content(page))
    raw = alice.get(address(ada), {"raw": "1"})
    assert raw.headers["Content-Type"] == "application/json"
    assert raw.json() == json.loads(ada.remote)


def test_a_record_leads_into_the_provider_and_to_what_belongs_to_it(alice, ada):
    page = alice.get(address(ada))
    found = reading.links(reading.content(page))
    assert found["Open in Homerun"] == "https://app.homerun.co/a1"
    assert f'href="{address(kept(ada.connection, "application", "a1"))}"' in reading.content(page)

    job = kept(ada.connection, "job", "v1")
    page = alice.get(address(job))
    assert reading.table(page, "Job stages")[1][:2] == ["Interview", "0"]
    assert reading.table(page, "Applications")[1][:3] == ["Ada Lovelace", "Interview", "Pending"]
    assert reading.links(reading.content(page))["Board"] == f"/t/acme/pipelines/{job.id}/"


def test_a_candidates_applications_stand_side_by_side_with_files_and_notes_in_time_order(alice, homerun):
    ada = factory.make(homerun, "candidate", "c1", first_name="Ada")
    for number, title in enumerate(("Baker", "Confectioner")):
        factory.make(homerun, "job", f"j{number}", name=title)
        factory.make(homerun, "application", f"a{number}", candidate_id="c1", job_id=f"j{number}", outcome="PENDING")
    factory.make(homerun, "attachment", "f1", candidate_id="c1", file_name="CV <ada>.pdf", type="CV")
    for day in (1, 3, 2):
        factory.make(
            homerun, "note", f"n{day}", candidate_id="c1", content=f"<p>Note {day}</p>", kind="NOTE",
            remote_created_at=f"2026-05-0{day}T10:00:00Z",
        )  # fmt: skip
    page = alice.get(address(ada))
    words = reading.text(reading.content(page))
    assert words.index("Confectioner") < words.index("Files") < words.index("Note 3") < words.index("Note 2")
    assert words.index("Note 2") < words.index("Note 1")
    assert reading.table(page, "Files")[1][:2] == ["CV <ada>.pdf", "CV"]
    assert reading.content(page).count("<article") == 2


def test_what_has_no_answer_of_its_own_says_where_it_stands(alice, ada):
    stage = kept(ada.connection, "job_stage", "v1:s1")
    words = reading.text(reading.content(alice.get(address(stage))))
    assert "Baker – Interview" in words
    assert "It stands in the answer about Baker" in words
    department = kept(ada.connection, "department", "Bakery")
    assert "it has none of its own" in reading.text(reading.content(alice.get(address(department))))


def test_the_timeline_tells_each_change_before_and_after_and_what_brought_it(alice, ada):
    with scope(tenant=ada.tenant):
        run = Run.objects.create(tenant=ada.tenant, connection=ada.connection, number=1482)
    changed = person(personal_info={"first_name": "Ada", "last_name": "King", "city": "Zürich"})
    factory.stored(ada.connection, "job-applications", changed, cause_id=run.id)

    page = alice.get(address(ada))
    words = reading.text(reading.content(page)).partition("Timeline")[2]
    assert "Changed in Homerun · by sync 1,482" in words
    assert "Last name Lovelace → King" in words
    assert "Email addresses ada@example.org removed" in words
    assert words.index("Changed in Homerun") < words.index("First seen")
    assert reading.links(reading.content(page))["sync 1,482"] == f"/t/acme/runs/{run.id}/"


def test_a_changed_reference_is_told_by_name(alice, ada):
    factory.stored(
        ada.connection, "vacancies", vacancy(stages=[{"id": "s1", "name": "Interview"}, {"id": "s2", "name": "Offer"}])
    )
    factory.stored(ada.connection, "job-applications", person(stage={"id": "s2", "name": "Offer"}))
    application = kept(ada.connection, "application", "a1")
    assert "Current stage Interview → Offer" in reading.text(reading.content(alice.get(address(application))))


def test_moments_and_codes_that_changed_are_told_in_words(alice, homerun):
    was = {"outcome": "PENDING", "rejected_at": None, "remote_created_at": "2026-11-05T09:30:00Z"}
    now = {"outcome": "DECLINED", "rejected_at": "2026-11-06T10:00:07.5Z", "remote_created_at": "2026-11-05T09:31:00Z"}
    ada = factory.make(homerun, "application", "a9", candidate_id="c9")
    with scope(tenant=homerun.tenant):
        Change.objects.create(
            tenant=homerun.tenant, connection=homerun, model="application", record=ada.id, kind="updated", cause="run",
            remote_id="a9", at=timezone.now(), before=json.dumps(was), after=json.dumps(now),
        )  # fmt: skip

    words = reading.text(reading.content(alice.get(address(ada)))).partition("Timeline")[2]

    assert "Outcome Pending → Declined" in words
    assert "Rejected at added 6 Nov 2026, 10:00:07 UTC" in words
    assert "Created at 5 Nov 2026, 09:30:00 UTC → 5 Nov 2026, 09:31:00 UTC" in words


def test_a_change_from_nothing_to_nothing_is_not_told(alice, homerun):
    ada = factory.make(homerun, "candidate", "c1", first_name="Ada")
    with scope(tenant=homerun.tenant):
        Change.objects.create(
            tenant=homerun.tenant, connection=homerun, model="candidate", record=ada.id, kind="updated", cause="remap",
            at=timezone.now(), before='{"tag_ids": null, "title": null}', after='{"tag_ids": [], "title": "Baker"}',
        )  # fmt: skip
    words = reading.text(reading.content(alice.get(address(ada)))).partition("Timeline")[2]
    assert "read anew by a newer mapping" in words
    assert "Title added Baker" in words
    assert "Tag" not in words


def test_a_deleted_record_says_so(alice, ada):
    ada.deleted_at = timezone.now()
    with scope(tenant=ada.tenant):
        ada.save()
    assert "This record was deleted in Homerun" in reading.text(reading.content(alice.get(address(ada))))


def test_descriptions_are_shown_as_text(alice, ada):
    job = kept(ada.connection, "job", "v1")
    page = reading.content(alice.get(address(job)))
    assert "<h1>Baker" not in page
    assert "<img" not in page
    assert shown(alice.get(address(job)))["Description"][0] == "Baker Be & bake • Bread"


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("a < b & c > d", "a < b & c > d"),
        ("<scr<script>ipt>alert(1)</script>x", "<scrx"),
        ("<!--" * 50_000 + "<p" * 50_000 + "x", ""),
        ("<p" * 50_000, "<p" * 50_000),
        ("<ul><li>1<li>2</ul>", "• 1\n• 2"),
        ("&lt;b&gt;", "<b>"),
        ("<style>p{}</style><!-- <b> -->plain", "plain"),
    ],
)
def test_markup_becomes_words(markup, words):
    assert plain.text(markup) == words


def test_200_kb_of_description_and_a_huge_answer_do_not_burst_the_page(alice, homerun):
    deep: dict[str, Any] = {"level": 0}
    for level in range(1, 60):
        deep = {"level": level, "down": deep}
    huge = vacancy(description="<p>" + "Bread and butter. " * 12_000 + "</p>", many=list(range(5_000)), deep=deep)
    factory.stored(homerun, "vacancies", huge)
    page = reading.content(alice.get(address(kept(homerun, "job", "v1"))))
    assert len(page) < 120_000
    assert "4,900 more" in page
    assert "more characters" in page


def test_an_answer_is_cut_in_depth_and_in_all():
    assert values.clipped({"a": [1] * 102}) == {"a": [1] * 100 + ["… 2 more"]}
    assert values.clipped([[["x"] * 99] * 99] * 99) != [[["x"] * 99] * 99] * 99
    assert values.clipped({"a": {"b": None}}) == {"a": {"b": None}}


def test_nul_is_replaced_and_said(alice, homerun):
    factory.stored(homerun, "job-applications", person(personal_info={"first_name": "A\x00da", "last_name": "L"}))
    words = reading.text(reading.content(alice.get(address(kept(homerun, "candidate", "a1")))))
    assert "A\ufffdda L" in words
    assert "NUL or broken characters were replaced" in words


def test_hostile_values_are_words_and_never_markup(alice, homerun):
    info = {"first_name": "<script>alert(1)</script>", "last_name": "\u202e{{ 7 * 7 }} 🌱", "email": '"><img src=x>'}
    factory.stored(homerun, "job-applications", person(personal_info=info, homerun_url="javascript:alert(1)"))
    page = reading.content(alice.get(address(kept(homerun, "candidate", "a1"))))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript:' not in page


def test_a_page_costs_the_same_queries_whatever_belongs_to_it(alice, homerun):
    job = factory.make(homerun, "job", "j1", name="Baker")
    costs = []
    for count in (1, 3, 40):
        numbers = [f"{count}-{n}" for n in range(count)]
        factory.many(homerun, "candidate", [(n, {"first_name": n}) for n in numbers])
        factory.many(homerun, "application", [(n, {"candidate_id": n, "job_id": "j1"}) for n in numbers])
        costs.append(len(reading.queries(alice, address(job))))
    assert costs == [costs[0]] * 3


def test_strangers_see_nothing_and_viewers_everything(charlie, bob, ada):
    assert bob.get(address(ada)).status_code == 200
    assert charlie.get(address(ada)).status_code == 404
    assert charlie.get(address(ada).replace("acme", "globex")).status_code == 404
    assert charlie.get(address(ada).replace("acme", "globex"), {"raw": "1"}).status_code == 404
    assert bob.get(address(ada).replace("candidates", "jobs")).status_code == 404
    assert bob.get(f"/t/acme/records/candidates/{uuid.uuid4()}/").status_code == 404


def test_days_in_stage_are_told_as_they_are_known(alice, homerun):
    factory.make(homerun, "candidate", "c1", first_name="Ada")
    since = timezone.now() - timedelta(days=12)
    factory.make(
        homerun, "application", "a1", candidate_id="c1", outcome="PENDING",
        columns={"stage_since": since, "stage_exact": False},
    )  # fmt: skip
    assert "In stage at least 12 d" in reading.text(
        reading.content(alice.get(address(kept(homerun, "candidate", "c1"))))
    )
