"""Each quirk of CATS's jobs and workflows, by name, on recorded answers."""

from typing import Any

import pytest

from tests.connectors.cats.recorded import example, made, make, one, row

PAGE = "https://veldwerk.catsone.com/index.php?m=joborders&a=show&jobOrderID="
WERKEN, PRACA = (f"https://{name}.veldwerk.example.test/jobs/1601" for name in ("werken", "praca"))


def stages(job: Any, beside: Any = None) -> list[str]:
    return [remote_id for model, remote_id in made("jobs", job, beside) if model == "job_stage"]


def test_a_job_makes_itself_its_stages_in_order_and_its_companys_departments():
    assert made("jobs", row("jobs")) == {
        ("job", "1601"): {
            "name": "Asparagus picker",
            "status": "OPEN",
            "visibility": "PUBLIC",
            "department_id": "77",
            "location": {
                "raw": "5911 AA Venlo, Limburg, NL",
                "zip_code": "5911 AA",
                "city": "Venlo",
                "state": "Limburg",
                "country": "NL",
            },
            "employment_type": "SEASONAL",
            "description": "<p>Early &amp; outside.</p>",
            "job_code": "V-1601",
            "category": "Harvest",
            "salary_amount_from": 2150.0,
            "salary_amount_to": 2300.0,
            "post_url": WERKEN,
            "job_postings": [
                {
                    "remote_id": f"{portal}:1601",
                    "title": "Asparagus picker",
                    "status": "ACTIVE",
                    "visibility": "PUBLIC",
                    "url": url,
                }
                for portal, url in ((4, WERKEN), (5, PRACA))
            ],
            "hiring_team": [
                {"user_id": "20", "roles": ["HIRING_MANAGER"]},
                {"user_id": "21", "roles": ["RECRUITER", "SOURCER"]},
            ],
            "screening_questions": [
                {"remote_id": "711", "title": "Name", "index": 0, "required": True, "format": "TEXT"},
                {
                    "remote_id": "712",
                    "title": "Own boots?",
                    "description": "Size 36 to 46",
                    "index": 1,
                    "required": False,
                    "format": "SINGLE_SELECT",
                    "options": ["Yes", "No"],
                },
            ],
            "custom_fields": {"Season": "Spring"},
            "remote_url": f"{PAGE}1601",
            "remote_created_at": "2026-02-10T08:00:00Z",
            "remote_updated_at": "2026-03-01T00:00:00Z",
        },
        ("job_stage", "1601:311"): {"job_id": "1601", "stage_id": "311", "index": 0},
        ("job_stage", "1601:312"): {"job_id": "1601", "stage_id": "312", "index": 1},
        ("job_stage", "1601:313"): {"job_id": "1601", "stage_id": "313", "index": 2},
        ("job_stage", "1601:314"): {"job_id": "1601", "stage_id": "314", "index": 3},
        ("department", "77"): {"name": "Greenhouse"},
        ("department", "78"): {"name": "Packing"},
    }


def test_a_job_without_embeds_with_text_ids_and_the_documented_keys_is_read_too():
    found = made("jobs", row("jobs", 1))

    assert found["job", "1602"] == {
        "name": "Forklift driver",
        "status": "CLOSED",
        "visibility": "INTERNAL",
        "remote_work_status": "ON_SITE",
        "employment_type": "FULL_TIME",
        "description": "<p>Lift &lt;carefully&gt;.</p>",
        "category": "Warehouse",
        "hiring_team": [{"user_id": "20", "roles": ["HIRING_MANAGER"]}],
        "remote_url": f"{PAGE}1602",
        "remote_created_at": "2026-02-11T08:00:00Z",
        "remote_updated_at": "2026-02-11T08:00:00Z",
    }
    assert [key for key in found if key[0] == "job_stage"] == [("job_stage", f"1602:{n}") for n in (321, 322, 323)]


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        ({"pipeline_workflow_id": 32}, "1601:321"),
        ({"pipeline_workflow_id": None, "workflow_id": 32}, "1601:321"),
        ({"pipeline_workflow_id": "32", "workflow_id": 31}, "1601:321"),
        ({"pipeline_workflow_id": None}, "1601:311"),
    ],
    ids=["live key", "documented key", "both, as text", "none: the default workflow"],
)
def test_the_workflow_key_has_two_spellings(keys: dict[str, Any], first: str):
    assert stages(row("jobs", **keys))[0] == first


def test_the_default_workflow_is_the_one_marked_so_not_the_first():
    marked = [{"id": 31, "is_default": False}, {"id": 32, "is_default": True}]

    assert stages(row("jobs"), example("beside") | {"pipelines/workflows": marked})[0] == "1601:321"


def test_the_workflow_of_a_jobs_own_status_is_another_one_and_not_its_pipelines():
    job = row("jobs", _embedded={"status": {"id": 61, "workflow_id": 32, "title": "Actief", "mapping": ""}})

    assert stages(job)[0] == "1601:311"


def test_a_job_of_an_unknown_workflow_has_no_stages():
    assert stages(row("jobs", pipeline_workflow_id=99)) == []


@pytest.mark.parametrize(
    ("title", "mapping", "published", "status"),
    [
        ("Active", "", False, "OPEN"),
        ("ACCEPTING CANDIDATES", "", False, "OPEN"),
        ("Reopened", "", False, "OPEN"),
        ("Inactive", "", True, "CLOSED"),
        ("On-Hold", "", True, "CLOSED"),
        ("Cancelled", "", True, "CLOSED"),
        ("Full", "", True, "CLOSED"),
        ("Gesloten", "", True, "CLOSED"),
        ("Upcoming", "", True, "DRAFT"),
        ("Not yet open", "", True, "DRAFT"),
        ("Archived", "", True, "ARCHIVED"),
        ("Our third phase", "closed", True, "CLOSED"),
        ("Closed beta, hiring", "open", True, "OPEN"),
        ("Our third phase", "", True, "OPEN"),
        ("Our third phase", "", False, None),
        ("Our third phase", "", None, None),
    ],
)
def test_a_jobs_status_is_read_by_words_then_by_being_published(
    title: str, mapping: str, published: bool | None, status: str | None
):
    embedded = {"status": {"id": 60, "title": title, "mapping": mapping}}

    assert one("jobs", row("jobs", is_published=published, _embedded=embedded)).get("status") == status


def test_a_jobs_status_comes_from_the_list_of_statuses_where_it_is_not_embedded():
    assert one("jobs", row("jobs", status_id="62", _embedded={}))["status"] == "CLOSED"


@pytest.mark.parametrize(
    ("published", "hidden", "visibility"),
    [
        (True, False, "PUBLIC"),
        (True, True, "UNLISTED"),
        (False, True, "INTERNAL"),
        (None, None, None),
        ("1", "0", "PUBLIC"),
    ],
)
def test_visibility_comes_from_is_published_and_portal_hidden(published: Any, hidden: Any, visibility: str | None):
    found = one("jobs", row("jobs", is_published=published, portal_hidden=hidden))

    assert found.get("visibility") == visibility


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("&lt;p&gt;A &amp;amp; B&lt;/p&gt;", "<p>A &amp; B</p>"),
        ("<p>A &amp; B, a&lt;b&gt;</p>", "<p>A &amp; B, a&lt;b&gt;</p>"),
        ("3 < 4 & 5 > 2", "3 < 4 & 5 > 2"),
        ("  ", None),
    ],
)
def test_a_description_whose_markup_came_escaped_is_decoded_once(sent: str, read: str | None):
    assert one("jobs", row("jobs", description=sent)).get("description") == read


@pytest.mark.parametrize(
    ("pay", "figures"),
    [
        ("52000", (52000.0, None, None)),
        ("EUR 1.200", (1200.0, None, None)),
        ("45k", (45000.0, None, None)),
        ("55-65k", (None, 55000.0, 65000.0)),
        ("40,000 to 45,000 EUR", (None, 40000.0, 45000.0)),
        ("Competitive", (None, None, None)),
        ("12 an hour", (None, None, None)),
        ("", (None, None, None)),
        ("15.50", (None, None, None)),
    ],
)
def test_pay_is_free_text_and_read_only_where_it_is_figures(pay: str, figures: tuple[float | None, ...]):
    found = one("jobs", row("jobs", salary=pay))

    assert tuple(found.get(f"salary_amount{end}") for end in ("", "_from", "_to")) == figures


def test_words_that_the_tables_do_not_know_stay_as_they_are():
    for words in ("Zero hours", "Permanent contract"):
        found = one("jobs", row("jobs", type=words, remote_type="From the boat"))
        assert (found["employment_type"], found["remote_work_status"]) == (words, "From the boat")


def test_a_job_on_no_portal_has_no_public_address():
    beside = example("beside") | {"portals": []}
    found = one("jobs", row("jobs"), beside)

    assert "post_url" not in found
    assert "job_postings" not in found


def test_an_odd_subdomain_makes_no_link():
    beside = example("beside") | {"site": {"subdomain": "evil.example.test/"}}

    assert "remote_url" not in one("jobs", row("jobs"), beside)


def test_custom_statuses_come_out_as_application_stages():
    found = made("pipelines/workflows", {"id": 32, "title": "Pickers", "is_default": False})

    assert found == {
        ("application_stage", "321"): {"name": "New"},
        ("application_stage", "322"): {"name": "Not selected"},
        ("application_stage", "323"): {"name": "Hired"},
    }


def test_an_account_that_knows_nothing_beside_its_rows_still_reads_its_jobs():
    job = make("jobs", row("jobs"), {})[0]

    assert (job.remote_id, job.warnings, job.values.custom_fields) == ("1601", [], {"551": "71"})  # type: ignore[attr-defined]
