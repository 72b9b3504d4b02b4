"""What goes to the ATS as it stands, beside the rest: into one request, past nothing that we tell ourselves."""

from typing import Any

import pytest
from django_scopes import scope

import connectors
from atsbridge.actions import intake
from atsbridge.actions.models import Action, State
from atsbridge.actions.wrong import Wrong
from connectors.acting import UNPASSED, Act
from connectors.emulation_faults import Fault
from tests.actions.cells import CELLS, Cell, applications, stages
from tests.actions.conftest import Account
from tests.actions.harness import act, finished
from tests.actions.test_cats import applied, grace, job
from tests.actions.test_homerun import applicant, made, stage_of, vacancy

ADA: dict[str, Any] = {
    "first_name": "Ada",
    "last_name": "L",
    "email_addresses": [{"email_address": "ada@example.test"}],
}


def refused(account: Account, kind: str, **given: Any) -> str:
    """Why an action is not taken in; nothing is queued then."""
    with scope(tenant=account.connection.tenant):
        with pytest.raises(Wrong) as wrong:
            intake.accept(account.connection, intake.read(kind, given))
        assert not Action.objects.exists()
    return str(wrong.value)


def test_somebody_in_homerun_gets_fields_that_only_homerun_has(homerun: Account):
    more = {"education": "Oxford", "pronouns": "she/her", "sourced": False}

    planned = act(homerun.connection, "create_candidate", rehearsal=True, remote_data=more, **ADA)
    created = act(homerun.connection, "create_candidate", remote_data=more, **ADA)
    changed = act(homerun.connection, "update_candidate", candidate_id=created.remote_id, remote_data={"pronouns": "-"})

    assert [action.state for action in (planned, created, changed)] == [State.DONE] * 3
    assert {**planned.plan["writes"][0]["body"], **more} == planned.plan["writes"][0]["body"]
    ada = made(homerun, created)
    assert (ada.first_name, ada.education, ada.pronouns, ada.sourced) == ("Ada", "Oxford", "-", False)


def test_a_note_in_homerun_can_be_signed_otherwise(homerun: Account):
    person = applicant(homerun)

    act(homerun.connection, "add_note", candidate_id=person.id, content="1", remote_data={"display_name": "Grace"})

    assert [(note.note, note.display_name) for note in person.notes] == [("1", "Grace")]


def test_a_pipeline_and_a_person_of_cats_get_fields_that_only_cats_has(cats: Account):
    baker, person = job(cats), grace(cats)
    who: dict[str, Any] = {"candidate_id": str(person.id)}

    act(cats.connection, "apply_candidate", job_id=str(baker.id), remote_data={"rating": 4}, **who)
    act(cats.connection, "update_candidate", remote_data={"key_skills": "SQL"}, **who)
    wrong = act(cats.connection, "apply_candidate", job_id=str(job(cats).id), remote_data={"rating": 9}, **who)

    [pipeline] = [each for each in cats.emulator.account.pipelines.values() if each.candidate_id == person.id]
    assert (pipeline.rating, person.key_skills, person.first_name) == (4, "SQL", "Grace")
    assert (wrong.state, "rating" in wrong.error) == (State.REFUSED, True)


@pytest.mark.parametrize("when", ["before", "after", "late"])
def test_what_is_passed_on_is_passed_on_once_where_an_answer_is_lost(cats: Account, settings: Any, when: str):
    settings.WRITE_SECONDS = settings.SETTLE_WRITE_SECONDS = 0.05
    baker, person = job(cats), grace(cats)
    cats.emulator.faults.append(Fault("timeout", method="write", when=when, late=0))

    given: dict[str, Any] = {"candidate_id": str(person.id), "job_id": str(baker.id), "remote_data": {"rating": 4}}
    action = finished(act(cats.connection, "apply_candidate", **given))
    cats.emulator.catch_up()

    assert (action.state, [effect.changed["rating"] for effect in cats.emulator.effects]) == (State.DONE, [4])


CASES = [
    (slug, cell, way.passes)
    for slug, cells in CELLS.items()
    for cell in cells
    if isinstance(way := connectors.get(slug).actions[cell.kind], Act) and way.passes
]


@pytest.mark.parametrize(("slug", "cell", "passes"), CASES, ids=lambda each: str(getattr(each, "step", each)))
def test_every_field_of_the_request_is_ours_or_may_be_told(
    request: pytest.FixtureRequest, slug: str, cell: Cell, passes: Any
):
    """The step is one of the action's, and what it says of itself cannot be said another way."""
    account: Account = request.getfixturevalue(slug)
    application = next(applications(account.connection))
    given = cell.given(application) | ({"stage_id": stages(application)[0]} if cell.kind == "hire_application" else {})

    action = act(account.connection, cell.kind, rehearsal=True, **given, remote_data={"x_extra": 1})

    [body] = [write["body"] for write in action.plan["writes"] if write["step"] == passes.step]
    assert body.pop("x_extra") == 1
    assert body.keys() - set(passes.own) <= FREE[slug]


FREE = {
    "homerun": {"sourced", "display_name"},
    "cats": {
        *("middle_name", "key_skills", "notes", "current_pay", "desired_pay", "best_time_to_call", "date_available"),
        *("is_willing_to_relocate", "is_active", "is_hot", "owner_id"),
    },
}
"""What our requests say and others may say instead."""


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("create_candidate", {**ADA, "remote_data": {"vacancy_id": "job_1"}}, "remote_data.vacancy_id: it is told"),
        ("create_candidate", {**ADA, "remote_data": {"custom_data": {}}}, "remote_data.custom_data: it is told"),
        ("create_candidate", {**ADA, "remote_data": {"pronouns": "a\0"}}, "remote_data: it holds NUL"),
        ("create_candidate", {**ADA, "remote_data": {"x": "y" * 65_536}}, "remote_data: it has 65,544 bytes"),
        ("create_candidate", {**ADA, "remote_data": ["x"]}, "Expected `object`, got `array` - at `$.remote_data`"),
        ("move_application", {"application_id": "1", "stage_id": "2", "remote_data": {"stage": {"name": "Hired"}}},
         "remote_data.stage: it is told"),
    ],
)  # fmt: skip
def test_what_we_tell_ourselves_is_told_by_nobody_else(homerun: Account, kind: str, given: dict[str, Any], words: str):
    assert words in refused(homerun, kind, **given)


def test_where_nothing_can_be_passed_on_that_is_said(homerun: Account, cats: Account):
    baker = vacancy(homerun)
    ada, bob = applicant(homerun), applicant(homerun, job=baker, stage="Interview")
    there: dict[str, Any] = {"application_id": bob.id, "stage_id": stage_of(baker, "Interview")}
    pipeline = applied(cats, job(cats))

    away = act(homerun.connection, "delete_candidate", candidate_id=ada.id, remote_data={"x": 1})
    still = act(homerun.connection, "move_application", remote_data={"pronouns": "-"}, **there)
    gone = act(cats.connection, "delete_application", application_id=str(pipeline.id), remote_data={"x": 1})

    assert [(action.state, action.warnings) for action in (away, still, gone)] == [(State.DONE, [UNPASSED])] * 3
