"""Each quirk of Homerun's vacancies, by name, on recorded answers."""

import pytest

from tests.connectors.homerun.recorded import AP, APPLICATIONS, JOB, VACANCIES, made, make, one, row


def test_a_vacancy_makes_its_job_department_stages_and_places():
    assert made(VACANCIES, row("vacancies", 0)) == {
        ("job", JOB): {
            "name": "Ovenist",
            "status": "OPEN",
            "visibility": "UNLISTED",
            "department_id": "Bakery",
            "location": {
                "raw": "Bakery South",
                "street_1": "Ovenweg 3",
                "zip_code": "5211 JN",
                "city": "'s-Hertogenbosch",
                "state": "Noord-Brabant",
                "country": "NL",
            },
            "remote_work_status": "HYBRID",
            "employment_type": "FULL_TIME",
            "description": "<h2>Ovenist</h2><p>Nights &amp; weekends.</p>",
            "experience_level": "senior",
            "salary_amount_from": 31000.0,
            "salary_amount_to": 36500.5,
            "salary_currency": "EUR",
            "salary_period": "YEAR",
            "post_url": "https://kruimel.homerun.example.test/ovenist/nl",
            "closed_at": "2027-01-31T23:00:00Z",
            "remote_created_at": "2026-09-14T06:30:00Z",
        },
        ("department", "Bakery"): {"name": "Bakery"},
        ("application_stage", "st_81"): {"name": "New"},
        ("application_stage", "st_82"): {"name": "Trial day"},
        ("application_stage", "st_83"): {"name": "Trial day"},
        ("application_stage", "st_84"): {"name": "Aangenomen"},
        ("job_stage", f"{JOB}:st_81"): {"job_id": JOB, "stage_id": "st_81", "index": 0},
        ("job_stage", f"{JOB}:st_82"): {"job_id": JOB, "stage_id": "st_82", "index": 1},
        ("job_stage", f"{JOB}:st_83"): {"job_id": JOB, "stage_id": "st_83", "index": 2},
        ("job_stage", f"{JOB}:st_84"): {"job_id": JOB, "stage_id": "st_84", "index": 3},
    }


def test_stages_without_ids_are_known_by_trimmed_name_and_the_first_of_equal_names_counts():
    records = made(VACANCIES, row("vacancies", 1))
    job = "job_5f1d8c3b9a7e2"

    assert {key: value for key, value in records.items() if "stage" in key[0]} == {
        ("application_stage", "New"): {"name": "New"},
        ("application_stage", "Chat"): {"name": "Chat"},
        ("application_stage", "Hired"): {"name": "Hired"},
        ("job_stage", f"{job}:New"): {"job_id": job, "stage_id": "New", "index": 0},
        ("job_stage", f"{job}:Chat"): {"job_id": job, "stage_id": "Chat", "index": 1},
        ("job_stage", f"{job}:Hired"): {"job_id": job, "stage_id": "Hired", "index": 3},
    }


def test_number_ids_of_stages_become_text():
    stages = [{"id": 0, "name": "New"}, {"id": 7, "name": "Offer"}]
    records = made(VACANCIES, row("vacancies", 0, stages=stages))
    applied = made(APPLICATIONS, row("job-applications", 0, stage={"id": 0, "name": "New"}))

    assert [key for key in records if key[0] == "application_stage"] == [
        ("application_stage", "0"),
        ("application_stage", "7"),
    ]
    assert applied["application", AP]["current_stage_id"] == "0"


@pytest.mark.parametrize(
    ("status", "ours", "visible"),
    [
        ("public", "OPEN", "PUBLIC"),
        ("private", "OPEN", "UNLISTED"),
        ("closed", "CLOSED", None),
        ("draft", "DRAFT", None),
        ("archived", "ARCHIVED", None),
        (None, None, None),
    ],
)
def test_private_is_open_and_unlisted_and_archived_only_what_homerun_calls_so(
    status: str | None, ours: str | None, visible: str | None
):
    job = one(made(VACANCIES, row("vacancies", 0, status=status)), "job")

    assert (job.get("status"), job.get("visibility")) == (ours, visible)


def test_an_unknown_status_is_set_aside_with_a_warning_and_the_job_stays():
    [job, *_] = make(VACANCIES, row("vacancies", 0, status="paused"))

    assert (job.remote_id, job.values.status) == (JOB, None)  # type: ignore[attr-defined]
    assert job.warnings == ["Status: 'paused' is not a status that Homerun documents"]


@pytest.mark.parametrize(
    ("location_type", "is_remote", "ours"),
    [
        ("remote", False, "REMOTE"),
        ("on-site", True, "ON_SITE"),
        ("hybrid", None, "HYBRID"),
        ("on the moon", None, "on the moon"),
        (None, True, "REMOTE"),
        (None, False, None),
        (None, None, None),
    ],
)
def test_remote_work_by_location_type_and_only_without_it_by_the_old_flag(
    location_type: str | None, is_remote: bool | None, ours: str | None
):
    vacancy = row("vacancies", 0, location_type=location_type, is_remote=is_remote)

    assert one(made(VACANCIES, vacancy), "job").get("remote_work_status") == ours


@pytest.mark.parametrize("status", ["public", "private", "closed", "draft"])
def test_a_jobs_end_date_is_always_closed_at(status: str):
    job = one(made(VACANCIES, row("vacancies", 0, status=status)), "job")

    assert job["closed_at"] == "2027-01-31T23:00:00Z"


def test_the_description_is_the_page_where_it_was_included_and_filled_else_the_short_text():
    absent = row("vacancies", 0)
    del absent["page_content"]

    assert one(made(VACANCIES, row("vacancies", 0, page_content=" \n")), "job")["description"] == "Bake with us."
    assert one(made(VACANCIES, absent), "job")["description"] == "Bake with us."
    assert "description" not in one(made(VACANCIES, row("vacancies", 1)), "job")


def test_one_salary_figure_is_the_amount_and_a_broken_one_is_set_aside():
    single = {"currency": "eur", "salary_value": "18.50", "max_salary_value": None, "time_period": "hour"}
    broken = {"currency": "eur", "salary_value": "a lot", "max_salary_value": None, "time_period": "moon"}

    job = one(made(VACANCIES, row("vacancies", 0, salary_indication=single)), "job")
    assert {name: job[name] for name in job if name.startswith("salary")} == {
        "salary_amount": 18.5,
        "salary_currency": "EUR",
        "salary_period": "HOUR",
    }
    [odd, *_] = make(VACANCIES, row("vacancies", 0, salary_indication=broken))
    assert odd.values.salary_period == "moon"  # type: ignore[attr-defined]
    assert odd.warnings == ["Salary amount: could not convert string to float: 'a lot'"]
