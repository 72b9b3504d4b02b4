"""What is written to Homerun: requests' effects, the records afterwards, and what is said about the rest."""

from typing import Any

import pytest

from atsbridge.actions.models import Action, State
from atsbridge.actions.wrong import Wrong
from atsbridge.records.models import NONE
from atsbridge.tenants.models import Tenant
from connectors.acting import MEGABYTE
from connectors.emulation_faults import Fault
from connectors.homerun.emulator_data import Applicant, Vacancy
from connectors.homerun.emulator_data import File as Kept
from connectors.homerun.emulator_doors import WRITES
from tests.actions.conftest import Account, linked
from tests.actions.harness import act, document, finished, upload

PNG = b"\x89PNG a face"
ADA: dict[str, Any] = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email_addresses": [{"email_address": "ada@example.test"}, {"email_address": "countess@example.test"}],
    "phone_numbers": [{"phone_number": "+44 20 1", "extension": "7"}, {"phone_number": "+44 20 2"}],
    "title": "Analyst",
    "company": "Analytical & Co",
    "location": {"street_1": "Dorset Street 1", "zip_code": "W1", "city": "London", "country": "GB"},
    "social_media": [
        {"link": "https://www.linkedin.com/in/ada"},
        {"link": "ada.example.test"},
        {"link": "https://example.test/notes"},
    ],
    "source": "Acme Talent",
    "tags": ["Poetical", "Science"],
    "work_history": [{"title": "Analyst", "company": "Babbage", "start_date": "1833-06-05", "is_current": True}],
    "custom_fields": {"Shoe size": 36, "Drives": True, "Languages": ["French", "Latin"]},
    "answers": [{"question": "When can you start?", "answer": "January"}],
}


@pytest.fixture(autouse=True)
def patient(settings: Any) -> None:
    settings.WRITE_SECONDS = settings.FILE_SECONDS = settings.SETTLE_WRITE_SECONDS = 0.05


def told(account: Account, *names: str) -> list[Any]:
    """What was changed, in order: the words, and some of the values."""
    return [(effect.what, *(effect.changed.get(name) for name in names)) for effect in account.emulator.effects]


def vacancy(account: Account, *stages: str) -> Vacancy:
    made: Vacancy = account.emulator.job("Baker", **({"stages": stages} if stages else {}))
    return made


def stage_of(job: Vacancy, name: str) -> str:
    return str(job.stage(name).id)


def applicant(account: Account, job: Vacancy | None = None, stage: str = "", **values: Any) -> Applicant:
    made: Applicant = account.emulator.person("Grace", "Hopper", job=job, stage=stage, email="g@example.test", **values)
    return made


def made(account: Account, action: Action) -> Applicant:
    found: Applicant = account.emulator.known(action.remote_id)
    return found


def test_somebody_applies_with_everything_that_can_be_said(homerun: Account):
    job = vacancy(homerun)
    files = [
        upload(homerun.connection, "cv.pdf", b"%PDF-1 cv", type="CV"),
        upload(homerun.connection, "cv.pdf", b"%PDF-1 other"),
    ]

    action = act(
        homerun.connection,
        "create_application",
        job_id=job.id,
        stage_id=stage_of(job, "Interview"),
        attachments=files,
        **ADA,
    )

    assert (action.state, action.error, action.incomplete) == (State.DONE, "", False)
    ada = made(homerun, action)
    assert (ada.first_name, ada.last_name, ada.email, ada.phone_number) == (
        "Ada",
        "Lovelace",
        "ada@example.test",
        "+44 20 1 ext. 7",
    )
    assert (ada.city, ada.country, ada.sourced, ada.sources) == ("London", "United Kingdom", False, ["Acme Talent"])
    assert ada.pages["linkedin"] == "https://www.linkedin.com/in/ada"
    assert ada.pages["website"] == "https://ada.example.test"
    assert ada.experience == "Analyst, Babbage\n1833-06-05 – now"
    assert ada.custom_data == {
        "Shoe size": "36",
        "Drives": "true",
        "Languages": "French, Latin",
        "When can you start?": "January",
        "Job title": "Analyst",
        "Employer": "Analytical & Co",
        "Tags": "Poetical, Science",
        "Other e-mail addresses": "countess@example.test",
        "Other phone numbers": "+44 20 2",
        "Address": "Dorset Street 1, W1",
        "Other pages": "https://example.test/notes",
        "atsbridge": f"atsbridge {action.id}",
    }
    assert [(file.name, file.type, file.content) for file in ada.files] == [
        ("cv.pdf", "resume", b"%PDF-1 cv"),
        ("cv (2).pdf", "assignment", b"%PDF-1 other"),
    ]
    assert ada.stage is job.stage("Interview")
    assert told(homerun) == [("application created",), ("application moved",), ("file added",), ("file added",)]
    assert document(homerun.connection, "application", ada.id)["current_stage_id"] == stage_of(job, "Interview")
    assert document(homerun.connection, "candidate", ada.id)["source"] == "Acme Talent"
    custom = "Homerun has no field for it, it goes into the custom data"
    assert action.warnings == [
        f"Title: {custom}",
        f"Company: {custom}",
        f"Tags: {custom}",
        "Work history: Homerun keeps experience as one text, in which it is written",
        "Answers: Homerun takes no answers from others, they go into the custom data",
        "Source: nobody in this account comes from Acme Talent yet, as far as is known here",
        f"Other e-mail addresses: {custom}",
        f"Other phone numbers: {custom}",
        f"Address: {custom}",
        f"Other pages: {custom}",
    ]


def test_somebody_without_a_job_is_sought_out_and_in_the_pool(homerun: Account):
    action = act(
        homerun.connection,
        "create_candidate",
        first_name="Ada",
        last_name="L",
        email_addresses=[{"email_address": "a@example.test"}],
    )

    assert (action.state, action.warnings) == (State.DONE, [])
    ada = made(homerun, action)
    assert (ada.vacancy_id, ada.sourced) == (None, True)
    assert document(homerun.connection, "candidate", ada.id)["email_addresses"][0]["email_address"] == "a@example.test"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email_addresses": [{"email_address": " "}]}, "Homerun keeps nobody without an e-mail address"),
        ({"stage_id": "Interview"}, "Only who applies for a job can be in a stage"),
    ],
)
def test_nobody_is_created_of_whom_a_part_would_be_refused(homerun: Account, given: dict[str, Any], words: str):
    action = act(homerun.connection, "create_candidate", **{**ADA, **given})

    assert (action.state, action.error, homerun.emulator.effects) == (State.REFUSED, words, [])


@pytest.mark.parametrize("when", ["before", "after", "late"])
def test_a_creation_whose_answer_is_lost_is_found_by_its_mark(homerun: Account, when: str):
    homerun.emulator.person("Ada", "Other", email="ADA@example.test")
    homerun.emulator.faults.append(Fault("timeout", method="write", when=when, late=0))

    action = finished(act(homerun.connection, "create_candidate", **ADA))

    assert (action.state, told(homerun)) == (State.DONE, [("application created",)])
    assert made(homerun, action).first_name == "Ada"
    assert made(homerun, action).last_name == "Lovelace"


def test_a_creation_is_left_to_a_person_where_the_key_may_not_look(homerun: Account):
    homerun.emulator.keys[homerun.emulator.key] = frozenset(WRITES)
    homerun.emulator.faults.append(Fault("timeout", method="write", when="after"))

    action = finished(act(homerun.connection, "create_candidate", **ADA))

    assert (action.state, told(homerun)) == (State.UNKNOWN, [("application created",)])
    assert "cannot be looked for" in action.error


def test_what_homerun_drops_without_a_word_is_named(homerun: Account):
    homerun.emulator.faults.append(Fault("drops", method="write", fields=["phone_number", "sources"]))

    action = act(homerun.connection, "create_candidate", **ADA)

    assert action.warnings[-1] == "Homerun did not take over: phone number, sources"


def test_a_file_that_is_refused_leaves_the_person_and_a_warning(homerun: Account):
    homerun.emulator.habits.endings = (".pdf",)
    files = [upload(homerun.connection, "a.exe", b"MZ"), upload(homerun.connection, "b.pdf", b"%PDF")]

    action = act(homerun.connection, "create_candidate", attachments=files, **ADA)

    assert (action.state, action.incomplete) == (State.DONE, True)
    assert [file.name for file in made(homerun, action).files] == ["b.pdf"]
    assert any(words.startswith("File 1:") for words in action.warnings)


def test_changes_are_merged_and_pages_that_are_given_are_all_of_them(homerun: Account):
    grace = applicant(homerun, phone_number="1", city="Rome", custom_data={"Shoe size": "40", "Rank": "Captain"})
    grace.pages = {"github": "https://github.com/old", "linkedin": "https://linkedin.com/in/old"}

    action = act(
        homerun.connection,
        "update_candidate",
        candidate_id=grace.id,
        last_name="Murray",
        phone_numbers=[],
        title="Admiral",
        source="Navy",
        social_media=[{"link": "https://github.com/grace"}],
        custom_fields={"Shoe size": 41, "Rank": None},
    )

    assert action.state == State.DONE
    assert (grace.first_name, grace.last_name, grace.city, grace.phone_number) == ("Grace", "Murray", "Rome", None)
    assert grace.pages == {"github": "https://github.com/grace", "linkedin": None}
    assert grace.custom_data == {"Shoe size": "41", "Rank": None, "Job title": "Admiral"}
    assert action.warnings == [
        "Title: Homerun has no field for it, it goes into the custom data",
        "Source: Homerun takes a source only when a person is created",
    ]
    assert document(homerun.connection, "candidate", grace.id)["last_name"] == "Murray"


def test_nothing_to_change_is_refused(homerun: Account):
    action = act(homerun.connection, "update_candidate", candidate_id=applicant(homerun).id, source="Navy")

    assert (action.state, action.error) == (State.REFUSED, "Nothing of this has a field in Homerun")


# Stages


def move(account: Account, person: Applicant, stage: str, **given: Any) -> Action:
    return act(account.connection, "move_application", application_id=person.id, stage_id=stage, **given)


def test_nobody_is_moved_to_new_or_to_a_stage_of_another_job(homerun: Account):
    job = vacancy(homerun)
    grace = applicant(homerun, job, "Offer")

    new, other = move(homerun, grace, stage_of(job, "New")), move(homerun, grace, "elsewhere")

    assert (new.state, new.error) == (State.REFUSED, "Homerun moves nobody to New: people begin there")
    assert other.error == "Its job has no stage elsewhere. It has: New, Phone screen, Interview, Offer, Hired"
    assert homerun.emulator.effects == []


def test_a_move_from_elsewhere_than_believed_is_refused_and_names_the_stage(homerun: Account):
    job = vacancy(homerun)
    grace = applicant(homerun, job, "Offer")

    action = move(homerun, grace, stage_of(job, "Hired"), expected_stage_id=stage_of(job, "Interview"))

    assert (action.state, action.error) == (State.REFUSED, "It is in Offer by now, and was not moved")


def test_a_move_to_where_it_stands_sends_nothing(homerun: Account):
    job = vacancy(homerun)
    action = move(homerun, applicant(homerun, job, "Offer"), stage_of(job, "Offer"))

    assert (action.state, [call.method for call in homerun.emulator.calls if call.method != "GET"]) == (State.DONE, [])


@pytest.mark.parametrize("stage_by", ["name", "id", "either"])
def test_a_stage_is_named_in_every_way_that_an_account_may_ask_for(homerun: Account, stage_by: str):
    homerun.emulator.habits.stage_by = stage_by
    job = vacancy(homerun, "New", " Interview ", "Hired")
    grace = applicant(homerun, job)

    action = move(homerun, grace, stage_of(job, " Interview "))

    assert (action.state, action.warnings, grace.stage) == (State.DONE, [], job.stage(" Interview "))


def test_a_lost_move_of_somebody_who_has_gone_on_is_left_to_a_person(homerun: Account):
    job = vacancy(homerun)
    grace = applicant(homerun, job)
    homerun.emulator.faults.append(Fault("timeout", method="write", when="before"))
    action = move(homerun, grace, stage_of(job, "Interview"))
    homerun.emulator.move(grace, "Offer")

    assert finished(action).state == State.UNKNOWN
    assert grace.stage is job.stage("Offer")


def test_hiring_goes_where_the_hired_stand(homerun: Account):
    job = vacancy(homerun, "New", "Talk", "Crew", "Hired")
    homerun.emulator.hire(applicant(homerun, job, "Crew"))
    grace = applicant(homerun, job)

    action = act(homerun.connection, "hire_application", application_id=grace.id)

    assert (action.state, grace.stage) == (State.DONE, job.stage("Crew"))
    assert action.warnings == ["Homerun does not call somebody hired who stands in Crew"]


def test_hiring_can_be_told_the_stage_and_is_recorded(homerun: Account):
    job = vacancy(homerun)
    grace = applicant(homerun, job)

    action = act(homerun.connection, "hire_application", application_id=grace.id, stage_id=stage_of(job, "Hired"))

    assert (action.state, action.warnings) == (State.DONE, [])
    assert document(homerun.connection, "application", grace.id)["outcome"] == "HIRED"


def test_hiring_is_refused_where_nobody_can_tell_the_stage(homerun: Account):
    homerun.emulator.people.clear()
    job = vacancy(homerun, "New", "Talk", "Crew")

    action = act(homerun.connection, "hire_application", application_id=applicant(homerun, job).id)

    assert action.error == "Nobody of this job was hired yet: say which stage hires. It has: New, Talk, Crew"


def test_an_account_whose_stages_have_no_ids_knows_them_by_name(acme: Tenant):
    with linked(acme, "homerun", stage_ids=False, note_ids=False) as account:
        job = vacancy(account, "New", " Interview ", "Offer", "Hired")
        created = act(account.connection, "create_application", job_id=job.id, stage_id="Interview", **ADA)
        ada = made(account, created)
        assert (created.state, ada.stage) == (State.DONE, job.stage(" Interview "))

        moved = move(account, ada, "Offer", expected_stage_id="Interview")
        hired = act(account.connection, "hire_application", application_id=ada.id, stage_id="Hired")
        noted = act(account.connection, "add_note", application_id=ada.id, content="Welcome")

        assert [(each.state, each.warnings, each.remote_id) for each in (moved, hired, noted)] == [
            (State.DONE, [], ada.id)
        ] * 3
        assert ada.stage is job.stage("Hired")


def test_a_move_that_homerun_takes_for_one_to_the_pool_is_said(homerun: Account):
    homerun.emulator.habits.omission_pools = True
    job = vacancy(homerun)

    action = move(homerun, applicant(homerun, job), stage_of(job, "Offer"))

    assert action.warnings == ["Homerun did not take over: the job"]


def test_a_source_that_homerun_does_not_know_is_a_warning(homerun: Account):
    homerun.emulator.habits.unknown_sources = "ignored"
    ignored = act(homerun.connection, "create_candidate", **ADA)
    homerun.emulator.habits.unknown_sources = "refused"
    homerun.emulator.faults.append(Fault("timeout", method="write", skip=1, when="after"))
    refused = finished(act(homerun.connection, "create_candidate", **{**ADA, "title": "Another"}))

    assert ignored.warnings[-1] == "Homerun did not take over: sources"
    words = "Homerun does not know the source Acme Talent: the person was created without it"
    assert (refused.state, words in refused.warnings) == (State.DONE, True)
    assert told(homerun) == [("application created",)] * 2


# Papers


def test_a_note_is_signed_and_keeps_its_lines(homerun: Account):
    grace = applicant(homerun)

    action = act(homerun.connection, "add_note", candidate_id=grace.id, content="<b>One</b>\n\nTwo", is_private=True)

    assert action.state == State.DONE
    [note] = grace.notes
    assert (note.note, note.display_name, note.is_sensitive) == ("<b>One</b>\n\nTwo", "atsbridge", True)
    assert document(homerun.connection, "note", action.remote_id)["content"] == "<b>One</b>\n\nTwo"


def test_a_note_of_another_day_is_dated_by_homerun_and_that_is_said(homerun: Account):
    person = applicant(homerun)
    action = act(homerun.connection, "add_note", candidate_id=person.id, content="1", created_at="2024-02-29T12:00:00Z")

    assert (action.state, told(homerun)) == (State.DONE, [("note added",)])
    assert action.warnings == ["Created at: Homerun dates its notes itself"]


def test_a_note_is_signed_as_the_connection_says(homerun: Account):
    homerun.connection.writing = {"author": "Acme"}
    homerun.connection.save()
    grace = applicant(homerun)

    act(homerun.connection, "add_note", candidate_id=grace.id, content="One")

    assert [note.display_name for note in grace.notes] == ["Acme"]


@pytest.mark.parametrize("when", ["before", "after", "late"])
def test_a_note_whose_answer_is_lost_is_never_sent_again(homerun: Account, when: str):
    grace = applicant(homerun)
    homerun.emulator.faults.append(Fault("timeout", method="write", when=when, late=0))

    action = finished(act(homerun.connection, "add_note", candidate_id=grace.id, content="Once"))
    homerun.emulator.catch_up()  # what is late comes in

    assert action.state == State.UNKNOWN
    assert len(grace.notes) == (0 if when == "before" else 1)


def test_a_note_that_homerun_cuts_is_said_to_be_cut(homerun: Account):
    homerun.emulator.habits.note_limit, homerun.emulator.habits.notes_cut = 5, True

    action = act(homerun.connection, "add_note", candidate_id=applicant(homerun).id, content="Seven letters")

    assert action.warnings == ["Homerun kept the first 5 of 13 letters"]


def test_a_result_becomes_a_note(homerun: Account):
    grace = applicant(homerun, vacancy(homerun))

    action = act(
        homerun.connection,
        "add_result_link",
        application_id=grace.id,
        label="Assessment {url}",
        url="https://acme.example.test/r/1",
        attributes=[{"key": "score", "value": "87"}, {"key": "rank", "value": "2"}],
    )

    assert action.state == State.DONE
    assert grace.notes[0].note == "Assessment {url}\nhttps://acme.example.test/r/1\nscore: 87\nrank: 2"


def test_a_file_takes_a_free_name(homerun: Account):
    grace = applicant(homerun)
    grace.files = [Kept("cv.pdf", "resume"), Kept("cv (2).pdf", "resume")]

    action = act(
        homerun.connection,
        "add_attachment",
        candidate_id=grace.id,
        file=upload(homerun.connection, "cv.pdf", b"%PDF new", type="CV", content_type="application/pdf"),
    )

    assert (action.state, action.warnings) == (State.DONE, [])
    assert (grace.files[-1].name, grace.files[-1].content) == ("cv (3).pdf", b"%PDF new")
    assert document(homerun.connection, "attachment", action.remote_id)["file_name"] == "cv (3).pdf"


@pytest.mark.parametrize("when", ["before", "after", "late"])
@pytest.mark.parametrize("photo", [True, False])
def test_a_file_whose_answer_is_lost_is_there_once(homerun: Account, when: str, photo: bool):
    grace = applicant(homerun)
    homerun.emulator.faults.append(Fault("timeout", method="write", when=when, late=0))
    file = upload(homerun.connection, "face.png", PNG, content_type="image/png")

    action = finished(act(homerun.connection, "add_attachment", candidate_id=grace.id, file=file, photo=photo))

    assert action.state == State.DONE
    assert told(homerun) == [("photo replaced",) if photo else ("file added",)]


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("create_candidate", {**ADA, "attachments": [{"name": "cv.pdf", "size": 26 * MEGABYTE}]},
         "cv.pdf has 26.0 MB, and 25 MB are the most"),
        ("create_candidate", {**ADA, "attachments": [{"name": "cv.pdf"}]}, "cv.pdf is empty"),
        ("add_attachment", {"file": {"name": "a.png", "size": 6 * MEGABYTE, "content_type": "image/png"}},
         "a.png has 6.0 MB, and 5 MB are the most"),
        ("add_attachment", {"file": {"name": "a.svg", "size": 9, "content_type": "image/svg+xml"}},
         "a.svg is no picture of a kind that is taken: jpeg, png, gif"),
        ("add_attachment", {"file": {"name": "a.png", "size": 9, "content_type": "image/png", "key": str(NONE)}},
         "a.png is not here any more: send it again"),
        ("add_attachment", {"file": {"name": "a.png", "size": 9, "content_type": "image/png"}},
         "a.png: give its content or its address"),
    ],
)  # fmt: skip
def test_a_file_that_homerun_would_not_take_is_refused_at_once(
    homerun: Account, kind: str, given: dict[str, Any], words: str
):
    about: dict[str, Any] = {"candidate_id": applicant(homerun).id, "photo": True} if kind == "add_attachment" else {}

    with pytest.raises(Wrong, match=words):
        act(homerun.connection, kind, **given, **about)


# Away


def test_a_deleted_application_leaves_the_person_in_the_pool(homerun: Account):
    grace = applicant(homerun, vacancy(homerun))

    action = act(homerun.connection, "delete_application", application_id=grace.id)

    assert (action.state, action.warnings, grace.vacancy_id) == (State.DONE, [], None)
    assert document(homerun.connection, "candidate", grace.id)["last_name"] == "Hopper"


def test_what_a_deletion_takes_is_said_before(homerun: Account):
    grace = applicant(homerun, vacancy(homerun))
    rehearsed = act(homerun.connection, "delete_candidate", candidate_id=grace.id, rehearsal=True)
    since = len(homerun.emulator.calls)

    act(homerun.connection, "delete_candidate", candidate_id=grace.id)

    own = f"/v2/job-applications/{grace.id}"
    calls = [(call.method, call.path) for call in homerun.emulator.calls[since:]]
    assert calls == [("DELETE", own), ("GET", own)]
    assert rehearsed.plan["calls"] == len(calls)


@pytest.mark.parametrize("when", ["before", "after", "late"])
def test_a_deletion_whose_answer_is_lost_is_done(homerun: Account, when: str):
    grace = applicant(homerun, vacancy(homerun))
    homerun.emulator.faults.append(Fault("timeout", method="write", when=when, late=0))

    action = finished(act(homerun.connection, "delete_candidate", candidate_id=grace.id))

    assert (action.state, told(homerun)) == (State.DONE, [("application deleted",)])


def test_the_rehearsal_names_every_request(homerun: Account):
    job = vacancy(homerun)
    file = upload(homerun.connection, "cv.pdf", b"%PDF", type="CV")

    action = act(
        homerun.connection,
        "create_application",
        rehearsal=True,
        job_id=job.id,
        stage_id=stage_of(job, "Offer"),
        attachments=[file],
        **ADA,
    )

    assert [(each["method"], each["path"]) for each in action.plan["writes"]] == [
        ("POST", "job-applications"),
        ("PATCH", "job-applications/(new)"),
        ("POST", "job-applications/(new)/files"),
    ]
    assert homerun.emulator.effects == []
