"""The schema: the single source of truth of what a record is."""

from typing import Any

import msgspec

from connectors.unified.base import Field, Model, Part, about
from connectors.unified.models import (
    Application,
    ApplicationStage,
    Attachment,
    Candidate,
    Department,
    Job,
    JobStage,
    Note,
    RejectionReason,
    Tag,
    User,
)

MODELS: tuple[type[Model], ...] = (
    Job,
    Candidate,
    Application,
    ApplicationStage,
    JobStage,
    Attachment,
    Note,
    User,
    Tag,
    Department,
    RejectionReason,
)
BY_SLUG: dict[str, type[Model]] = {model.slug: model for model in MODELS}
BY_PLURAL: dict[str, type[Model]] = {model.plural: model for model in MODELS}


def json_schema() -> dict[str, Any]:
    """JSON Schema of every model, by class name: `{"Job": {...}, ...}`, references under `#/components/schemas/`."""
    _, components = msgspec.json.schema_components(MODELS, ref_template="#/components/schemas/{name}")
    return components


__all__ = [
    "BY_PLURAL",
    "BY_SLUG",
    "MODELS",
    "Application",
    "ApplicationStage",
    "Attachment",
    "Candidate",
    "Department",
    "Field",
    "Job",
    "JobStage",
    "Model",
    "Note",
    "Part",
    "RejectionReason",
    "Tag",
    "User",
    "about",
    "json_schema",
]
