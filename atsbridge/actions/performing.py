"""One attempt at an action: what it waits for, its steps, what it touched, how it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils import timezone

from atsbridge.actions import bells, fetching, leases, order, readback, sources, together, uploads
from atsbridge.actions.attempt import Attempt
from atsbridge.actions.models import OPEN, Action, State
from atsbridge.actions.rehearsing import rehearse
from atsbridge.actions.steps import LEFT, REFUSALS, Settling, Steps, Unsure
from atsbridge.connections import states
from atsbridge.connections.opening import opened
from connectors.acting import UNPASSED, Act, Done
from connectors.errors import AuthFailed, ConnectorError, NotFound, PlanRequired, RateLimited, Rejected, Unsupported
from connectors.unified.actions import BY_SLUG, Input

HELD = timedelta(minutes=10)
"""How long an action whose outcome is unknown holds the later ones on its person."""
PATIENCE = 4
"""Failures of ours in a row before an attempt is given up."""


class Ended(Exception):
    """It ends here, without anything having been sent."""

    def __init__(self, state: State, words: str) -> None:
        super().__init__(words)
        self.state = state


class Wait(Exception):
    """Nothing is sent now; it is looked at again after `wait` seconds."""

    def __init__(self, why: str, wait: float) -> None:
        super().__init__(why)
        self.wait = wait


def perform(action_id: UUID) -> None:
    """Take an action as far as it goes now."""
    action = leases.take(action_id)
    if action is None:
        return
    with _minding(action):
        _may_begin(action)
        done, unread = _do(action)
        incomplete = done.incomplete or _incomplete(action)
        _end(action, State.DONE, remote_id=done.id, incomplete=incomplete, unread=unread)


def _may_begin(action: Action) -> None:
    """Raise what stops it: its time is over, its connection rests, an earlier action on the same person is not done."""
    if not action.sent and action.expires_at <= timezone.now():
        raise Ended(State.EXPIRED, "Nobody expects it any more: it could not be sent in time")
    connection = action.connection
    if connection.state != "active":
        raise Wait(f"The connection is {connection.get_state_display().lower()}", wait=60)
    if action.rehearsal:
        return
    order.introduce(action, getattr(read(action), "application_id", None) or "")
    earlier = order.earlier(action)
    if earlier.filter(state__in=OPEN).exists():
        raise Wait("An earlier action on this person comes first", wait=settings.SWEEP_SECONDS)
    unknown = earlier.filter(state=State.UNKNOWN)
    if unknown.filter(ended_at__gt=timezone.now() - HELD).exists():
        raise Wait("It is not known whether an earlier action on this person was done", wait=30)
    if unknown.exists():
        raise Ended(State.REFUSED, "Somebody must first say whether an earlier action on this person was done")


def _do(action: Action) -> tuple[Done, str]:
    """Do it; gives what is left to be read back with its batch, too."""
    act = action.connection.speaks.actions[action.kind]
    assert isinstance(act, Act)
    given = fetching.bring(action, read(action), act.files)
    seconds = settings.FILE_SECONDS if action.uploads.exists() else settings.WRITE_SECONDS
    connection = action.connection
    with opened(connection, by="action", by_id=action.id, purpose="write", seconds=seconds) as connector:
        connector.talk.budget = leases.kept(action, connector.talk.budget, seconds)
        if action.rehearsal:
            return rehearse(action, connector, lambda acting: _carry_out(act, acting, given)), ""
        done = _carry_out(act, Steps(action, connector, seconds), given)
        states.worked(connection)
        return done, readback.touched(action, connector, done)


def _carry_out(act: Act, acting: Attempt, given: Input) -> Done:
    """Do it, and say what has no place there."""
    for words in act.missed(given):
        acting.warn(words)
    done = act.do(acting, sources.resolved(act, acting, given))
    if given.remote_data and not acting.passes:
        acting.warn(UNPASSED)
    return done


def read(action: Action) -> Input:
    """What the action was told."""
    return msgspec.json.decode(action.input, type=BY_SLUG[action.kind])


def _incomplete(action: Action) -> bool:
    return any(step["state"] in LEFT for step in action.steps.values())


@contextmanager
def _minding(action: Action) -> Iterator[None]:
    """Turn whatever ends an attempt into what the action says about itself."""
    try:
        yield
    except leases.LeaseLost:
        return
    except Ended as ended:
        _end(action, ended.state, error=str(ended))
    except Unsure as unsure:
        _end(action, State.UNKNOWN, error=str(unsure), step="Look there, then say whether it arrived.")
    except (*REFUSALS, Unsupported) as refused:
        _refuse(action, refused)
    except (Wait, Settling, ConnectorError) as reason:
        _wait(action, reason)
    except Exception as error:
        _failed(action, f"This installation failed ({type(error).__name__}); the worker's log says where")
        raise


def _wait(action: Action, reason: Wait | Settling | ConnectorError) -> None:
    """Let it go on later, and say what it waits for."""
    if isinstance(reason, AuthFailed | PlanRequired):
        states.refused(action.connection)
        leases.give_back(action, wait=settings.DOUBT_SECONDS, why=reason.message)
    elif isinstance(reason, Wait | Settling | RateLimited):
        leases.give_back(action, wait=reason.wait, why=f"{reason}. It goes on by itself")
    else:
        leases.give_back(action, wait=10 * 2 ** min(action.attempts, 5), why=f"{reason}. It is tried again by itself")


def _refuse(action: Action, error: ConnectorError) -> None:
    """The provider, or a rule, says no. Where a part was written already, that part is what was done."""
    made = [step["wrote"]["id"] for step in action.steps.values() if step["state"] == "done"]
    if made:
        leases.warn(action, error.message)
        _end(action, State.DONE, remote_id=made[0], incomplete=True)
    else:
        # The words say what is to be changed; asking for the very same again would be refused again.
        step = "" if isinstance(error, Rejected | NotFound) else error.next_step
        _end(action, State.REFUSED, error=error.message, step=step, refused_with=error.status)


def _failed(action: Action, words: str) -> None:
    if action.attempts < PATIENCE:
        leases.give_back(action, wait=10 * 2**action.attempts, why=f"{words}. It is tried again")
    else:
        _end(action, State.UNKNOWN if action.sent else State.FAILED, error=words)


def _end(action: Action, state: State, **fields: object) -> None:
    leases.end(action, state, **fields)
    if state != State.UNKNOWN and not action.incomplete:
        uploads.forget(action)
    bells.ring_next(action)
    if action.batch and together.due(action.batch):
        bells.ring_together(action.batch)
