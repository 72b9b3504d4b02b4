"""What each ATS gives and takes: models, their fields with source paths, features, actions, and the reason for whatever
is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

import connectors
from atsbridge.connections.models import Connection, State
from atsbridge.tenants.access import Request, member
from connectors import coverage, unified
from connectors.coverage import ActionCoverage, Coverage, Feature, FieldCoverage, ModelCoverage


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model: what each ATS gives of it, and of each of its fields."""

    slug: str
    label: str
    cells: list[tuple[ModelCoverage, str]]
    fields: list[tuple[unified.Field, list[FieldCoverage | None]]]


@dataclass(frozen=True, slots=True)
class AbilityRow:
    """One feature or action: what each ATS can of it."""

    label: str
    cells: Sequence[Feature | ActionCoverage]


@member("look")
def index(request: Request, slug: str) -> HttpResponse:
    """Models, features and actions by ATS; each model opens to its fields."""
    linked = list(Connection.objects.exclude(state=State.UNLINKING).order_by("label", "id"))
    return render(request, "coverage/index.html", matrix(coverage.matrix(connectors.every()), linked))


def matrix(found: list[Coverage], linked: list[Connection]) -> dict[str, object]:
    """The context of `coverage/matrix.html`, for these ATSs; `linked` says where a model is switched off."""
    return {
        "names": [each.connector.name for each in found],
        "models": [_model(model, found, linked) for model in unified.MODELS],
        "features": [
            AbilityRow(feature.label, [each.features[slug] for each in found])
            for slug, feature in (found[0].features.items() if found else ())
        ],
        "actions": [
            AbilityRow(action.label, [each.actions[slug] for each in found])
            for slug, action in (found[0].actions.items() if found else ())
        ],
    }


def _model(model: type[unified.Model], found: list[Coverage], linked: list[Connection]) -> ModelRow:
    cells = [(each.models[model.slug], _switched_off(model, each, linked)) for each in found]
    fields = [
        (shape, [each.models[model.slug].fields.get(name) for each in found]) for name, shape in model.fields().items()
    ]
    return ModelRow(model.slug, model.plural.replace("_", " ").capitalize(), cells, fields)


def _switched_off(model: type[unified.Model], each: Coverage, linked: list[Connection]) -> str:
    """The linked accounts that could read a model and do not."""
    if not each.models[model.slug].read:
        return ""
    mine = [one for one in linked if one.connector == each.connector.slug and model.slug not in one.reads]
    return ", ".join(one.label for one in mine)


urlpatterns = [path("coverage/", index, name="coverage")]
