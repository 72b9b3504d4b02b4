"""What is written to CATS: requests' effects, the records afterwards, and what is said about the rest."""

from datetime import timedelta
from typing import Any

import pytest
from django_scopes import scope

from atsbridge.actions import deciding, intake
from atsbridge.actions.models import Action, State
from atsbridge.tenants import keys
from atsbridge.tenants.models import Person
from connectors.cats.emulator_truth import Candidate, Job, Phone, Pipeline, Status
from connectors.emulation_faults import Fault
from tests.actions.conftest import Account
from tests.actions.harness import act, again, document, finished, upload
from tests.sync.harness import sync

ADA: dict[str, Any] = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email_addresses": [{"email_address": "ada@example.test"}, {"email_address": "countess@example.test"}],
    "phone_numbers": [{"phone_number": "+44 20 1", "type": "MOBILE"}, {"phone_number": "+44 20 2", "extension": "7"}],
    "title": "Analyst",
    "company": "Analytical & Co",
    "location": {"street_1": "Dorset Street 1", "zip_code": "W1", "city": "London", "country": "gb"},
    "social_media": [{"link": "https://linkedin.com/in/ada"}, {"link": "https://ada.test", "type": "WEBSITE"}],
    "source": "Acme Talent",
    "work_history": [{"title": "Analyst", "company": "Babbage", "start_date": "1833-06-05", "is_current": True}],
}
UNHEARD = "Source: nobody in this account comes from Acme Talent yet, as far as is known here"


@pytest.fixture(autouse=True)
def patient(settings: Any) -> None:
    settings.WRITE_SECONDS = settings.FILE_SECONDS = settings.SETTLE_WRITE_SECONDS = 0.05


def told(account: Account) -> list[str]:
    """What was changed, in order."""
    return [effect.what for effect in account.emulator.effects]


def job(account: Account, workflow: str = "General") -> Job:
    made: Job = account.emulator.add_job("Baker", workflow)
    return made


def status(account: Account, of: Job, title: str) -> Status:
    found: Status = account.emulator.status(of, title)
    return found


def grace(account: Account, **values: Any) -> Candidate:
    made: Candidate = account.emulator.person("Grace", "Hopper", **{"email": "grace@example.test", **values})
    return made


def applied(account: Account, to: Job, at: str = "") -> Pipeline:
    made: Pipeline = account.emulator.apply(grace(account), to, at)
    return made


def who(account: Account, remote_id: str) -> Candidate:
    found: Candidate = account.emulator.account.candidates[int(remote_id)]
    return found


# People


def test_somebody_new_applies_with_everything_that_can_be_said(cats: Account):
    baker = job(cats)
    interview = status(cats, baker, "Interviewing")
    files = [
        upload(cats.connection, "cv.pdf", b"%PDF-1 cv", type="CV"),
        upload(cats.connection, "cv.pdf", b"%PDF-1 other"),
    ]

    action = act(
        cats.connection,
        "create_application",
        job_id=str(baker.id),
        stage_id=str(interview.id),
        attachments=files,
        tags=["forklift", "Nonsense"],
        custom_fields={"Shoe size": 36, "work permit": "asked for", "Languages": ["Türkçe"], "Eye colour": "grey"},
        answers=[{"question": "Start?", "answer": "Now & then\nor later"}, {"question": "Licence?", "answer": True}],
        **ADA,
    )

    assert (action.state, action.error, action.incomplete) == (State.DONE, "", False)
    pipeline = cats.emulator.account.pipelines[int(action.remote_id)]
    ada = cats.emulator.account.candidates[pipeline.candidate_id]
    assert (pipeline.job_id, pipeline.status_id) == (baker.id, interview.id)
    assert (ada.first_name, ada.last_name, ada.title, ada.employer, ada.source) == (
        "Ada",
        "Lovelace",
        "Analyst",
        "Analytical & Co",
        "Acme Talent",
    )
    assert [(mail.email, mail.is_primary) for mail in ada.mails] == [
        ("ada@example.test", True),
        ("countess@example.test", False),
    ]
    assert [(phone.number, phone.type, phone.extension) for phone in ada.phones] == [
        ("+44 20 1", "mobile", None),
        ("+44 20 2", "other", "7"),
    ]
    assert (ada.street, ada.postal_code, ada.city, ada.country_code) == ("Dorset Street 1", "W1", "London", "GB")
    assert (ada.social, ada.website) == (["https://linkedin.com/in/ada"], "https://ada.test")
    assert [(row.title, row.employer, row.is_current) for row in ada.history] == [("Analyst", "Babbage", True)]
    assert ada.custom == {250001: "36", 250005: 942, 250007: [963]}
    assert ada.tags == [71]
    assert [(file.filename, file.is_resume, file.content) for file in ada.files] == [
        ("cv.pdf", True, b"%PDF-1 cv"),
        ("cv (2).pdf", False, b"%PDF-1 other"),
    ]
    [answers] = [each for each in cats.emulator.account.activities.values() if each.about == ("candidate", ada.id)]
    assert (answers.notes, answers.regarding_id) == (
        "Start?<br>\nNow &amp; then<br>\nor later<br>\n<br>\nLicence?<br>\nYes",
        baker.id,
    )
    assert told(cats) == [
        "candidate created",
        "pipeline created",
        "status changed",
        "tags changed",
        "attachment added",
        "attachment added",
        "activity added",
    ]
    assert document(cats.connection, "application", action.remote_id)["current_stage_id"] == str(interview.id)
    assert document(cats.connection, "candidate", str(ada.id))["tag_ids"] == ["71"]
    assert action.warnings == [
        "Answers: CATS takes answers only in the forms of its portals, they become an activity",
        UNHEARD,
        "CATS has no field Eye colour",
        "CATS has no tag Nonsense",
    ]


def test_somebody_who_is_known_is_not_made_again_unless_that_is_wanted(cats: Account):
    known = grace(cats, email="Ada@example.test")
    given = {**ADA, "email_addresses": [{"email_address": "ada@EXAMPLE.test"}]}
    cats.emulator.account.candidates[known.id].mails[0].email = "ada@example.test"

    refused = act(cats.connection, "create_candidate", **given)
    made = act(cats.connection, "create_candidate", allow_duplicate=True, **given)

    words = f"CATS knows Grace Hopper (candidate {known.id}) under this address"
    assert (refused.state, refused.error) == (State.REFUSED, words)
    assert (made.state, told(cats)) == (State.DONE, ["candidate created"])
    assert made.remote_id != str(known.id)


def test_somebody_who_is_known_applies_unchanged(cats: Account):
    known, baker = grace(cats, email="ada@example.test"), job(cats)

    action = act(cats.connection, "create_application", job_id=str(baker.id), tags=["Forklift"], **ADA)
    again = act(cats.connection, "create_application", job_id=str(baker.id), **{**ADA, "title": "Poet"})

    assert (action.state, told(cats), known.first_name) == (State.DONE, ["pipeline created"], "Grace")
    words = f"CATS knows Grace Hopper (candidate {known.id}) under this address: nothing of the person was changed"
    assert action.warnings == [UNHEARD, words]
    assert again.error == (f"Candidate {known.id} is considered for this job already: application {action.remote_id}")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"stage_id": "1"}, "Only who applies for a job can be in a stage"),
        ({"job_id": "77"}, "CATS has no job 77"),
        (
            {"custom_fields": {"Shift": "Noon"}},
            "Shift: 'Noon' does not fit a field of type radio, whose choices are Day, Night 🌙",
        ),
        (
            {"custom_fields": {"Available from": "soon"}},
            "Available from: 'soon' does not fit a field of type date: a date is YYYY-MM-DD",
        ),
        ({"custom_fields": {"Drives": "maybe"}}, "Drives: 'maybe' does not fit a field of type checkbox"),
        ({"custom_fields": {"Kilometres": "far"}}, "Kilometres: 'far' does not fit a field of type number"),
    ],
)
def test_nobody_is_created_of_whom_a_part_would_be_refused(cats: Account, given: dict[str, Any], words: str):
    action = act(cats.connection, "create_candidate", **{**ADA, **given})

    assert (action.state, action.error, cats.emulator.effects) == (State.REFUSED, words, [])


@pytest.mark.parametrize("path", ["/candidates", "/pipelines"])
@pytest.mark.parametrize("when", ["before", "after", "late"])
def test_an_application_whose_answer_is_lost_is_made_once(cats: Account, path: str, when: str):
    baker = job(cats)
    cats.emulator.faults.append(Fault("timeout", method="write", path=path, when=when, late=0))

    action = finished(act(cats.connection, "create_application", job_id=str(baker.id), **ADA))

    assert (action.state, told(cats)) == (State.DONE, ["candidate created", "pipeline created"])
    assert int(action.remote_id) in cats.emulator.account.pipelines


def test_somebody_new_whose_application_is_refused_is_known_here_and_can_be_completed(cats: Account):
    baker = job(cats)
    note: dict[str, Any] = {"answers": [{"question": "Why?", "answer": "Bread"}]}
    cats.emulator.faults.append(Fault("404", method="write", path="/pipelines"))

    action = act(cats.connection, "create_application", job_id=str(baker.id), **ADA, **note)

    made = cats.emulator.account.candidates[max(cats.emulator.account.candidates)]
    assert (action.state, action.incomplete, action.remote_id) == (State.DONE, True, "")
    assert action.warnings[-1].startswith(f"Candidate {made.id} was created, the application was not: ")
    assert document(cats.connection, "candidate", str(made.id))["first_name"] == "Ada"

    with scope(tenant=cats.connection.tenant):
        deciding.decide(action, "complete", Person.objects.create_user("dora@acme.example", name="Dora"))
    assert (again(action).state, action.incomplete) == (State.DONE, False)
    assert told(cats) == ["candidate created", "activity added", "pipeline created"]
    assert document(cats.connection, "application", action.remote_id)["candidate_id"] == str(made.id)


@pytest.mark.parametrize("times", [1, 2])
def test_what_was_made_without_a_location_is_looked_for(cats: Account, times: int):
    cats.emulator.faults.append(Fault("no_location", times=times, method="write"))

    action = act(cats.connection, "create_application", job_id=str(job(cats).id), **ADA)

    assert (action.state, told(cats)) == (State.DONE, ["candidate created", "pipeline created"])
    assert int(action.remote_id) in cats.emulator.account.pipelines


def test_without_an_address_a_lost_creation_is_left_to_a_person(cats: Account):
    cats.emulator.faults.append(Fault("timeout", method="write", when="after"))

    action = finished(act(cats.connection, "create_candidate", first_name="Ada", last_name="Lovelace"))

    assert (action.state, told(cats)) == (State.UNKNOWN, ["candidate created"])


def test_who_has_no_address_waits_for_nobody_else_without_one(cats: Account):
    cats.emulator.faults.append(Fault("timeout", method="write", when="after"))
    lost = finished(act(cats.connection, "create_candidate", first_name="Ada", last_name="Lovelace"))

    other = act(cats.connection, "create_candidate", first_name="Grace", last_name="Hopper")

    assert (lost.state, other.state) == (State.UNKNOWN, State.DONE)


@pytest.mark.parametrize(
    ("of_key", "given", "kept"),
    [("Careers", {"source": "Fair"}, "Fair"), ("Careers", {}, "Careers"), ("", {"source": None}, "Talent")],
)
def test_without_a_source_the_default_of_the_key_or_the_tenant_is_taken(
    cats: Account, of_key: str, given: dict[str, Any], kept: str
):
    tenant = cats.connection.tenant
    tenant.default_source = "Talent"
    tenant.save()
    with scope(tenant=tenant):
        key, _ = keys.create(tenant, "Website", source=of_key)
        told = intake.read("create_candidate", {"first_name": "Ada", "last_name": "Lovelace", **given})
        action = again(intake.accept(cats.connection, told, api_key=key))

    assert (action.state, who(cats, action.remote_id).source) == (State.DONE, kept)


def test_what_cats_drops_without_a_word_is_named(cats: Account):
    cats.emulator.faults.append(Fault("drops", method="write", fields=["phones", "source"]))

    action = act(cats.connection, "create_candidate", **ADA)

    assert action.warnings == [UNHEARD, "CATS did not take over: source, phones"]


def test_a_change_keeps_what_it_does_not_name(cats: Account):
    cats.emulator.habits.put_clears = True
    person = grace(cats, city="Rome", country_code="IT", key_skills="COBOL", title="Captain", source="Navy")
    mobile, home = Phone(1, "+1 1", "mobile"), Phone(2, "+1 2", "home")
    person.phones, person.custom = [mobile, home], {250001: "40"}

    action = act(
        cats.connection,
        "update_candidate",
        candidate_id=str(person.id),
        last_name="Murray",
        title=None,
        email_addresses=[{"email_address": "new@example.test"}, {"email_address": "Grace@example.test"}],
        phone_numbers=[{"phone_number": "+1 2", "type": "WORK"}, {"phone_number": "+1 3"}],
        custom_fields={"Shoe size": "41", "Drives": "yes"},
    )

    assert (action.state, action.error, action.warnings) == (State.DONE, "", [])
    assert (person.first_name, person.last_name, person.city, person.country_code) == ("Grace", "Murray", "Rome", "IT")
    assert (person.title, person.key_skills, person.source) == ("", "COBOL", "Navy")
    assert [(mail.email, mail.is_primary) for mail in person.mails] == [
        ("grace@example.test", False),
        ("new@example.test", True),
    ]
    assert [(phone.number, phone.type) for phone in person.phones] == [("+1 2", "work"), ("+1 3", "other")]
    assert person.custom == {250001: "41", 250003: True}
    assert told(cats) == [
        "candidate changed",
        "e-mail added",
        "phone changed",
        "phone added",
        "phone deleted",
        "custom field changed",
        "custom field changed",
    ]
    assert document(cats.connection, "candidate", str(person.id))["last_name"] == "Murray"


@pytest.mark.parametrize("skip", range(4))
@pytest.mark.parametrize("when", ["before", "after", "late"])
def test_a_change_whose_answer_is_lost_is_done_once(cats: Account, when: str, skip: int):
    person = grace(cats)
    cats.emulator.faults.append(Fault("timeout", method="write", when=when, late=0, skip=skip))

    action = finished(
        act(
            cats.connection,
            "update_candidate",
            candidate_id=str(person.id),
            last_name="Murray",
            email_addresses=[{"email_address": "new@example.test"}],
            custom_fields={"Shoe size": "41"},
        )
    )

    assert (action.state, action.warnings) == (State.DONE, [])
    assert told(cats) == ["candidate changed", "e-mail added", "e-mail deleted", "custom field changed"]


def test_what_a_deletion_takes_is_said_before(cats: Account):
    pipeline = applied(cats, job(cats))
    person = str(pipeline.candidate_id)
    rehearsed = act(cats.connection, "delete_candidate", candidate_id=person, rehearsal=True)
    since = len(cats.emulator.calls)

    act(cats.connection, "delete_candidate", candidate_id=person)

    own = f"/v3/candidates/{person}"
    calls = [(call.method, call.path) for call in cats.emulator.calls[since:]]
    assert calls == [
        ("GET", f"{own}/pipelines"),
        ("DELETE", own),
        ("GET", own),
        ("GET", f"/v3/pipelines/{pipeline.id}"),
    ]
    assert rehearsed.plan["calls"] == len(calls)


@pytest.mark.parametrize("when", ["before", "after", "late"])
def test_a_candidate_goes_with_everything(cats: Account, when: str):
    pipeline = applied(cats, job(cats))
    cats.emulator.faults.append(Fault("timeout", method="write", when=when, late=0))

    action = finished(act(cats.connection, "delete_candidate", candidate_id=str(pipeline.candidate_id)))

    assert (action.state, told(cats)) == (State.DONE, ["candidate deleted"])
    assert cats.emulator.effects[0].changed["pipelines"] == [pipeline.id]


@pytest.mark.parametrize(
    "habits",
    [
        {"sparse": True, "text_ids": True, "numeric_kinds": True},
        {"pipeline_workflow": False, "workflow_key": "workflow_id", "key_slip": True},
        {"mixed_offsets": True, "next_link": "missing", "total": "null"},
        {"errors": "errors", "location": "path", "put_clears": True, "status_answer": 200, "parts_bump": False},
    ],
    ids=str,
)
def test_other_habits_of_cats_change_nothing(cats: Account, habits: dict[str, Any]):
    for name, value in habits.items():
        setattr(cats.emulator.options if hasattr(cats.emulator.options, name) else cats.emulator.habits, name, value)
    baker = job(cats)
    contacted, file = status(cats, baker, "Contacted"), upload(cats.connection, "cv.pdf", b"%PDF", type="CV")
    begun: dict[str, Any] = {"job_id": str(baker.id), "stage_id": str(contacted.id), "attachments": [file]}

    applied_ = act(cats.connection, "create_application", **begun, **ADA)
    pipeline = cats.emulator.account.pipelines[int(applied_.remote_id)]
    person: dict[str, Any] = {"candidate_id": str(pipeline.candidate_id)}
    mails = [{"email_address": "ADA@example.test"}, {"email_address": "new@example.test"}]
    noted = act(cats.connection, "add_note", **person, content="Called")
    changed = act(cats.connection, "update_candidate", **person, title="Countess", email_addresses=mails)
    moved = move(cats, pipeline, status(cats, baker, "Offered"))
    filed = act(cats.connection, "add_attachment", **person, file=upload(cats.connection, "cv.pdf", b"%PDF-2"))

    actions = (applied_, noted, changed, moved, filed)
    assert [(each.state, each.warnings) for each in actions] == [(State.DONE, [UNHEARD]), *[(State.DONE, [])] * 4]
    ada = who(cats, person["candidate_id"])
    assert ([each.email for each in ada.mails], ada.title) == (["ada@example.test", "new@example.test"], "Countess")
    assert [each.filename for each in ada.files] == ["cv.pdf", "cv (2).pdf"]
    assert told(cats).count("e-mail added") == told(cats).count("e-mail deleted") == 1


# Stages


def move(account: Account, pipeline: Pipeline, to: Status, kind: str = "move_application", **given: Any) -> Action:
    return act(account.connection, kind, application_id=str(pipeline.id), stage_id=str(to.id), **given)


def test_a_move_fires_only_what_was_chosen_and_what_must_fire(cats: Account):
    baker = job(cats)
    pipeline, interview, placed = (
        applied(cats, baker),
        status(cats, baker, "Interviewing"),
        status(cats, baker, "Placed"),
    )
    owner = interview.triggers[1]

    quiet = move(cats, pipeline, interview)
    back = move(cats, pipeline, status(cats, baker, "Contacted"))
    chosen = move(cats, pipeline, interview, triggers=[str(owner.id)])
    hired = move(cats, pipeline, placed)

    assert [each.state for each in (quiet, back, chosen, hired)] == [State.DONE] * 4
    fired = [effect.changed["id"] for effect in cats.emulator.effects if effect.what == "trigger fired"]
    assert fired == [owner.id, placed.triggers[0].id]
    assert (quiet.warnings, chosen.warnings) == ([], [])
    assert hired.warnings == ["CATS does this with the move, asked or not: E-mail the placement to the candidate"]


def test_a_required_trigger_may_be_what_the_move_is_refused_for(cats: Account):
    cats.emulator.habits.required_triggers = "refused"
    baker = job(cats)
    placed = status(cats, baker, "Placed")
    pipeline = applied(cats, baker)

    refused = move(cats, pipeline, placed)
    allowed = move(cats, pipeline, placed, triggers=[str(placed.triggers[0].id)])

    assert (refused.state, refused.error) == (State.REFUSED, f"triggers must fire {placed.triggers[0].id}")
    assert (allowed.state, allowed.warnings) == (State.DONE, [])


def test_a_trigger_that_the_status_has_not_is_refused(cats: Account):
    baker = job(cats)
    interview = status(cats, baker, "Interviewing")

    action = move(cats, applied(cats, baker), interview, triggers=["9"])

    first, second = interview.triggers
    assert action.error == (
        f"Interviewing has no trigger 9. It has: {first.id} (E-mail an invitation to the candidate), "
        f"{second.id} (E-mail the owner of the job)"
    )


def test_a_stage_of_a_job_without_statuses_is_refused_and_said(cats: Account):
    baker = job(cats)
    cats.emulator.account.statuses_of(baker).clear()

    action = act(
        cats.connection,
        "apply_candidate",
        candidate_id=str(grace(cats).id),
        job_id=str(baker.id),
        stage_id="Placed",
    )

    words = "Its job's workflow has no status Placed. It has: none"
    assert (action.state, action.error, told(cats)) == (State.REFUSED, words, [])


def test_a_move_to_another_workflow_or_from_elsewhere_than_believed_is_refused(cats: Account):
    baker, driver = job(cats), job(cats, "Drivers: the long road")
    pipeline = applied(cats, baker, "Offered")

    other = move(cats, pipeline, status(cats, driver, "Step 3"))
    moved = move(
        cats, pipeline, status(cats, baker, "Placed"), expected_stage_id=str(status(cats, baker, "E-mailed").id)
    )

    assert other.error.startswith(
        f"Its job's workflow has no status {status(cats, driver, 'Step 3').id}. It has: No con"
    )
    assert (moved.error, moved.step) == ("It is in Offered by now, and was not moved", "")
    assert cats.emulator.effects == []


def test_words_with_a_nul_are_kept_without_it(cats: Account):
    baker, driver = job(cats), job(cats, "Drivers: the long road")
    status(cats, baker, "Offered").title = "Off\0ered"

    action = move(cats, applied(cats, baker), status(cats, driver, "Step 3"))

    assert (action.state, "Off\ufffdered (" in action.error, "\0" in action.error) == (State.REFUSED, True, False)


@pytest.mark.parametrize("when", ["before", "after", "late"])
def test_a_move_whose_answer_is_lost_fires_its_triggers_once(cats: Account, when: str):
    baker = job(cats)
    pipeline, placed = applied(cats, baker), status(cats, baker, "Placed")
    cats.emulator.faults.append(Fault("timeout", method="write", when=when, late=0))

    action = finished(move(cats, pipeline, placed))

    assert (action.state, told(cats)) == (State.DONE, ["status changed", "trigger fired"])


@pytest.mark.parametrize("dated", [True, False])
def test_a_lost_move_that_somebody_took_further_is_not_sent_again(cats: Account, dated: bool):
    cats.emulator.options.dated = dated
    baker = job(cats)
    pipeline, placed = applied(cats, baker), status(cats, baker, "Placed")
    cats.emulator.faults.append(Fault("timeout", method="write", when="after"))
    action = move(cats, pipeline, placed)
    cats.emulator.move(pipeline, "Offered")

    assert finished(action).state == State.DONE
    assert told(cats) == ["status changed", "trigger fired"]
    assert document(cats.connection, "application", str(pipeline.id))["outcome"] == "PENDING"


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("bumps", [True, False])
def test_an_earlier_visit_is_no_sign_that_a_lost_move_arrived(cats: Account, bumps: bool, dated: bool):
    cats.emulator.options.status_bumps, cats.emulator.options.dated = bumps, dated
    baker = job(cats)
    pipeline, placed = applied(cats, baker, "Placed"), status(cats, baker, "Placed")
    cats.emulator.move(pipeline, "Offered")
    cats.emulator.faults.append(Fault("timeout", method="write", when="before"))

    action = finished(move(cats, pipeline, placed))

    assert (action.state, told(cats)) == (State.DONE, ["status changed", "trigger fired"])


def test_a_lost_move_of_somebody_who_went_to_and_fro_within_seconds_is_left_to_a_person(
    cats: Account, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cats.emulator, "later", lambda last: last + timedelta(seconds=1))
    baker = job(cats)
    pipeline = applied(cats, baker, "Placed")
    cats.emulator.move(pipeline, "Offered")
    cats.emulator.faults.append(Fault("timeout", method="write", when="before"))

    action = finished(move(cats, pipeline, status(cats, baker, "Placed")))

    assert (action.state, told(cats)) == (State.UNKNOWN, [])
    assert "it went to and fro within seconds" in action.error


def test_a_move_asks_where_it_stands_and_what_the_status_does_then_looks_at_it(cats: Account):
    baker = job(cats)
    pipeline, contacted = applied(cats, baker), status(cats, baker, "Contacted")
    sync(cats.connection)  # whose it is, is known
    rehearsed = move(cats, pipeline, contacted, rehearsal=True)
    since = len(cats.emulator.calls)

    moved = move(cats, pipeline, contacted)

    own = f"/v3/pipelines/{pipeline.id}"
    assert [(call.method, call.path) for call in cats.emulator.calls[since:]] == [
        ("GET", own),
        ("GET", f"/v3/pipelines/workflows/{contacted.workflow_id}/statuses"),
        ("POST", f"{own}/status"),
        ("GET", own),
        ("GET", f"{own}/statuses"),
        ("GET", f"/v3/candidates/{pipeline.candidate_id}/applications"),
    ]
    assert (moved.state, rehearsed.plan["calls"]) == (State.DONE, 6)


def test_a_lost_move_of_somebody_who_went_elsewhere_is_left_to_a_person(cats: Account):
    baker = job(cats)
    pipeline = applied(cats, baker)
    cats.emulator.faults.append(Fault("timeout", method="write", when="before"))
    action = move(cats, pipeline, status(cats, baker, "Placed"))
    cats.emulator.move(pipeline, "Offered")

    assert (finished(action).state, told(cats)) == (State.UNKNOWN, [])


@pytest.mark.parametrize(
    ("kind", "workflow", "title", "outcome"),
    [
        ("reject_application", "General", "Client declined", "DECLINED"),
        ("reject_application", "Unmapped", "Offer declined", "DECLINED"),
        ("hire_application", "General", "Placed", "HIRED"),
        ("hire_application", "Unmapped", "Hired!", "HIRED"),
    ],
)
def test_the_first_status_with_the_meaning_is_taken(cats: Account, kind: str, workflow: str, title: str, outcome: str):
    baker = job(cats, workflow)
    pipeline = applied(cats, baker)

    action = act(cats.connection, kind, application_id=str(pipeline.id))

    assert (action.state, pipeline.status_id) == (State.DONE, status(cats, baker, title).id)
    assert document(cats.connection, "application", str(pipeline.id))["outcome"] == outcome


def test_what_people_say_of_a_status_comes_before_its_own_words(cats: Account):
    baker = job(cats)
    pipeline, liked = applied(cats, baker), status(cats, baker, "Team likes it ❤")
    cats.connection.meanings = {"outcome": {str(liked.id): "HIRED", str(status(cats, baker, "Placed").id): "PENDING"}}
    cats.connection.save()

    action = act(cats.connection, "hire_application", application_id=str(pipeline.id))

    assert (action.state, pipeline.status_id) == (State.DONE, liked.id)
    assert document(cats.connection, "application", str(pipeline.id))["outcome"] == "HIRED"


def test_a_rejection_can_be_told_the_status_and_says_why(cats: Account):
    baker = job(cats, "Unmapped")
    pipeline, withdrew = applied(cats, baker), status(cats, baker, "Withdrew")

    action = move(cats, pipeline, withdrew, "reject_application", note="Too far", rejection_reason_id="5")

    assert (action.state, pipeline.status_id) == (State.DONE, withdrew.id)
    assert told(cats) == ["status changed", "activity added"]
    assert action.warnings == ["Rejection reason: CATS keeps no reasons, only the status and a note"]


def test_without_a_status_that_means_it_nobody_is_rejected(cats: Account):
    baker = job(cats)
    for each in cats.emulator.account.statuses_of(baker):
        each.mapping, each.title = "", f"Phase {each.id}"

    action = act(cats.connection, "reject_application", application_id=str(applied(cats, baker).id))

    assert action.error.startswith("No status of its job's workflow means declined: say which. It has: Phase ")


def test_a_deleted_application_leaves_the_person(cats: Account):
    pipeline = applied(cats, job(cats))

    action = act(cats.connection, "delete_application", application_id=str(pipeline.id))

    assert (action.state, told(cats)) == (State.DONE, ["pipeline deleted"])
    assert pipeline.candidate_id in cats.emulator.account.candidates


# Papers


def test_a_note_about_an_application_regards_its_job(cats: Account):
    baker = job(cats)
    pipeline = applied(cats, baker)

    action = act(cats.connection, "add_note", application_id=str(pipeline.id), content="<b>One</b> & two\nThree")

    activity = cats.emulator.account.activities[int(action.remote_id)]
    assert (action.state, action.warnings) == (State.DONE, [])
    assert (activity.type, activity.regarding_id) == ("other", baker.id)
    assert activity.notes == "&lt;b&gt;One&lt;/b&gt; &amp; two<br>\nThree"
    assert document(cats.connection, "note", action.remote_id)["job_id"] == str(baker.id)


@pytest.mark.parametrize("when", ["before", "after", "late"])
def test_a_note_whose_answer_is_lost_is_found_by_its_second(cats: Account, when: str):
    person = grace(cats)
    same: dict[str, Any] = {"candidate_id": str(person.id), "content": "The same words"}
    first = act(cats.connection, "add_note", **same)
    cats.emulator.faults.append(Fault("timeout", method="write", when=when, late=0))

    second = finished(act(cats.connection, "add_note", **same))

    mine = [each for each in cats.emulator.account.activities.values() if each.about == ("candidate", person.id)]
    assert (first.state, second.state, len(mine)) == (State.DONE, State.DONE, 2)
    assert len({each.date for each in mine}) == 2
    assert first.remote_id != second.remote_id


@pytest.mark.parametrize("when", ["", "before", "after", "late"])
def test_a_note_of_another_day_has_its_date_and_is_found_by_it(cats: Account, when: str):
    person = str(grace(cats).id)
    if when:
        cats.emulator.faults.append(Fault("timeout", method="write", when=when, late=0))

    action = act(
        cats.connection, "add_note", candidate_id=person, content="1", created_at="2024-02-29T12:30:15.9+01:00"
    )
    assert finished(action).state == State.DONE
    again = act(cats.connection, "add_note", candidate_id=person, content="2", created_at="2024-02-29T11:30:15Z")
    cats.emulator.catch_up()

    notes = [each for each in cats.emulator.account.activities.values() if each.about == ("candidate", int(person))]
    assert [(each.notes, each.dated.isoformat()) for each in notes] == [
        ("1", "2024-02-29T11:30:15+00:00"), ("2", "2024-02-29T11:30:16+00:00"),
    ]  # fmt: skip
    assert (again.state, told(cats)) == (State.DONE, ["activity added", "activity added"])


def test_a_result_is_an_activity_and_fills_the_fields_that_are_titled_after_it(cats: Account):
    baker = job(cats)
    pipeline = applied(cats, baker)

    action = act(
        cats.connection,
        "add_result_link",
        application_id=str(pipeline.id),
        label="Assessment",
        url="https://acme.example.test/r/1?a=1&b=2",
        prefix="Shoe ",
        attributes=[{"key": "size", "value": "41"}, {"key": "colour", "value": "red"}],
    )

    activity = cats.emulator.account.activities[int(action.remote_id)]
    assert (action.state, action.warnings) == (State.DONE, [])
    assert activity.notes == (
        "Assessment<br>\nhttps://acme.example.test/r/1?a=1&amp;b=2<br>\nsize: 41<br>\ncolour: red"
    )
    assert cats.emulator.account.candidates[pipeline.candidate_id].custom == {250001: "41"}


@pytest.mark.parametrize("when", ["before", "after", "late"])
def test_a_file_of_an_application_is_the_persons_once(cats: Account, when: str):
    pipeline = applied(cats, job(cats))
    person = who(cats, str(pipeline.candidate_id))
    cats.emulator.attach(person, "cv.pdf", is_resume=True)
    cats.emulator.faults.append(Fault("timeout", method="write", when=when, late=0))
    file = upload(cats.connection, "cv.pdf", b"%PDF new", type="CV")

    action = finished(act(cats.connection, "add_attachment", application_id=str(pipeline.id), file=file))

    assert (action.state, action.warnings) == (State.DONE, [])
    assert [(each.filename, each.is_resume) for each in person.files] == [("cv.pdf", True), ("cv (2).pdf", True)]
    assert document(cats.connection, "attachment", action.remote_id)["candidate_id"] == str(person.id)


def test_a_picture_is_a_file_that_is_shown(cats: Account):
    person = grace(cats)
    file = upload(cats.connection, "face.png", b"\x89PNG", content_type="image/png")

    action = act(cats.connection, "add_attachment", candidate_id=str(person.id), file=file, photo=True)

    assert (action.state, person.thumbnail) == (State.DONE, ("attachment", int(action.remote_id)))


def test_tags_are_added_to_the_others_and_taken_one_by_one(cats: Account):
    person = grace(cats)
    cats.emulator.tag(person, 70)

    added = act(cats.connection, "add_tag", candidate_id=str(person.id), tag="night shift")
    twice = act(cats.connection, "add_tag", candidate_id=str(person.id), tag="77")
    unknown = act(cats.connection, "add_tag", candidate_id=str(person.id), tag="Pilot")
    removed = act(cats.connection, "remove_tag", candidate_id=str(person.id), tag="Urgent")
    absent = act(cats.connection, "remove_tag", candidate_id=str(person.id), tag="Forklift")

    assert [each.state for each in (added, twice, removed, absent)] == [State.DONE] * 4
    assert unknown.error == "CATS has no tag Pilot, and only people can make one, in CATS itself"
    assert (person.tags, told(cats)) == ([77], ["tags changed", "tags changed"])
    assert document(cats.connection, "candidate", str(person.id))["tag_ids"] == ["77"]


def test_the_rehearsal_names_every_request_and_what_cats_does_then(cats: Account):
    baker = job(cats)
    file = upload(cats.connection, "cv.pdf", b"%PDF", type="CV")

    action = act(
        cats.connection,
        "create_application",
        rehearsal=True,
        job_id=str(baker.id),
        stage_id=str(status(cats, baker, "Placed").id),
        attachments=[file],
        **ADA,
    )

    assert [(each["method"], each["path"], each["says"]) for each in action.plan["writes"]] == [
        ("POST", "candidates", ""),
        ("POST", "pipelines", ""),
        ("POST", "pipelines/(new)/status", "E-mail the placement to the candidate"),
        ("POST", "candidates/(new)/resumes", ""),
    ]
    assert cats.emulator.effects == []
