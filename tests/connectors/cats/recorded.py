"""Answers in CATS's shape, kept beside the connector, and what one row of them makes."""

import json
from pathlib import Path
from typing import Any

import msgspec

import connectors.cats.connector as cats
from connectors.mapping import Made

EXAMPLES = Path(cats.__file__).parent / "examples"


def example(name: str) -> Any:
    """One recorded answer."""
    return json.loads((EXAMPLES / f"{name}.json").read_text())


def row(name: str, place: int = 0, **changes: Any) -> dict[str, Any]:
    """One row of a recorded list, with some keys changed."""
    found: dict[str, Any] = example(name)["_embedded"][name][place]
    return found | changes


def make(name: str, row: Any, beside: Any = None, **details: Any) -> list[Made]:
    """The records of a row of a list and of what its detail brought."""
    known = example("beside") if beside is None else beside
    return cats.Cats.make(cats.Cats.resource(name), {"": row, **details}, known)


def made(name: str, row: Any, beside: Any = None, **details: Any) -> dict[tuple[str, str], Any]:
    """The same as `{(model, remote id): what is not null}`."""
    return {
        (record.model.slug, record.remote_id): filled(msgspec.to_builtins(record.values))
        for record in make(name, row, beside, **details)
    }


def one(name: str, row: Any, beside: Any = None, **details: Any) -> Any:
    """What is not null in the first record."""
    return next(iter(made(name, row, beside, **details).values()))


def filled(value: Any) -> Any:
    """A document without its nulls and empty lists."""
    if isinstance(value, dict):
        return {name: filled(item) for name, item in value.items() if item not in (None, [])}
    return [filled(item) for item in value] if isinstance(value, list) else value
