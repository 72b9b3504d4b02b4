"""A request that is repeated leads to the action that it made first: with a key always, without one for a while."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions.models import Action, State
from atsbridge.records.models import Change
from tests.api.acting import Writer, worker, writer
from tests.sync import harness
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def homerun(acme) -> Iterator[Writer]:
    """Acme's synced Homerun account with a worker."""
    emulator = harness.emulate("homerun", jobs=2, people=6)
    with harness.mounted("homerun", emulator):
        connection = harness.link(acme, "homerun", emulator)
        harness.sync(connection)
        with worker(acme):
            yield writer(connection, emulator)


def note(homerun: Writer, body: str = "Good", **headers: str) -> Any:
    """A note about the first candidate."""
    return homerun.send(
        "POST", "activities", {"candidate_id": homerun.record("candidate").remote_id, "body": body}, **headers
    )


def told(answer: Any) -> tuple[int, str, str]:
    """What an answer is about: status, action, whether it was a repetition."""
    return answer.status_code, answer.headers["X-Action-Id"], answer.headers.get("Idempotent-Replayed", "")


def test_the_same_key_gets_the_first_answer(homerun):
    first, second = note(homerun, Idempotency_Key="k-1"), note(homerun, Idempotency_Key="k-1")

    assert told(second) == (200, told(first)[1], "true")
    assert (second.json(), homerun.effects()) == (first.json(), ["note added"])


def test_another_key_is_another_request(homerun):
    note(homerun, Idempotency_Key="k-1")
    note(homerun, Idempotency_Key="k-2")

    assert homerun.effects() == ["note added"] * 2


def test_a_key_with_other_input_is_refused(homerun):
    note(homerun, Idempotency_Key="k-1")

    answer = note(homerun, "Bad", Idempotency_Key="k-1")

    assert answer.status_code == 422
    assert answer.json()["message"].startswith("This Idempotency-Key was used for something else.")
    assert homerun.effects() == ["note added"]


def test_a_key_is_one_for_each_operation(homerun):
    note(homerun, Idempotency_Key="k-1")

    answer = homerun.send("DELETE", f"candidates/{homerun.record('candidate').remote_id}", Idempotency_Key="k-1")

    assert (answer.status_code, homerun.effects()) == (200, ["note added", "application deleted"])


def test_a_refusal_by_the_provider_is_replayed_with_its_key_and_not_without(homerun):
    homerun.emulator.habits.note_limit = 3
    refused = note(homerun, Idempotency_Key="k-1")
    without = note(homerun)
    homerun.emulator.habits.note_limit = 0

    again, anew = note(homerun, Idempotency_Key="k-1"), note(homerun)

    assert told(again) == (400, told(refused)[1], "true")
    assert again.json() == refused.json()
    assert (without.status_code, told(anew)[::2], homerun.effects()) == (400, (200, ""), ["note added"])


def test_a_refusal_before_queueing_is_forgotten(homerun):
    assert homerun.send("POST", "activities", {"body": "x"}, Idempotency_Key="k-2").status_code == 400
    assert note(homerun, Idempotency_Key="k-2").status_code == 200


@pytest.mark.parametrize("key", [{}, {"Idempotency_Key": "k-1"}])
def test_those_who_ask_at_once_get_one_action(homerun, key):
    answers = together(4, lambda: told(note(homerun, **key)))

    assert {answer[:2] for answer in answers} == {(200, answers[0][1])}
    assert sorted(answer[2] for answer in answers) == ["", "true", "true", "true"]
    assert homerun.effects() == ["note added"]


def test_without_a_key_the_same_again_is_a_repetition_for_ten_minutes(homerun):
    first, second = note(homerun), note(homerun)
    assert told(second) == (200, told(first)[1], "true")

    with scope(tenant=homerun.connection.tenant):
        Action.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert told(note(homerun))[2] == ""
    assert homerun.effects() == ["note added"] * 2


def test_a_second_one_can_be_had(homerun):
    first, second = note(homerun), note(homerun, X_Allow_Duplicate="true")

    assert (first.headers["X-Action-Id"] != second.headers["X-Action-Id"], told(second)[2]) == (True, "")
    assert note(homerun, X_Allow_Duplicate="maybe").status_code == 400
    assert homerun.effects() == ["note added"] * 2


def test_another_machine_asks_for_itself(homerun):
    note(homerun)
    other = writer(homerun.connection, homerun.emulator)

    assert told(note(other))[::2] == (200, "")
    assert homerun.effects() == ["note added"] * 2


@pytest.mark.parametrize("state", [State.FAILED, State.REFUSED, State.CANCELLED, State.EXPIRED, State.UNKNOWN])
def test_what_did_not_stand_is_tried_anew_without_a_key(homerun, state):
    first = note(homerun)
    with scope(tenant=homerun.connection.tenant):
        Action.objects.update(state=state, remote_id="")

    again = note(homerun, X_Allow_Duplicate="false")

    stands = state == State.UNKNOWN
    assert (told(again)[1] == told(first)[1]) is stands
    assert len(homerun.effects()) == (1 if stands else 2)


def test_there_and_back_and_there_again_are_three_moves(homerun):
    application = homerun.record("application", status="PENDING")
    there, back, *_ = homerun.stages(application)

    def move(stage: str) -> tuple[int, str, str]:
        body = {"application_id": application.remote_id, "stage_id": stage}
        return told(homerun.send("POST", "applications/move-stage", body))

    answers = [move(there), move(back), move(there), move(there)]

    assert [(status, again) for status, _, again in answers] == [(200, ""), (200, ""), (200, ""), (200, "true")]
    assert homerun.effects() == ["application moved"] * 3


def test_a_change_of_the_record_since_makes_it_another_request(homerun):
    application = homerun.record("application", status="PENDING")
    there, back, *_ = homerun.stages(application)
    body = {"application_id": application.remote_id, "stage_id": there}
    homerun.send("POST", "applications/move-stage", body)
    person = next(each for each in homerun.emulator.people if each.id == application.remote_id)
    person.stage = next(stage for stage in homerun.emulator.job_of(person).stages if back in (stage.id, stage.name))
    harness.sync(homerun.connection, full=True)
    with scope(tenant=homerun.connection.tenant):
        assert Change.objects.filter(record=application.id, cause="run", kind="stage_changed").exists()

    assert told(homerun.send("POST", "applications/move-stage", body))[::2] == (200, "")
    assert homerun.effects() == ["application moved"] * 2


def test_a_dry_run_repeats_nothing_and_takes_no_key(homerun):
    candidate = homerun.record("candidate")
    body = {"candidate_id": candidate.remote_id, "body": "Good"}

    dry = homerun.send("POST", "activities", body, query="&dry_run=true", Idempotency_Key="k-1")
    real = homerun.send("POST", "activities", body, Idempotency_Key="k-1")

    assert (dry.json()["dry_run"], told(real)[2], homerun.effects()) == (True, "", ["note added"])


def test_a_key_has_an_end(homerun):
    assert note(homerun, Idempotency_Key="k" * 255).status_code == 200
    assert note(homerun, Idempotency_Key="k" * 256).status_code == 400


def test_a_repetition_of_what_was_forgotten_still_says_that_it_was_done(homerun):
    first = note(homerun, Idempotency_Key="k-1")
    with scope(tenant=homerun.connection.tenant):
        Action.objects.update(input="{}", steps={}, remote_id="", emptied_at=timezone.now())
        Change.objects.all().delete()

    second = note(homerun, Idempotency_Key="k-1")

    assert (told(second), second.json()) == ((200, told(first)[1], "true"), {"id": None})
    assert homerun.effects() == ["note added"]
