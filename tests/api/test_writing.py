"""What machines write in Truto's shape: it reaches the ATS, and the answer is the record as a read gives it."""

import json
from collections.abc import Iterator

import pytest
from django_scopes import scope

from atsbridge.actions.models import Action
from atsbridge.api import writing
from atsbridge.connections.models import Connection, Exchange
from atsbridge.records.models import Kept
from connectors.emulation_faults import Fault
from tests.api.acting import Writer, worker, writer
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def idle(acme) -> Iterator[Writer]:
    """Acme's synced Homerun account, and nobody who works."""
    emulator = harness.emulate("homerun", jobs=3, people=12)
    with harness.mounted("homerun", emulator):
        connection = harness.link(acme, "homerun", emulator)
        harness.sync(connection)
        yield writer(connection, emulator)


@pytest.fixture
def homerun(idle) -> Iterator[Writer]:
    """The same with a worker."""
    with worker(idle.connection.tenant):
        yield idle


def test_a_move_answers_the_application_where_it_stands_now(homerun):
    application = homerun.record("application", status="PENDING")
    target = homerun.stages(application)[0]

    answer = homerun.send(
        "POST", "applications/move-stage", {"application_id": application.remote_id, "stage_id": target}
    )

    assert (answer.status_code, list(answer.json())) == (200, ["result"])
    read = homerun.send("GET", f"applications/{application.remote_id}").json()
    assert answer.json()["result"] == read
    assert read["current_stage"]["id"] == target
    assert homerun.effects() == ["application moved"]
    (action,) = homerun.actions()
    assert (answer.headers["X-Action-Id"], "Idempotent-Replayed" in answer.headers) == (str(action.pk), False)
    assert (action.kind, action.by.partition(" ")[0]) == ("move_application", "writer")


def test_our_own_ids_are_taken_as_well(homerun):
    application = homerun.record("application", status="PENDING")
    with scope(tenant=homerun.connection.tenant):
        stage = homerun.record("application_stage", remote_id=homerun.stages(application)[0])

    answer = homerun.send(
        "POST", "applications/move-stage", {"application": {"id": str(application.id)}, "stage_id": str(stage.id)}
    )

    assert answer.json()["result"]["current_stage"]["id"] == stage.remote_id


@pytest.mark.parametrize("named", ["Job fair", {"name": "job fair"}, {"unified_key": "JOB_FAIR"}, {"id": "jobfair"}])
def test_a_source_is_named_by_its_name_its_key_or_its_id(homerun, named):
    homerun.emulator.person("Grace", "Hopper", email="grace@example.test", sources=["Job fair"])
    harness.sync(homerun.connection)
    person = {"first_name": "Ada", "last_name": "L", "emails": [{"email": "ada@example.test"}], "source": named}

    made = homerun.send("POST", "candidates", person)

    assert (made.status_code, homerun.emulator.known(made.json()["id"]).sources) == (200, ["Job fair"])
    assert "X-Action-Warnings" not in made.headers


@pytest.mark.parametrize("named", [{}, {"name": ""}, {"id": None}, {"key": "x"}, 7, {"name": "x" * 256}])
def test_a_source_that_is_not_named_is_refused(homerun, named):
    person = {"first_name": "Ada", "last_name": "L", "source": named}

    answer = homerun.send("POST", "candidates", person)

    assert (answer.status_code, "source" in answer.json()["message"], homerun.effects()) == (400, True, [])


def test_a_note_answers_the_activity(homerun):
    candidate = homerun.record("candidate")
    body = {"candidate": {"id": candidate.remote_id}, "body": "Good call", "visibility": "private", "subject": "Hi"}

    answer = homerun.send("POST", "activities", body)

    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert {name: told[name] for name in ("candidate", "body", "visibility", "activity_type")} == {
        "candidate": {"id": candidate.remote_id},
        "body": "Good call",
        "visibility": "private",
        "activity_type": "note",
    }
    assert json.loads(answer.headers["X-Action-Warnings"]) == ["subject: notes have none."]
    assert homerun.send("GET", f"activities/{told['id']}").json() == told


def test_whom_a_note_is_about_may_stand_in_the_address(homerun):
    candidate = homerun.record("candidate")

    for name in ("candidate_id", "candidate[id]"):
        answer = homerun.send("POST", "activities", {"body": name}, query=f"&{name}={candidate.remote_id}")
        assert answer.json()["candidate"] == {"id": candidate.remote_id}


def test_somebody_in_the_pool_comes_on_a_job_and_whoever_is_on_one_stays_there(homerun):
    job = homerun.record("job", status="OPEN")
    grace = homerun.emulator.person("Grace", "Hopper", email="grace@example.test")
    somebody = homerun.record("application", status="PENDING")

    answer = homerun.send("POST", "applications", {"candidate": {"id": grace.id}, "job_id": str(job.id)})
    refused = homerun.send("POST", "applications", {"candidate_id": somebody.remote_id, "job_id": job.remote_id})

    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["id"], told["candidate"], told["job"]) == (grace.id, {"id": grace.id}, {"id": job.remote_id})
    assert (refused.status_code, refused.json()["message"].partition(":")[0]) == (422, "candidate_id")
    assert homerun.effects() == ["application moved"]


def test_a_deletion_answers_the_id(homerun):
    candidate = homerun.record("candidate")

    answer = homerun.send("DELETE", f"candidates/{candidate.remote_id}")

    assert (answer.status_code, answer.json()) == (200, {"id": candidate.remote_id})
    assert homerun.send("GET", f"candidates/{candidate.remote_id}").status_code == 404
    assert homerun.effects() == ["application deleted"]


def test_an_action_can_be_looked_at(homerun):
    candidate = homerun.record("candidate")
    sent = homerun.send("POST", "activities", {"candidate_id": candidate.remote_id, "body": "Good"})
    (action,) = homerun.actions()

    told = homerun.get(f"/actions/{sent.headers['X-Action-Id']}").json()

    for name in ("created_at", "ended_at", "expires_at"):
        assert told.pop(name).endswith("Z")
    assert told == {
        "id": str(action.pk),
        "integrated_account_id": str(homerun.connection.pk),
        "action": "add_note",
        "state": "done",
        "dry_run": False,
        "remote_id": action.remote_id,
        "waits_for": None,
        "error": None,
        "truto_is_remote_error": False,
        "next_step": None,
        "warnings": [],
        "incomplete": False,
        "steps": {"note": "done"},
        "by": action.by,
        "attempts": 1,
        "not_before": None,
    }


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(homerun):
    application = homerun.record("application", status="PENDING")
    body = {"application_id": application.remote_id, "stage_id": homerun.stages(application)[0]}

    answer = homerun.send("POST", "applications/move-stage", body, query="&dry_run=true")

    told = answer.json()
    assert (answer.status_code, told["dry_run"], told["warnings"]) == (200, True, [])
    assert [(write["method"], write["path"]) for write in told["writes"]] == [
        ("PATCH", f"job-applications/{application.remote_id}")
    ]
    assert homerun.effects() == []


# -- What is refused ---------------------------------------------------------------------------------------------------


def test_the_providers_refusal_is_told_in_its_words(homerun):
    candidate = homerun.record("candidate")
    homerun.emulator.habits.note_limit = 3

    answer = homerun.send("POST", "activities", {"candidate_id": candidate.remote_id, "body": "Too long"})

    told = answer.json()
    assert (answer.status_code, told["statusCode"], told["truto_is_remote_error"]) == (400, 400, True)
    assert told["raw_response"]["code"] == 400
    assert told["action"]["state"] == "refused"
    assert homerun.effects() == []


def test_a_rule_of_ours_is_no_remote_error(homerun):
    application = homerun.record("application", status="PENDING")
    with scope(tenant=homerun.connection.tenant):
        new = homerun.record("application_stage", title="New")

    answer = homerun.send(
        "POST", "applications/move-stage", {"application_id": application.remote_id, "stage_id": new.remote_id}
    )

    told = answer.json()
    assert answer.status_code == 422
    assert told["message"].startswith("Homerun moves nobody to New: people begin there.")
    assert "truto_is_remote_error" not in told


def test_a_rule_of_ours_is_none_either_where_the_provider_has_answered_something_bad_before(homerun):
    application = homerun.record("application", status="PENDING")
    named = json.loads(application.document)["job_id"]
    homerun.emulator.delete(next(job for job in homerun.emulator.jobs if str(job.id) == named))
    body = {"application_id": application.remote_id, "stage_id": homerun.stages(application)[0]}

    answer = homerun.send("POST", "applications/move-stage", body)

    told, action = answer.json(), homerun.get(f"/actions/{answer.headers['X-Action-Id']}").json()
    words = "Homerun does not show its job any more, so its stages are not known"
    assert (answer.status_code, told["message"]) == (422, f"{words}.")
    assert told.keys() & {"truto_is_remote_error", "raw_response", "truto_error_insight"} == set()
    assert (action["state"], action["error"], action["truto_is_remote_error"]) == ("refused", words, False)


def test_the_providers_refusal_is_told_as_such_also_after_its_words_were_forgotten(homerun):
    def change():
        return homerun.send("PATCH", "candidates/ap_nobody", {"first_name": "Ada"}, Idempotency_Key="k-1")

    answer = change()
    told, action = answer.json(), homerun.get(f"/actions/{answer.headers['X-Action-Id']}").json()
    code = told["raw_response"]["code"]  # Homerun's own, which is not always its status
    assert (answer.status_code, told["truto_is_remote_error"], code) == (404, True, 403)
    assert (action["state"], action["truto_is_remote_error"]) == ("refused", True)
    with scope(tenant=homerun.connection.tenant):
        Exchange.objects.all().delete()

    again = change()

    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (404, "true")
    assert again.json() == {**told, "raw_response": None}


def test_what_an_ats_cannot_do_is_refused_with_the_reason_and_nothing_is_queued(homerun):
    application = homerun.record("application")

    answer = homerun.send("POST", "applications/reject", {"application_id": application.remote_id})

    assert (answer.status_code, answer.json()["message"]) == (
        422,
        "Homerun's API cannot disqualify: only people can, in Homerun itself",
    )
    assert homerun.actions() == []


def test_what_the_key_may_not_do_is_refused_before_it_is_queued(idle):
    denied = {
        "slug": "job-application-notes:write",
        "label": "Write notes",
        "scope": "job-application-notes:write",
        "allowed": False,
    }
    with scope(tenant=idle.connection.tenant):
        Connection.objects.update(permissions=[denied])

    answer = idle.send("POST", "activities", {"candidate_id": idle.record("candidate").remote_id, "body": "Good"})

    told = answer.json()
    assert (answer.status_code, told["message"]) == (
        403,
        "The key of this connection lacks job-application-notes:write. Make one that has it, and relink.",
    )
    assert told["truto_error_insight"]["forbidden_error"]["value"] == {
        "missing_scopes": ["job-application-notes:write"]
    }
    assert idle.actions() == []


# -- What does not end in time -----------------------------------------------------------------------------------------


def test_a_caller_who_waited_in_vain_is_told_where_to_look(idle, monkeypatch):
    monkeypatch.setattr(writing, "PATIENCE", 0.1)
    candidate = idle.record("candidate")

    answer = idle.send("POST", "activities", {"candidate_id": candidate.remote_id, "body": "Good"})

    (action,) = idle.actions()
    told = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (504, f"/actions/{action.pk}")
    assert 1 <= int(answer.headers["Retry-After"]) <= 300
    assert told["action"] == {"id": str(action.pk), "state": "queued", "url": f"/actions/{action.pk}"}
    assert idle.get(answer.headers["Location"]).json()["state"] == "queued"


def test_what_may_have_arrived_is_not_said_to_be_done(homerun, settings):
    settings.WRITE_SECONDS = 0.1
    candidate = homerun.record("candidate")
    homerun.emulator.faults.append(Fault("timeout", method="write"))

    answer = homerun.send("POST", "activities", {"candidate_id": candidate.remote_id, "body": "Good"})

    told = answer.json()
    assert (answer.status_code, told["action"]["state"]) == (502, "unknown")
    assert "nothing there can tell whether it arrived" in told["message"]


def test_more_warnings_than_a_header_holds_stay_json(idle, monkeypatch):
    monkeypatch.setattr(writing, "PATIENCE", 0)
    idle.send("POST", "activities", {"candidate_id": idle.record("candidate").remote_id, "body": "Good"})
    with scope(tenant=idle.connection.tenant):
        Action.objects.update(state="done", warnings=[f"Warning {number} – {'x' * 90}" for number in range(90)])

    answer = idle.send("POST", "activities", {"candidate_id": idle.record("candidate").remote_id, "body": "Good"})

    said = json.loads(answer.headers["X-Action-Warnings"])
    assert (said[0].startswith("Warning 0 – "), said[-1]) == (True, "There is more: see the action.")
    assert 30 < len(said) < 90


def test_an_application_of_others_is_imported_by_its_id_and_answered_as_a_read_gives_it(homerun):
    application = homerun.record("application")

    answer = homerun.send("POST", "applications/import", {"remote_id": application.remote_id})

    assert answer.json() == {"result": homerun.send("GET", f"applications/{application.remote_id}").json()}
    (action,) = homerun.actions()
    assert (action.kind, homerun.effects()) == ("import_application", [])
    with scope(tenant=homerun.connection.tenant):
        mine = Kept.objects.order_by("model").values_list("model", "remote_id", "by", "by_id")
        assert list(mine) == [
            (model, application.remote_id, "import", action.pk) for model in ("application", "candidate")
        ]


def test_what_is_no_application_there_is_not_imported(homerun):
    answer = homerun.send("POST", "applications/import", {"remote_id": "ap_nobody"})

    assert (answer.status_code, answer.json()["truto_is_remote_error"]) == (404, True)
    assert homerun.send("POST", "applications/import", {}).status_code == 400
    with scope(tenant=homerun.connection.tenant):
        assert not Kept.objects.exists()
