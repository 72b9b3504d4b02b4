"""The emulated CATS puts candidates on jobs and changes their status, with all that a status does by itself."""

from typing import Any

import pytest

from connectors.cats.emulator import Emulator
from connectors.cats.emulator_triggers import Prerequisite
from connectors.cats.emulator_truth import Candidate, Job, Pipeline
from tests.connectors.cats.asking import Caller, effects, feed, said


@pytest.fixture
def emulator() -> Emulator:
    made = Emulator(jobs=1, people=0, limit=10**6)
    made.account.activities.clear()
    return made


@pytest.fixture
def ask(emulator: Emulator) -> Caller:
    return Caller(emulator)


@pytest.fixture
def baker(emulator: Emulator) -> Job:
    return emulator.add_job("Baker")


@pytest.fixture
def ada(emulator: Emulator, baker: Job) -> Candidate:
    return emulator.person("Ada")


@pytest.fixture
def pipeline(emulator: Emulator, ada: Candidate, baker: Job) -> Pipeline:
    """Ada on the job, at its first status."""
    made = emulator.apply(ada, baker)
    emulator.happenings.clear()
    return made


def test_a_candidate_is_put_on_a_job_at_its_first_status(emulator: Emulator, ask: Caller, ada: Candidate, baker: Job):
    made = ask("/pipelines", method="POST", json={"candidate_id": ada.id, "job_id": baker.id, "status_id": 70305})
    [pipeline] = emulator.account.pipelines.values()
    path, at = f"/pipelines/{pipeline.id}", pipeline.created.isoformat()

    assert (made.status_code, made.content) == (201, b"")
    assert made.headers["Location"] == f"https://api.catsone.com/v3{path}"
    assert ask(path).json() == {
        "id": pipeline.id,
        "candidate_id": ada.id,
        "job_id": baker.id,
        "rating": 0,
        "workflow_id": 3105,
        "status_id": 70301,
        "date_created": at,
        "date_modified": at,
        "_links": {
            "self": {"href": path},
            "candidate": {"href": f"/candidates/{ada.id}"},
            "job": {"href": f"/jobs/{baker.id}"},
            "status": {"href": "/pipelines/workflows/3105/statuses/70301"},
        },
    }
    told = {"id": pipeline.id, "candidate_id": ada.id, "job_id": baker.id, "status_id": 70301, "rating": 0}
    assert effects(emulator) == [("pipeline created", told)]
    assert feed(ask)[-1] == ("pipeline.created", pipeline.id)
    found = ask.search("pipelines", {"field": "candidate_id", "filter": "exactly", "value": ada.id})
    assert [row["id"] for row in found] == [pipeline.id]
    assert emulator.account.activities == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"candidate_id": None}, "candidate_id must not be optional"),
        ({"candidate_id": "407500121"}, "candidate_id must be of type integer"),
        ({"candidate_id": 1}, "candidate_id must exist"),
        ({"job_id": 1}, "job_id must exist"),
        ({"rating": 6}, "rating must be between 0 and 5"),
    ],
)
def test_a_pipeline_needs_a_candidate_and_a_job(
    emulator: Emulator, ask: Caller, ada: Candidate, baker: Job, change: dict[str, Any], message: str
):
    assert ask.write("POST", "/pipelines", {"candidate_id": ada.id, "job_id": baker.id, **change}, 400) == message
    assert (emulator.account.pipelines, emulator.effects) == ({}, [])


def test_a_job_whose_workflow_has_no_status_takes_nobody(emulator: Emulator, ask: Caller, ada: Candidate):
    empty = emulator.add_job("Nobody", "Nobody filled this yet")
    refused = ask.write("POST", "/pipelines", {"candidate_id": ada.id, "job_id": empty.id}, 400)

    assert refused == "job_id must have a workflow with a status"


@pytest.mark.parametrize(("habit", "status", "pipelines"), [(409, 409, 1), (400, 400, 1), (422, 422, 1), (0, 201, 2)])
def test_a_second_pipeline_of_the_same_pair_is_refused_or_not(
    emulator: Emulator, ask: Caller, pipeline: Pipeline, habit: int, status: int, pipelines: int
):
    emulator.habits.duplicate_pipeline = habit
    body = {"candidate_id": pipeline.candidate_id, "job_id": pipeline.job_id}
    answer = ask("/pipelines", method="POST", json=body)

    assert (answer.status_code, len(emulator.account.pipelines)) == (status, pipelines)
    if habit:
        assert said(answer) == (status, "The candidate is already in the pipeline of this job.")


def test_a_rating_is_all_that_a_put_changes_and_no_event_tells(emulator: Emulator, ask: Caller, pipeline: Pipeline):
    path = f"/pipelines/{pipeline.id}"

    assert ask.write("PUT", path, {"status_id": 70305}, 400) == "rating must not be optional"
    ask.write("PUT", path, {"rating": 4, "status_id": 70305}, 204)
    ask.write("PUT", path, {"rating": 4}, 204)
    assert (pipeline.rating, pipeline.status_id, feed(ask)) == (4, 70301, [])
    assert effects(emulator) == [("pipeline rated", {"id": pipeline.id, "rating": 4})]


def test_a_deleted_pipeline_leaves_its_candidate(emulator: Emulator, ask: Caller, pipeline: Pipeline):
    ask.write("DELETE", f"/pipelines/{pipeline.id}?create_activity=true", None, 204)
    ask.write("DELETE", f"/pipelines/{pipeline.id}", None, 404)
    [activity] = emulator.account.activities.values()

    assert ask(f"/candidates/{pipeline.candidate_id}").status_code == 200
    assert (activity.annotation, activity.notes, activity.regarding_id) == (
        "Removed from the pipeline",
        None,
        pipeline.job_id,
    )
    assert feed(ask) == [("pipeline.deleted", pipeline.id), ("activity.created", activity.id)]
    assert [what for what, _ in effects(emulator)] == ["pipeline deleted", "activity logged"]


def test_a_status_is_changed_and_stands_in_the_history_in_searches_and_in_the_feed(
    emulator: Emulator, ask: Caller, pipeline: Pipeline
):
    path = f"/pipelines/{pipeline.id}"
    ask.write("POST", f"{path}/status", {"status_id": 70305}, 204)

    row = ask(path).json()
    assert (row["status_id"], row["date_modified"] > row["date_created"]) == (70305, True)
    steps = ask(f"{path}/statuses").json()["_embedded"]["statuses"]
    assert [step["status_id"] for step in steps] == [70301, 70305]
    since = {"field": "date_modified", "filter": "greater_than", "value": row["date_created"]}
    assert [found["id"] for found in ask.search("pipelines", since)] == [pipeline.id]
    assert feed(ask) == [("pipeline.status_changed", pipeline.id)]
    changed = {"id": pipeline.id, "from_status_id": 70301, "status_id": 70305}
    assert effects(emulator) == [("status changed", changed)]


def test_backwards_and_the_same_again_are_changes_of_their_own(emulator: Emulator, ask: Caller, pipeline: Pipeline):
    for status in (70305, 70305, 70301):
        ask.write("POST", f"/pipelines/{pipeline.id}/status", {"status_id": status}, 204)

    assert [step.status_id for step in pipeline.steps] == [70301, 70305, 70305, 70301]
    assert [effect.times for effect in emulator.effects] == [1, 2, 1]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "status_id must not be optional"),
        ({"status_id": "70305"}, "status_id must be of type integer"),
        ({"status_id": 70401}, "status_id must exist"),
        ({"status_id": 70305, "triggers": {}}, "triggers must be of type array"),
        ({"status_id": 70306, "triggers": [{"id": 120}]}, "triggers[0].fire must not be optional"),
        ({"status_id": 70306, "triggers": []}, "triggers must list every trigger of the status"),
        (
            {"status_id": 70306, "triggers": [{"id": 120, "fire": True}]},
            "triggers must list every trigger of the status",
        ),
        (
            {"status_id": 70305, "triggers": [{"id": 120, "fire": True}]},
            "triggers must list every trigger of the status",
        ),
    ],
)
def test_a_status_of_another_workflow_and_half_a_list_of_triggers_are_refused(
    emulator: Emulator, ask: Caller, pipeline: Pipeline, body: dict[str, Any], message: str
):
    assert ask.write("POST", f"/pipelines/{pipeline.id}/status", body, 400) == message
    assert (pipeline.status_id, emulator.effects) == (70301, [])


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_change_of_status_is_answered_without_a_body(
    emulator: Emulator, ask: Caller, pipeline: Pipeline, status: int
):
    emulator.habits.status_answer = status
    ask.write("POST", f"/pipelines/{pipeline.id}/status", {"status_id": 70305}, status)


def rows(emulator: Emulator, status: int) -> dict[int, tuple[bool, bool]]:
    """The triggers of a status: whether they are required and on by default."""
    return {each.id: (each.is_required, each.is_default) for each in emulator.account.status(status).triggers}


def fired(emulator: Emulator) -> list[int]:
    return [changed["id"] for what, changed in effects(emulator) if what == "trigger fired"]


@pytest.mark.parametrize(
    ("status", "told", "fires"),
    [
        (70306, None, [120]),
        (70306, {120: False, 121: False}, []),
        (70306, {120: False, 121: True}, [121]),
        (70309, None, [123, 124]),
        (70309, {123: True, 124: False}, [123]),
        (70309, {123: False, 124: False}, [123]),
        (70305, None, []),
        (70305, {}, []),
    ],
)
def test_triggers_fire_by_default_when_told_and_when_they_are_required(
    emulator: Emulator, ask: Caller, pipeline: Pipeline, status: int, told: dict[int, bool] | None, fires: list[int]
):
    triggers = None if told is None else [{"id": number, "fire": fire} for number, fire in told.items()]
    ask.write("POST", f"/pipelines/{pipeline.id}/status", {"status_id": status, "triggers": triggers}, 204)

    assert fired(emulator) == fires
    assert [effect.what for effect in emulator.effects] == ["status changed", *["trigger fired"] * len(fires)]


def test_an_effect_says_what_a_trigger_did(emulator: Emulator, ask: Caller, pipeline: Pipeline):
    ask.write("POST", f"/pipelines/{pipeline.id}/status", {"status_id": 70308}, 204)

    assert effects(emulator)[1:] == [
        (
            "trigger fired",
            {
                "id": 122,
                "description": "E-mail a rejection to the candidate",
                "pipeline_id": pipeline.id,
                "candidate_id": pipeline.candidate_id,
            },
        )
    ]


def test_a_required_trigger_that_is_told_not_to_fire_may_refuse_the_change(
    emulator: Emulator, ask: Caller, pipeline: Pipeline
):
    emulator.habits.required_triggers = "refused"
    quiet = {"status_id": 70309, "triggers": [{"id": 123, "fire": False}, {"id": 124, "fire": False}]}

    assert ask.write("POST", f"/pipelines/{pipeline.id}/status", quiet, 400) == "triggers must fire 123"
    assert (pipeline.status_id, emulator.effects) == (70301, [])


def test_statuses_show_their_triggers_and_prerequisites(emulator: Emulator, ask: Caller):
    placed = ask("/pipelines/workflows/3105/statuses/70309").json()
    road = ask("/pipelines/workflows/3106/statuses?per_page=100").json()["_embedded"]["statuses"][-1]

    first = {
        "id": 123,
        "description": "E-mail the placement to the candidate",
        "is_required": True,
        "is_default": True,
        "_links": {"self": {"href": "/triggers/123"}},
    }
    assert placed["triggers"][0] == first == ask("/triggers/123").json()
    assert ask("/triggers").json()["total"] == 5
    assert road["prerequisites"] == [{"id": 125, "description": "A résumé is attached"}]
    assert rows(emulator, 70306) == {120: (False, True), 121: (False, False)}


@pytest.mark.parametrize(("needs", "status"), [("resume", 400), ("rating", 409), ("email", 422)])
def test_a_status_whose_prerequisites_are_not_met_is_refused(
    emulator: Emulator, ask: Caller, pipeline: Pipeline, ada: Candidate, needs: str, status: int
):
    emulator.habits.unmet_status = status
    emulator.account.status(70305).prerequisites = [Prerequisite(7, "It is there", needs)]
    ada.mails = []
    path = f"/pipelines/{pipeline.id}/status"

    refused = ask.write("POST", path, {"status_id": 70305}, status)
    assert refused == "Prerequisites are not met: It is there"
    assert (pipeline.status_id, emulator.effects) == (70301, [])
    ask.write("POST", f"/candidates/{ada.id}/emails", {"email": "a@b.example"}, 201)
    ask.write("PUT", f"/pipelines/{pipeline.id}", {"rating": 3}, 204)
    ask(f"/candidates/{ada.id}/resumes?filename=cv.pdf", method="POST", content=b"1")
    ask.write("POST", path, {"status_id": 70305}, 204)


def test_offered_may_send_an_email_of_its_own(emulator: Emulator, ask: Caller, pipeline: Pipeline):
    emulator.habits.eeo = True
    ask.write("POST", f"/pipelines/{pipeline.id}/status", {"status_id": 70307}, 204)

    told = {"pipeline_id": pipeline.id, "candidate_id": pipeline.candidate_id}
    assert effects(emulator)[1:] == [("EEO e-mail sent", told)]


def test_what_happened_is_logged_where_that_is_asked_for(emulator: Emulator, ask: Caller, ada: Candidate, baker: Job):
    body = {"candidate_id": ada.id, "job_id": baker.id}
    number = ask.write("POST", "/pipelines?create_activity=true", body, 201)
    ask.write("POST", f"/pipelines/{number}/status?create_activity=true", {"status_id": 70305}, 204)
    ask.write("POST", f"/pipelines/{number}/status?create_activity=false", {"status_id": 70301}, 204)

    written = [(each.annotation, each.notes, each.type) for each in emulator.account.activities.values()]
    assert written == [
        ("Added to the pipeline at No contact", None, "other"),
        ("Status changed to Submitted", None, "other"),
    ]


def test_webhooks_are_told_of_what_was_written(emulator: Emulator, ask: Caller, pipeline: Pipeline):
    hook = {"events": ["pipeline.status_changed"], "target_url": "https://hub.example.test/1"}
    ask("/webhooks", method="POST", json=hook)
    ask.write("POST", f"/pipelines/{pipeline.id}/status", {"status_id": 70305}, 204)

    assert [delivery.url for delivery in emulator.outbox] == ["https://hub.example.test/1"]
    assert str(pipeline.id).encode() in emulator.outbox[0].body


def test_only_known_pipelines_are_written(ask: Caller):
    for method, path in (("PUT", ""), ("DELETE", ""), ("POST", "/status")):
        assert ask(f"/pipelines/1{path}", method=method, json={"rating": 1, "status_id": 70305}).status_code == 404
