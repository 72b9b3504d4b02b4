"""Each quirk of CATS's pipelines, files and activities, by name, on recorded answers."""

from typing import Any

import pytest

from connectors.cats.connector import Cats
from tests.connectors.cats.recorded import example, made, make, one, row

PAGE = "https://veldwerk.catsone.com/index.php?m=candidates&a=show&candidateID="


def status(title: str, mapping: Any) -> dict[str, Any]:
    return {**example("beside"), "pipelines/workflows/32/statuses": [{"id": 322, "title": title, "mapping": mapping}]}


def history(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"_embedded": {"statuses": list(rows)}}


def test_a_pipeline_is_an_application_with_text_ids_and_any_offset():
    assert made("pipelines", row("pipelines")) == {
        ("application", "5101"): {
            "candidate_id": "40071",
            "job_id": "1601",
            "current_stage_id": "313",
            "outcome": "HIRED",
            "remote_url": f"{PAGE}40071",
            "remote_created_at": "2026-04-02T08:05:00Z",
            "remote_updated_at": "2026-04-20T10:00:00Z",
        }
    }


def test_a_pipeline_that_only_embeds_whom_and_what_it_is_about_is_read_too():
    embedded = {"candidate": {"id": 8}, "job": {"id": 3}, "status": {"id": 314}}
    found = made("pipelines", {"id": "5", "_embedded": embedded})["application", "5"]

    assert found == {"candidate_id": "8", "job_id": "3", "current_stage_id": "314", "outcome": "DECLINED"}


@pytest.mark.parametrize(
    ("mapping", "title", "outcome"),
    [
        ("placed", "Whatever", "HIRED"),
        ("Placed ", "Rejected", "HIRED"),
        ("DECLINED", "Hired", "DECLINED"),
        ("interviewing", "Rejected after all", "PENDING"),
        ("", "Rejected by client", "DECLINED"),
        ("", "Offer declined", "DECLINED"),
        ("", "Withdrawn", "DECLINED"),
        ("", "Not hired", "DECLINED"),
        ("", "HIRED!", "HIRED"),
        ("", "Started", "HIRED"),
        ("", "Interview started", "PENDING"),
        ("", "Replaced by a colleague", "PENDING"),
        ("", "Offer", "PENDING"),
        ("", "", "PENDING"),
        (None, "Geplaatst", "HIRED"),
        (7, "Hired", "HIRED"),
    ],
)
def test_the_outcome_comes_from_the_mapping_then_from_the_title(mapping: Any, title: str, outcome: str):
    assert one("pipelines", row("pipelines", 1), status(title, mapping))["outcome"] == outcome


def test_a_pipeline_without_a_workflow_finds_its_status_among_all_and_an_unknown_one_tells_no_outcome():
    assert one("pipelines", row("pipelines", 1))["outcome"] == "DECLINED"
    assert "outcome" not in one("pipelines", row("pipelines", 1, status_id=999))


def test_a_status_that_came_after_the_workflows_were_read_is_judged_where_it_is_embedded():
    late = row("pipelines", 1, status_id=999, _embedded={"status": {"id": 999, "title": "Placed", "mapping": "placed"}})

    assert one("pipelines", late)["outcome"] == "HIRED"


def test_hired_at_is_when_the_history_came_to_it_whatever_its_layout_and_order():
    found = one("pipelines", row("pipelines"), history=example("history"))

    assert found["hired_at"] == "2026-04-20T10:00:00Z"
    assert "rejected_at" not in found


def test_rejected_at_is_the_first_of_the_last_run_of_declined_statuses():
    steps = [(311, 1), (314, 2), (312, 3), (314, 4), (322, 5)]
    rows = [{"status_id": number, "date_created": f"2026-05-0{day}T00:00:00+00:00"} for number, day in steps]
    found = one("pipelines", row("pipelines", status_id=314), history=history(*rows))

    assert found["rejected_at"] == "2026-05-04T00:00:00Z"


def test_a_history_that_the_row_has_left_behind_tells_nothing():
    found = one("pipelines", row("pipelines", status_id=312), history=example("history"))

    assert (found["outcome"], "hired_at" in found) == ("PENDING", False)


def test_a_history_that_cannot_be_read_leaves_the_dates_empty():
    odd = history({"id": 1, "date_created": "once"}, {"id": 2, "status_id": 313}, {"status_id": 313, "date": "late"})
    made_ = make("pipelines", row("pipelines"), history=odd)[0]

    assert (made_.warnings, made_.values.hired_at) == ([], None)  # type: ignore[attr-defined]


FIELDS = [
    {"id": 1, "title": "Why?", "type": "textarea", "value": "Because"},
    {
        "id": 2,
        "label": "Night shift?",
        "type": "radio",
        "answer": {"7": True, "8": False},
        "answers": [{"id": 7, "title": "Yes"}, {"id": 8, "title": "No"}],
    },
    {
        "id": 3,
        "question": "Licences",
        "type": "checkboxes",
        "value": {"4": True, "5": False, "6": True},
        "answers": [{"id": 4, "title": "B"}, {"id": 5, "title": "C"}],
    },
    {"id": 4, "name": "Adult", "type": "checkbox", "value": False},
    {"id": 5, "title": "Left out", "type": "text", "value": ""},
    {"id": 6, "title": "Odd", "type": "slider", "values": [7, 9], "answers": [{"id": 7, "label": "Low"}]},
]


def test_answers_are_read_from_submitted_forms_whose_layout_nobody_described():
    forms = {"_embedded": {"applications": [{"id": 1, "job_id": "1601", "_embedded": {"fields": FIELDS}}, {"id": 2}]}}

    assert one("pipelines", row("pipelines"), answers=forms, history={})["screening_question_answers"] == [
        {"question": "Why?", "format": "TEXT", "answer": "Because"},
        {"question": "Night shift?", "format": "SINGLE_SELECT", "answer": "Yes"},
        {"question": "Licences", "format": "MULTI_SELECT", "answer": ["B", "6"]},
        {"question": "Adult", "format": "BOOLEAN", "answer": False},
        {"question": "Odd", "format": "UNKNOWN", "answer": ["Low", 9]},
    ]


# Files and activities


def test_files_stand_under_the_key_activities_without_type_and_date_and_their_names_tell_their_kind():
    found = made("candidates", row("candidates"), attachments=example("attachments"))

    assert {key: document for key, document in found.items() if key[0] == "attachment"} == {
        ("attachment", "9301"): {
            "file_name": "ioana cv.pdf",
            "type": "CV",
            "content_type": "application/pdf",
            "candidate_id": "40071",
        },
        ("attachment", "9302"): {
            "file_name": "Motivation letter.DOCX",
            "type": "COVER_LETTER",
            "candidate_id": "40071",
            "content_type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        },
        ("attachment", "9303"): {
            "file_name": "boots",
            "type": "OTHER",
            "candidate_id": "40071",
            "remote_created_at": "2026-04-05T10:00:00Z",
        },
    }


def test_a_jobs_files_are_the_jobs():
    file = {"id": 9400, "filename": "form.txt", "data_item": {"id": 1601, "type": "job"}}
    files = {"_embedded": {"attachments": [file]}}

    assert made("jobs", row("jobs"), attachments=files)["attachment", "9400"] == {
        "file_name": "form.txt",
        "type": "OTHER",
        "content_type": "text/plain",
        "job_id": "1601",
    }


def test_activities_are_about_people_and_jobs_and_system_entries_say_it_in_their_annotation():
    rows = [row("activities", place) for place in range(4)]
    found: dict[Any, Any] = {}
    for activity in filter(Cats.resource("activities").keeps, rows):
        found |= made("activities", activity)

    assert found == {
        ("note", "6101"): {
            "kind": "CALL",
            "candidate_id": "40071",
            "job_id": "1601",
            "author_id": "20",
            "content": "<p>Calls back.</p>",
            "remote_created_at": "2026-04-03T12:00:00Z",
            "remote_updated_at": "2026-04-03T12:00:01Z",
        },
        ("note", "6102"): {
            "kind": "NOTE",
            "candidate_id": "40071",
            "author_id": "21",
            "content": "Added at No contact",
            "remote_created_at": "2026-04-02T00:00:00Z",
        },
        ("note", "6103"): {
            "kind": "NOTE",
            "job_id": "1601",
            "author_id": "20",
            "content": "Reposted",
            "remote_created_at": "2026-04-04T12:00:00Z",
        },
    }
