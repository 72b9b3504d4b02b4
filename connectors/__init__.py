"""The registry: every ATS that this installation speaks, one line each."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connectors.base import Connector

REGISTRY: dict[str, str] = {
    "homerun": "connectors.homerun.connector.Homerun",
    "cats": "connectors.cats.connector.Cats",
}
"""Slug → where its class stands. Adding an ATS is one line here and one folder."""


@cache
def _load(where: str) -> "type[Connector]":
    module, _, name = where.rpartition(".")
    connector: type[Connector] = getattr(import_module(module), name)
    return connector


def get(slug: str) -> "type[Connector]":
    """One connector by its slug; KeyError where there is none."""
    return _load(REGISTRY[slug])


def emulator(slug: str) -> "type[Any]":
    """The emulator that stands in a connector's folder: `Emulator(jobs=…, people=…, seed=…)` with a `key`."""
    from connectors.emulation import Emulator  # werkzeug is needed for emulators only

    module = import_module(f"{REGISTRY[slug].rsplit('.', 2)[0]}.emulator")
    return next(
        found
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Emulator) and found.__module__ == module.__name__
    )


def every() -> "list[type[Connector]]":
    """All connectors, in the registry's order."""
    return [_load(where) for where in REGISTRY.values()]
