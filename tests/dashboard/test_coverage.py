"""The coverage page says of every ATS what its mappings say."""

import connectors
from connectors import coverage
from connectors.unified.actions import ACTIONS
from tests.dashboard import reading
from tests.records import factory

PAGE = "/t/acme/coverage/"


def test_models_and_features_stand_beside_each_ats_with_reasons(alice, acme):
    page = alice.get(PAGE)
    names = [connector.name for connector in connectors.every()]
    models = reading.table(page, "Models by ATS")
    assert models[0] == ["Model", *names]
    found = {row[0]: row[1:] for row in models[1:]}
    homerun, cats = coverage.matrix(connectors.every())
    job = homerun.models["job"]
    assert found["Jobs"][0] == f"Read {job.filled} of {len(job.fields)} fields"
    assert found["Users"][0] == f"None {homerun.models['user'].reason}"
    assert found["Attachments"][1].endswith("fields , on opening") or found["Attachments"][1].endswith("on opening")

    features = {row[0]: row[1:] for row in reading.table(page, "Features by ATS")[1:]}
    assert features["Credential check"][0] == f"Yes {homerun.features['credential_check'].says}"
    assert features["Deletion detection"][1] == f"Yes {cats.features['deletion_detection'].says}"
    assert any(cell.startswith("No ") for row in features.values() for cell in row)


def test_actions_stand_beside_each_ats_with_what_becomes_of_fields_and_with_reasons(alice, acme):
    actions = {row[0]: row[1:] for row in reading.table(alice.get(PAGE), "Actions by ATS")[1:]}

    assert list(actions) == [action.label for action in ACTIONS]
    assert actions["Reject"][0] == "No Homerun's API cannot disqualify: only people can, in Homerun itself"
    assert actions["Remove tag"] == ["No Homerun's API shows no tags", "Yes"]
    assert actions["Add note"][1] == (
        "Yes It becomes an activity of the person; one about an application regards its job"
        " · Is private: Every user of CATS reads every activity"
    )


def test_each_model_opens_to_its_fields_with_paths_and_reasons(alice, acme):
    rows = {row[0]: row[1:] for row in reading.table(alice.get(PAGE), "Candidates")[1:]}
    assert rows["First name"] == ["personal_info.first_name", "first_name"]
    assert rows["Work history"][0] == "Not available: Homerun keeps experience as one free text, not as positions"
    assert rows["Custom fields"][0] == "custom_data on opening"


def test_every_field_of_every_model_is_answered_for_every_ats(alice, acme):
    page = alice.get(PAGE)
    for each in coverage.matrix(connectors.every()):
        place = 1 + [c.name for c in connectors.every()].index(each.connector.name)
        for model in each.models.values():
            rows = {row[0]: row[place] for row in reading.table(page, model.plural)[1:]}
            for field in model.fields.values():
                said = rows[field.label]
                assert all(str(origin) in said for origin in field.origins), (model.slug, field.name)
                assert field.reason in said


def test_what_a_linked_account_does_not_read_is_said_to_be_switched_off(alice, acme):
    factory.connect(acme, label="Homerun – Berlin", reads=["job"])
    rows = {row[0]: row[1:] for row in reading.table(alice.get(PAGE), "Models by ATS")[1:]}
    assert rows["Candidates"][0].endswith("switched off for Homerun – Berlin")
    assert "switched off" not in rows["Jobs"][0]
    assert "switched off" not in rows["Users"][0]


def test_a_viewer_may_look_and_a_stranger_not(bob, charlie, acme):
    assert bob.get(PAGE).status_code == 200
    assert charlie.get(PAGE).status_code == 404
