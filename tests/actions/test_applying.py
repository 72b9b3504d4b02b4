"""An application of somebody who is known: made where the ATS has room for it, and nothing of the person is changed."""

from typing import Any

import pytest

from atsbridge.actions.models import State
from connectors.emulation_faults import Fault
from tests.actions.conftest import Account
from tests.actions.harness import act, document, finished, upload
from tests.actions.test_cats import applied, grace, job, status
from tests.actions.test_cats import told as told_cats
from tests.actions.test_homerun import applicant, stage_of, told, vacancy

ANSWERS = [{"question": "Start?", "answer": "Now"}]


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """Settle at once."""
    settings.WRITE_SECONDS = settings.SETTLE_WRITE_SECONDS = 0.05


def test_somebody_whom_cats_knows_comes_on_a_job(cats: Account):
    person, baker = grace(cats, source="Referral"), job(cats)
    interview = status(cats, baker, "Interviewing")
    file = upload(cats.connection, "cv.pdf", b"%PDF-1 cv", type="CV")

    action = act(
        cats.connection, "apply_candidate", candidate_id=str(person.id), job_id=str(baker.id),
        stage_id=str(interview.id), attachments=[file], answers=ANSWERS, source="Acme Talent",
    )  # fmt: skip

    assert (action.state, action.error, action.incomplete) == (State.DONE, "", False)
    assert told_cats(cats) == ["pipeline created", "status changed", "attachment added", "activity added"]
    pipeline = cats.emulator.account.pipelines[int(action.remote_id)]
    assert (pipeline.candidate_id, pipeline.job_id, pipeline.status_id) == (person.id, baker.id, interview.id)
    assert (person.first_name, person.source) == ("Grace", "Referral")
    assert document(cats.connection, "application", action.remote_id)["candidate_id"] == str(person.id)
    assert action.warnings == [
        "Answers: CATS takes answers only in the forms of its portals, they become an activity",
        "Source: CATS keeps it with the person, of whom nothing is changed",
    ]


def test_nobody_comes_on_a_job_of_cats_twice_nor_who_does_not_exist(cats: Account):
    baker = job(cats)
    there = applied(cats, baker)

    second = act(cats.connection, "apply_candidate", candidate_id=str(there.candidate_id), job_id=str(baker.id))
    nobody = act(cats.connection, "apply_candidate", candidate_id="77", job_id=str(baker.id))
    nowhere = act(cats.connection, "apply_candidate", candidate_id=str(there.candidate_id), job_id="77")

    words = f"Candidate {there.candidate_id} is considered for this job already: application {there.id}"
    assert (second.state, second.error) == (State.REFUSED, words)
    assert (nobody.state, nowhere.state, nowhere.error) == (State.REFUSED, State.REFUSED, "CATS has no job 77")
    assert "candidate_id" in nobody.error
    assert told_cats(cats) == []


def test_somebody_in_homeruns_pool_comes_on_a_job(homerun: Account):
    baker, person = vacancy(homerun), applicant(homerun)
    person.custom_data = {"Shoe size": "36"}
    file = upload(homerun.connection, "cv.pdf", b"%PDF-1 cv", type="CV")

    action = act(
        homerun.connection, "apply_candidate", candidate_id=person.id, job_id=baker.id,
        stage_id=stage_of(baker, "Interview"), attachments=[file], answers=ANSWERS, source="Acme Talent",
    )  # fmt: skip

    assert (action.state, action.error, action.incomplete) == (State.DONE, "", False)
    assert told(homerun, "vacancy_id", "stage") == [
        ("application changed", None, None),
        ("application moved", baker.id, "New"),
        ("application moved", baker.id, "Interview"),
        ("file added", None, None),
    ]
    assert person.custom_data == {"Shoe size": "36", "Start?": "Now"}
    record = document(homerun.connection, "application", person.id)
    assert (record["job_id"], record["current_stage_id"]) == (baker.id, stage_of(baker, "Interview"))
    assert action.warnings == [
        "Answers: Homerun takes no answers from others, they go into the custom data",
        "Source: Homerun takes a source only when a person is created",
    ]


def test_an_application_in_homerun_is_not_taken_from_its_job(homerun: Account):
    baker, cook = vacancy(homerun), vacancy(homerun)
    person = applicant(homerun, job=baker)

    same = act(homerun.connection, "apply_candidate", candidate_id=person.id, job_id=baker.id)
    other = act(homerun.connection, "apply_candidate", candidate_id=person.id, job_id=cook.id)

    assert (same.state, other.state, told(homerun), person.vacancy_id) == (
        State.REFUSED, State.REFUSED, [], baker.id,
    )  # fmt: skip
    assert same.error == f"candidate_id: {person.id} is an application for this job already"
    assert other.error == (
        f"candidate_id: in Homerun a person is one application, and {person.id} is one for another job. "
        "For a second one give name and address instead: Homerun makes a new person of them"
    )


@pytest.mark.parametrize("when", ["before", "after", "late"])
def test_an_application_in_homerun_whose_answer_is_lost_is_there_once(homerun: Account, when: str):
    baker, person = vacancy(homerun), applicant(homerun)
    homerun.emulator.faults.append(Fault("timeout", method="write", when=when, late=0))

    action = finished(act(homerun.connection, "apply_candidate", candidate_id=person.id, job_id=baker.id))
    homerun.emulator.catch_up()

    assert (action.state, told(homerun, "vacancy_id")) == (State.DONE, [("application moved", baker.id)])


def test_somebody_whom_others_put_on_a_third_job_meanwhile_is_left_to_a_person(homerun: Account):
    baker, cook, person = vacancy(homerun), vacancy(homerun), applicant(homerun)
    homerun.emulator.faults.append(Fault("timeout", method="write", when="before"))

    action = act(homerun.connection, "apply_candidate", candidate_id=person.id, job_id=baker.id)
    person.vacancy_id, person.stage = cook.id, cook.stages[0]

    assert (finished(action).state, told(homerun), person.vacancy_id) == (State.UNKNOWN, [], cook.id)


@pytest.mark.parametrize("slug", ["homerun", "cats"])
def test_the_rehearsal_of_an_application_sends_nothing(request: pytest.FixtureRequest, slug: str):
    account: Account = request.getfixturevalue(slug)
    there, what = (applicant, vacancy) if slug == "homerun" else (grace, job)
    given = {"candidate_id": str(there(account).id), "job_id": str(what(account).id)}

    action = act(account.connection, "apply_candidate", rehearsal=True, **given)

    assert (action.state, account.emulator.effects) == (State.DONE, [])
    assert [(write["method"], write["path"]) for write in action.plan["writes"]] == [
        ("PATCH", f"job-applications/{given['candidate_id']}") if slug == "homerun" else ("POST", "pipelines")
    ]
