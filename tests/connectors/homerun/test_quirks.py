"""Each quirk of Homerun's answers, by name, on recorded answers."""

from typing import Any

import pytest

from connectors.homerun.connector import list_row
from tests.connectors.homerun.recorded import APPLICATIONS, VACANCIES, example, filled, made, make, row

AP = "ap_Zk4Wm1nQ8cVb7XyT0sLf"
JOB = "job_q3TzL9vXwB6mRk0YpD2e"


def detail(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = example("job-application")["data"] | changes
    return {"detail": record, "notes": {key: record[key] for key in ("id", "vacancy_id", "notes")}}


def one(records: dict[tuple[str, str], Any], slug: str) -> Any:
    return next(document for (model, _), document in records.items() if model == slug)


def test_a_vacancy_makes_its_job_department_stages_and_places():
    assert made(VACANCIES, row("vacancies", 0)) == {
        ("job", JOB): {
            "name": "Ovenist", "status": "OPEN", "visibility": "UNLISTED", "department_id": "Bakery",
            "location": {
                "raw": "Bakery South", "street_1": "Ovenweg 3", "zip_code": "5211 JN", "city": "'s-Hertogenbosch",
                "state": "Noord-Brabant", "country": "NL",
            },
            "remote_work_status": "HYBRID", "employment_type": "FULL_TIME",
            "description": "<h2>Ovenist</h2><p>Nights &amp; weekends.</p>", "experience_level": "senior",
            "salary_amount_from": 31000.0, "salary_amount_to": 36500.5, "salary_currency": "EUR",
            "salary_period": "YEAR", "post_url": "https://kruimel.homerun.example.test/ovenist/nl",
            "closed_at": "2027-01-31T23:00:00Z", "remote_created_at": "2026-09-14T06:30:00Z",
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
        ("application_stage", "0"), ("application_stage", "7"),
    ]
    assert applied["application", AP]["current_stage_id"] == "0"


@pytest.mark.parametrize(
    ("status", "ours", "visible"),
    [
        ("public", "OPEN", "PUBLIC"), ("private", "OPEN", "UNLISTED"), ("closed", "CLOSED", None),
        ("draft", "DRAFT", None), ("archived", "ARCHIVED", None), (None, None, None),
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
        ("remote", False, "REMOTE"), ("on-site", True, "ON_SITE"), ("hybrid", None, "HYBRID"),
        ("on the moon", None, "on the moon"), (None, True, "REMOTE"), (None, False, None), (None, None, None),
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
        "salary_amount": 18.5, "salary_currency": "EUR", "salary_period": "HOUR",
    }
    [odd, *_] = make(VACANCIES, row("vacancies", 0, salary_indication=broken))
    assert odd.values.salary_period == "moon"  # type: ignore[attr-defined]
    assert odd.warnings == ["Salary amount: could not convert string to float: 'a lot'"]


def test_an_application_makes_a_candidate_of_its_own_with_the_same_id():
    page = f"https://app.homerun.example.test/candidates/{AP}"

    assert made(APPLICATIONS, row("job-applications", 0)) == {
        ("candidate", AP): {
            "first_name": "Babette", "last_name": "Öztürk",
            "email_addresses": [{"email_address": "babette@example.test"}],
            "phone_numbers": [{"phone_number": "+31 73 000 0000"}],
            "location": {"city": "Vught", "country": "The Netherlands"}, "source": "Indeed, Referral",
            "remote_url": page, "remote_created_at": "2026-10-05T07:15:30Z",
        },
        ("application", AP): {
            "candidate_id": AP, "job_id": JOB, "current_stage_id": "st_84", "outcome": "DECLINED",
            "source": "Indeed, Referral", "rejection_reason_id": "Cannot work nights",
            "hired_at": "2026-10-19T00:00:00Z", "remote_url": page, "remote_created_at": "2026-10-05T07:15:30Z",
        },
        ("application_stage", "st_84"): {"name": "Aangenomen"},
        ("rejection_reason", "Cannot work nights"): {"name": "Cannot work nights"},
    }


def test_a_pool_applicant_is_a_candidate_without_application_and_an_anonymised_one_has_no_name():
    records = make(APPLICATIONS, row("job-applications", 1))

    assert [(record.model.slug, record.warnings) for record in records] == [("candidate", [])]
    assert made(APPLICATIONS, row("job-applications", 1)) == {
        ("candidate", "ap_u6RdPq2HaJ9oEs3MxC5i"): {
            "remote_url": "https://app.homerun.example.test/candidates/ap_u6RdPq2HaJ9oEs3MxC5i",
            "remote_created_at": "2026-10-01T00:00:00Z",
        }
    }


@pytest.mark.parametrize(
    ("disqualified", "hired_at", "stage", "outcome"),
    [
        (False, None, "Hired", "PENDING"), (False, None, "Disqualified", "PENDING"),
        (False, "2026-10-19T00:00:00Z", "New", "HIRED"), (True, "2026-10-19T00:00:00Z", "Hired", "DECLINED"),
        (True, None, "New", "DECLINED"), (None, None, "New", "PENDING"),
    ],
)
def test_the_outcome_comes_from_flags_not_from_stage_names(
    disqualified: bool | None, hired_at: str | None, stage: str, outcome: str
):
    applied = row("job-applications", 0, disqualified=disqualified, hired_at=hired_at, stage={"name": stage})

    assert one(made(APPLICATIONS, applied), "application")["outcome"] == outcome


def test_a_reason_that_outlived_its_disqualification_is_no_reason_of_the_application():
    records = made(APPLICATIONS, row("job-applications", 0, disqualified=False))

    assert "rejection_reason_id" not in records["application", AP]
    assert ("rejection_reason", "Cannot work nights") in records


def test_a_stage_seen_only_on_applications_is_a_stage_by_its_name():
    records = made(APPLICATIONS, row("job-applications", 0, stage={"name": " New "}))

    assert records["application_stage", "New"] == {"name": "New"}
    assert records["application", AP]["current_stage_id"] == "New"


def test_what_was_not_included_is_not_invented():
    bare = row("job-applications", 0)
    for name in ("stage", "sources", "disqualification_reason"):
        del bare[name]
    records = made(APPLICATIONS, bare)

    assert {slug for slug, _ in records} == {"candidate", "application"}
    assert not {"source", "current_stage_id", "rejection_reason_id"} & records["application", AP].keys()


def test_the_detail_brings_pages_own_fields_and_answers():
    records = made(APPLICATIONS, row("job-applications", 0), **detail())

    assert records["candidate", AP]["social_media"] == [
        {"type": "LINKEDIN", "link": "https://www.linkedin.example.test/in/babette"},
        {"type": "SKYPE", "username": "babette.bakes"},
    ]
    assert records["candidate", AP]["custom_fields"] == {"shoe_size": "41"}
    assert records["application", AP]["screening_question_answers"] == [
        {"question": "Since when do you bake?", "format": "TEXT", "answer": "Always"},
        {"question": "A picture of a loaf", "format": "FILE", "answer": "loaf.jpg"},
        {"question": "Nights?", "format": "UNKNOWN", "answer": 4},
    ]


def test_files_without_ids_are_known_by_application_type_and_name_and_equal_ones_are_numbered():
    owner = {"candidate_id": AP, "application_id": AP, "job_id": JOB}
    records = made(APPLICATIONS, row("job-applications", 0), **detail())

    assert {key[1]: value for key, value in records.items() if key[0] == "attachment"} == {
        f"{AP}:resume:cv.pdf": {"file_name": "cv.pdf", "type": "CV", **owner},
        f"{AP}:resume:cv.pdf:2": {"file_name": "cv.pdf", "type": "CV", **owner},
        f"{AP}:assignment:loaf.jpg": {"file_name": "loaf.jpg", "type": "OTHER", **owner},
    }


def test_notes_with_and_without_ids():
    records = made(APPLICATIONS, row("job-applications", 0), **detail())
    common = {
        "kind": "NOTE", "candidate_id": AP, "application_id": AP, "job_id": JOB, "author_name": "Joris",
        "remote_created_at": "2026-10-07T09:00:00Z",
    }

    assert {key[1]: value for key, value in records.items() if key[0] == "note"} == {
        "nt_5": common | {
            "content": "Knows her sourdough.", "is_private": True, "remote_updated_at": "2026-10-08T09:00:00Z",
        },
        f"{AP}:2026-10-07T09:00:00Z": common | {
            "content": "Written before notes had ids.", "is_private": False,
            "remote_updated_at": "2026-10-07T09:00:00Z",
        },
    }


def test_files_and_notes_of_a_pool_applicant_name_no_application():
    records = made(APPLICATIONS, row("job-applications", 0, vacancy_id=None), **detail(vacancy_id=None))
    held = [value for key, value in records.items() if key[0] in ("attachment", "note")]

    assert len(held) == 5
    assert all("application_id" not in document and "job_id" not in document for document in held)


def test_the_detail_makes_the_lists_row_again():
    listed = row("job-applications", 0)
    photo = example("job-application")["data"]["personal_info"]

    assert list_row({"": listed, "detail": example("job-application")["data"]}) == listed | {"personal_info": photo}


@pytest.mark.parametrize("key", ["stage", "sources"])
def test_what_a_detail_leaves_out_stays_as_the_list_had_it(key: str):
    short = example("job-application")["data"]
    del short[key]
    listed = row("job-applications", 0, rating=1)
    again = list_row({"": listed, "detail": short})

    assert again is not None
    assert (again[key], again["rating"]) == (listed[key], 4.5)
    assert list_row({"detail": short}) is None


def test_a_null_list_of_files_notes_or_answers_is_an_empty_one():
    empty = detail(files=None, notes=None, question_answers=None, custom_data=None)
    records = make(APPLICATIONS, row("job-applications", 0), **empty)

    assert {record.model.slug for record in records} == {
        "candidate", "application", "application_stage", "rejection_reason",
    }
    assert all(record.warnings == [] for record in records)
    assert filled({"a": None, "b": [{"c": []}]}) == {"b": [{}]}
