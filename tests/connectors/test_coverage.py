"""The coverage matrix says what the mappings say, and nothing else."""

from typing import Any, ClassVar

import connectors
from connectors import coverage, unified
from connectors.acting import Act, Done
from connectors.base import Connector, Detail, Resource
from connectors.coverage import ActionCoverage, Feature, FieldCoverage, Origin
from connectors.mapping import Always, At, Known, Mapping, Unavailable, Word


def rest(model: type[unified.Model], reason: str = "Acme has none", **named: Word) -> Any:
    """Every field of a model: the named ones, the others unavailable."""
    return {name: named.get(name, Unavailable(reason)) for name in model.fields()}


def members(row: Any, beside: Any) -> list[dict[str, Any]]:
    return list(row["members"])


JOB = Mapping(unified.Job, remote_id=At("id"), **rest(unified.Job, name=At("title"), status=Always("OPEN")))
STAGE = Mapping(
    unified.ApplicationStage,
    remote_id=At("stage"),
    shared=True,
    **rest(
        unified.ApplicationStage, "Only the job's list names it", name=Known("stage", as_=lambda beside, stage: stage)
    ),
)
CANDIDATE = Mapping(
    unified.Candidate,
    remote_id=At("id"),
    **rest(
        unified.Candidate,
        first_name=At("name.first"),
        location=At("street", "city", as_=lambda street, city: None),
        tag_ids=At("tags[].id", source="tags"),
        custom_fields=Known(as_=lambda beside: {}),
    ),
)
STAGE_SEEN = Mapping(
    unified.ApplicationStage,
    remote_id=At("step.id"),
    shared=True,
    **rest(unified.ApplicationStage, "Applications do not say", name=At("step.name")),
)
NOTE = Mapping(unified.Note, remote_id=At("id"), each=members, detail="talk", **rest(unified.Note, content=At("text")))


class Acme(Connector):
    slug, name = "acme", "Acme"
    resources = (
        Resource("jobs", makes=(JOB, STAGE)),
        Resource(
            "people", makes=(CANDIDATE, STAGE_SEEN), detail=Detail(sources={"tags": "t", "talk": "n"}, makes=(NOTE,))
        ),
    )
    lacks: ClassVar[dict[str, str]] = {"user": "Acme's API shows no users"}
    features: ClassVar[dict[str, str | Unavailable]] = {
        "credential_check": "Every scope by a harmless read",
        "deletion_detection": Unavailable("Acme keeps no addresses"),
        "live_updates": "By webhook",
    }
    actions: ClassVar[dict[str, Act | Unavailable]] = {
        "create_candidate": Act(
            lambda acting, given: Done("1"), "", {"title": "It becomes a tag"}, "Nobody is made twice"
        ),
        "add_tag": Unavailable("Acme has no tags"),
    }


class Silent(Connector):
    slug, name = "silent", "Silent"
    resources = ()


ACME, SILENT = coverage.matrix([Acme, Silent])


def field(model: str, name: str) -> FieldCoverage:
    return ACME.models[model].fields[name]


def test_a_field_names_every_path_that_it_is_made_of():
    location = field("candidate", "location")
    assert location == FieldCoverage(
        "location", "Location", "Where the person lives", (Origin("people", "", "street"), Origin("people", "", "city"))
    )
    assert [str(origin) for origin in location.origins] == ["street", "city"]


def test_a_field_that_the_provider_lacks_says_why():
    assert field("candidate", "source") == FieldCoverage(
        "source", "Source", "Where the person came from", reason="Acme has none"
    )


def test_a_field_of_a_detail_waits_for_an_opening():
    tags = field("candidate", "tag_ids")
    assert (tags.label, tags.origins, tags.on_opening) == ("Tag", (Origin("people", "tags", "tags[].id"),), True)
    assert not field("candidate", "first_name").on_opening


def test_a_model_that_only_a_detail_brings_waits_for_an_opening():
    note = ACME.models["note"]
    assert note.on_opening
    assert note.fields["content"].origins == (Origin("people", "talk", "text"),)
    assert not ACME.models["candidate"].on_opening


def test_fixed_and_known_values_say_that_no_path_leads_to_them():
    assert str(field("job", "status").origins[0]) == "always the same"
    assert str(field("candidate", "custom_fields").origins[0]) == "from the account's settings"


def test_what_two_lists_make_is_filled_where_either_fills_it():
    assert field("application_stage", "name").origins == (
        Origin("jobs", "", "stage", beside=True),
        Origin("people", "", "step.name"),
    )
    assert field("application_stage", "status").reason == "Only the job's list names it"


def test_a_model_that_the_provider_lacks_says_why():
    user = ACME.models["user"]
    assert (user.read, user.filled, user.reason) == (False, 0, "Acme's API shows no users")
    assert ACME.models["tag"].reason == "Acme shows none"
    assert not any(model.read for model in SILENT.models.values())


def test_counts_of_filled_fields_are_of_those_with_an_origin():
    assert (ACME.models["candidate"].filled, ACME.models["candidate"].read) == (4, True)


def test_every_connector_is_asked_about_the_same_features():
    assert ACME.features == {
        "credential_check": Feature("credential_check", "Credential check", True, "Every scope by a harmless read"),
        "deletion_detection": Feature("deletion_detection", "Deletion detection", False, "Acme keeps no addresses"),
        "live_updates": Feature("live_updates", "Live updates", True, "By webhook"),
    }
    assert [feature.says for feature in SILENT.features.values()] == ["Silent has none"] * 3


def test_an_action_says_what_should_be_known_before_or_why_it_cannot_be_done():
    assert ACME.actions["create_candidate"] == ActionCoverage(
        "create_candidate", "Create candidate", True, "Nobody is made twice", {"Title": "It becomes a tag"}
    )
    assert ACME.actions["add_tag"] == ActionCoverage("add_tag", "Add tag", False, "Acme has no tags", {})
    assert SILENT.actions["add_note"] == ActionCoverage("add_note", "Add note", False, "Silent takes none", {})


def test_every_registered_connector_answers_for_every_model_and_field():
    for each in coverage.matrix(connectors.every()):
        assert list(each.models) == [model.slug for model in unified.MODELS]
        for slug, model in each.models.items():
            assert list(model.fields) == (list(unified.BY_SLUG[slug].fields()) if model.read else [])
            assert model.read or model.reason
            assert all(bool(f.origins) != bool(f.reason) for f in model.fields.values())
