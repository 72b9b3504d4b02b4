"""Each quirk of Homerun's applications, by name, on recorded answers."""

from typing import Any

import pytest

from connectors.homerun.connector import list_row
from tests.connectors.homerun.expected import digest
from tests.connectors.homerun.recorded import AP, APPLICATIONS, JOB, example, filled, made, make, one, row


def detail(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = example("job-application")["data"] | changes
    return {"detail": record, "notes": {key: record[key] for key in ("id", "vacancy_id", "notes")}}


def test_an_application_makes_a_candidate_of_its_own_with_the_same_id():
    page = f"https://app.homerun.example.test/candidates/{AP}"

    assert made(APPLICATIONS, row("job-applications", 0)) == {
        ("candidate", AP): {
            "first_name": "Babette",
            "last_name": "Öztürk",
            "email_addresses": [{"email_address": "babette@example.test"}],
            "phone_numbers": [{"phone_number": "+31 73 000 0000"}],
            "location": {"city": "Vught", "country": "The Netherlands"},
            "source": "Indeed, Referral",
            "remote_url": page,
            "remote_created_at": "2026-10-05T07:15:30Z",
        },
        ("application", AP): {
            "candidate_id": AP,
            "job_id": JOB,
            "current_stage_id": "st_84",
            "outcome": "DECLINED",
            "source": "Indeed, Referral",
            "rejection_reason_id": "Cannot work nights",
            "hired_at": "2026-10-19T00:00:00Z",
            "remote_url": page,
            "remote_created_at": "2026-10-05T07:15:30Z",
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
        (False, None, "Hired", "PENDING"),
        (False, None, "Disqualified", "PENDING"),
        (False, "2026-10-19T00:00:00Z", "New", "HIRED"),
        (True, "2026-10-19T00:00:00Z", "Hired", "DECLINED"),
        (True, None, "New", "DECLINED"),
        (None, None, "New", "PENDING"),
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


def test_files_without_ids_are_known_by_application_type_and_a_digest_of_the_name_and_equal_ones_are_numbered():
    owner = {"candidate_id": AP, "application_id": AP, "job_id": JOB}
    records = made(APPLICATIONS, row("job-applications", 0), **detail())

    assert {key[1]: value for key, value in records.items() if key[0] == "attachment"} == {
        f"{AP}:resume:{digest('cv.pdf')}": {"file_name": "cv.pdf", "type": "CV", **owner},
        f"{AP}:resume:{digest('cv.pdf')}:2": {"file_name": "cv.pdf", "type": "CV", **owner},
        f"{AP}:assignment:{digest('loaf.jpg')}": {"file_name": "loaf.jpg", "type": "OTHER", **owner},
    }


def test_notes_with_and_without_ids():
    records = made(APPLICATIONS, row("job-applications", 0), **detail())
    common = {
        "kind": "NOTE",
        "candidate_id": AP,
        "application_id": AP,
        "job_id": JOB,
        "author_name": "Joris",
        "remote_created_at": "2026-10-07T09:00:00Z",
    }

    assert {key[1]: value for key, value in records.items() if key[0] == "note"} == {
        "nt_5": common
        | {
            "content": "Knows her sourdough.",
            "is_private": True,
            "remote_updated_at": "2026-10-08T09:00:00Z",
        },
        f"{AP}:2026-10-07T09:00:00Z": common
        | {
            "content": "Written before notes had ids.",
            "is_private": False,
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
        "candidate",
        "application",
        "application_stage",
        "rejection_reason",
    }
    assert all(record.warnings == [] for record in records)
    assert filled({"a": None, "b": [{"c": []}]}) == {"b": [{}]}
