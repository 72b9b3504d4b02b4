"""What torture came to: the figures, as tables, and whatever differs from the truth."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.test import Client
from django_scopes import scope

from atsbridge.actions.models import State
from atsbridge.records.history import FEED
from atsbridge.tenants import keys
from tests.benchmarks.telling import table
from tests.killing.acting import Written
from tests.killing.torture import OFTEN, Account, Kill, Torture
from tests.killing.truth import filled, kept_wrong, stored, unlike
from tests.replay import follow, replay

KILLS = ("killed", "times", "a run at work", "taken over", "longest until it moved on")
ACCOUNTS = (
    "account",
    "runs",
    "requests",
    "faults",
    "changes by people",
    "events",
    "records compared",
    "differences",
    "hanging runs",
)


def told(torture: Torture) -> tuple[str, list[str]]:
    """The tables, and what is wrong in words."""
    found = [(account.connection.label, *told_of(account)) for account in torture.accounts]
    kills = table(KILLS, (killed(kind, torture.kills) for kind in OFTEN))
    accounts = table(ACCOUNTS, ((label, *line) for label, line, _ in found))
    return f"{kills}\n\n{accounts}", [f"{label}: {said}" for label, _, wrong in found for said in wrong]


def killed(kind: str, kills: list[Kill]) -> tuple[Any, ...]:
    """How often something was killed, and what became of the runs that this cut off."""
    mine = [kill for kill in kills if kill.kind == kind]
    moved = [seconds for kill in mine for seconds in kill.moved.values()]
    held = sum(len(kill.held) for kill in mine)
    return kind, len(mine), held, len(moved), f"{max(moved):.1f} s" if moved else "–"


def told_of(account: Account) -> tuple[tuple[Any, ...], list[str]]:
    """An account's line, and what is wrong with it."""
    runs, events = account.runs(), list(followed(account))
    states = Counter(run.state for run in runs)
    here, hanging = stored(account.connection), [run for run in runs if run.ended_at is None]
    fed = {key: document for key, document in here.items() if key[0] in FEED}
    wrong = kept_wrong(account.connection, account.emulator)
    wrong += unlike(filled(fed), filled(replay(events)), "the replay of the feed")
    line = (
        f"{len(runs)}: {', '.join(f'{count} {state}' for state, count in sorted(states.items()))}",
        f"{account.requests:,}",
        account.faults,
        account.changes.total(),
        f"{len(events):,}",
        f"{len(here):,}",
        len(wrong),
        len(hanging),
    )
    return line, [*wrong, *(f"run {run.number} hangs: {run.state} {run.waits_for}".strip() for run in hanging)]


def followed(account: Account) -> Iterator[dict[str, Any]]:
    """Everything that the feed says of an account, from the beginning, as a machine reads it."""
    with scope(tenant=account.connection.tenant):
        _, key = keys.create(account.connection.tenant, "torture")

    def ask(**query: Any) -> dict[str, Any]:
        answer = Client(headers={"Authorization": f"Bearer {key}"}).get("/events", {**query, "limit": 1000})
        assert answer.status_code == 200, answer.content
        body: dict[str, Any] = answer.json()
        return body

    return follow(ask, integrated_account_id=str(account.connection.pk))


def states(account: Written) -> tuple[int, int]:
    """How many of its actions are done, and of how many nobody knows."""
    found = Counter(action.state for _, action in account.ended())
    return found[State.DONE], found[State.UNKNOWN]
