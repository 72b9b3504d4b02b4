"""What a key may do, as pages show it: each permission with its state, and what its lack means."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from atsbridge.connections.models import Attempt
from connectors import unified
from connectors.base import Connector, Permission


class Check(NamedTuple):
    """One permission, for `components/checks.html`."""

    state: str
    label: str
    code: str
    words: str = ""
    why: str = ""


def of_attempt(attempt: Attempt, connector: type[Connector]) -> list[Check]:
    """The permissions of an attempt, ticking off."""
    found = {verdict["slug"]: verdict for verdict in attempt.verdicts}
    asking = attempt.state == "checking"
    checks = []
    for permission in connector.permissions:
        if permission.slug in found:
            checks.append(_told(connector, permission, found[permission.slug]))
        elif attempt.state == "failed" or not will_ask(attempt, permission):
            checks.append(Check("not_tested", permission.label, _code(permission)))
        else:
            state, words = ("checking", "") if asking else ("not_begun", "Waits")
            checks.append(Check(state, permission.label, _code(permission), words))
            asking = False
    return checks


def of_verdicts(verdicts: Iterable[dict[str, Any]], connector: type[Connector]) -> list[Check]:
    """The permissions that the last check found; one that is new since then is not tested."""
    found = {verdict["slug"]: verdict for verdict in verdicts}
    return [
        _told(connector, permission, found.get(permission.slug, {"allowed": None, "why": ""}))
        for permission in connector.permissions
    ]


def will_ask(attempt: Attempt, permission: Permission) -> bool:
    """Whether a check asks for a permission."""
    return permission.probe is not None and (attempt.write_probes or not permission.writes)


def labels(slugs: Iterable[str]) -> str:
    """Models by name: "jobs, candidates and notes"."""
    wanted = set(slugs)
    names = [plural(model) for model in unified.MODELS if model.slug in wanted]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def plural(model: type[unified.Model]) -> str:
    """A model's records in words: "job stages"."""
    return model.plural.replace("_", " ")


def _told(connector: type[Connector], permission: Permission, verdict: dict[str, Any]) -> Check:
    state = {True: "yes", False: "no", None: "not_tested"}[verdict["allowed"]]
    why = _lack(connector, permission) if state == "no" else ""
    return Check(state, permission.label, _code(permission), why=why)


def _lack(connector: type[Connector], permission: Permission) -> str:
    what = f"With this key, {labels(permission.models)} cannot be read." if permission.models else ""
    if permission.required:
        what = "Nothing works without it."
    return f"{what} To add it, make a new key in {connector.name}.".strip()


def _code(permission: Permission) -> str:
    return permission.scope or permission.shown
