"""Answers in Homerun's shape, kept beside the connector, and what one row of them makes."""

import json
from pathlib import Path
from typing import Any

import msgspec

import connectors.homerun.connector as homerun
from connectors.mapping import Made

EXAMPLES = Path(homerun.__file__).parent / "examples"
VACANCIES = homerun.Homerun.resource("vacancies")
APPLICATIONS = homerun.Homerun.resource("job-applications")
AP = "ap_Zk4Wm1nQ8cVb7XyT0sLf"
JOB = "job_q3TzL9vXwB6mRk0YpD2e"


def example(name: str) -> Any:
    """One recorded answer."""
    return json.loads((EXAMPLES / f"{name}.json").read_text())


def row(name: str, place: int, **changes: Any) -> dict[str, Any]:
    """One row of a recorded list, with some keys changed."""
    found: dict[str, Any] = example(name)["data"][place]
    return found | changes


def make(resource: Any, row: Any, **details: Any) -> list[Made]:
    """The records of a row and of what its detail brought."""
    return homerun.Homerun.make(resource, {"": row, **details}, {})


def made(resource: Any, row: Any, **details: Any) -> dict[tuple[str, str], Any]:
    """The same as `{(model, remote id): what is not null}`."""
    return {
        (record.model.slug, record.remote_id): filled(msgspec.to_builtins(record.values))
        for record in make(resource, row, **details)
    }


def filled(value: Any) -> Any:
    """A document without its nulls and empty lists."""
    if isinstance(value, dict):
        return {name: filled(item) for name, item in value.items() if item not in (None, [])}
    return [filled(item) for item in value] if isinstance(value, list) else value


def one(records: dict[tuple[str, str], Any], slug: str) -> Any:
    """The first document of a model."""
    return next(document for (model, _), document in records.items() if model == slug)
