"""What actions were told goes with whom they are about: afterwards no table names them, and no file is left."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions import deciding, sweeping
from atsbridge.actions.models import Action, State, Touched
from atsbridge.connections import unlinking
from atsbridge.connections.exchanges import NO_MORE
from atsbridge.records.models import Change, Record
from atsbridge.sync import sweeping as syncing
from connectors.emulation_faults import Fault
from tests.actions.conftest import Account
from tests.actions.harness import act, upload
from tests.actions.test_performing import applied
from tests.conformance.test_forgetting import MARKER, naming
from tests.sync import harness

KEEP = timedelta(days=settings.FORGET_DAYS)
MOMENT = timedelta(minutes=1)
STAYS = ("kind", "state", "order", "by", "remote_id", "created_at", "ended_at", "sent", "incomplete")


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> Path:
    """A folder of the test's own for files."""
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": default}
    return tmp_path


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def swept(after: timedelta) -> None:
    """Both sweepers, some time from now; whoever was looked at a moment before is looked at once more."""
    with time_machine.travel(timezone.now() + after):
        syncing.sweep()
        sweeping.sweep()


def kept(action: Action) -> dict[str, Any]:
    return {name: getattr(action, name) for name in STAYS}


def again(account: Account, action: Action) -> Action:
    with scope(tenant=account.connection.tenant):
        return Action.objects.get(pk=action.pk)


def hired(account: Account, **given: Any) -> Action:
    """Somebody who was brought with an application and a file."""
    file = upload(account.connection, f"{MARKER}.pdf", b"%PDF-1 cv", type="CV")
    action = act(
        account.connection,
        "create_application",
        job_id=account.emulator.job("Baker").id,
        first_name=MARKER,
        last_name="Lovelace",
        email_addresses=[{"email_address": f"{MARKER}@example.test"}],
        attachments=[file],
        **given,
    )
    assert (action.state, action.error) == (State.DONE, "")
    return action


def test_what_an_action_was_told_goes_on_the_day_on_which_its_person_is_emptied(account: Account):
    action = hired(account, company="Analytical")
    note = act(account.connection, "add_note", candidate_id=action.remote_id, content=f"{MARKER} called")
    before, days = [kept(action), kept(note)], timedelta(days=20)
    swept(days)
    with time_machine.travel(timezone.now() + days):
        act(account.connection, "delete_candidate", candidate_id=action.remote_id)

    swept(days + KEEP - MOMENT)
    assert naming() >= {"Action", "Record"}
    swept(days + KEEP + MOMENT)

    assert naming() == set()
    assert [kept(again(account, each)) for each in (action, note)] == before
    assert again(account, action).about == ""


def test_of_somebody_who_is_known_only_what_the_provider_said_goes(account: Account):
    action = hired(account, company=MARKER)
    assert (len(action.warnings), len(action.steps)) >= (1, 1)

    swept(KEEP + MOMENT)

    left = again(account, action)
    assert (left.input, left.emptied_at, kept(left)) == (action.input, None, kept(action))
    assert (left.warnings, left.steps, left.error) == ([NO_MORE], {}, "")


def test_where_nothing_was_done_everything_goes_after_the_same_days(account: Account):
    account.emulator.faults.append(Fault("403", method="write"))
    given: dict[str, Any] = {
        "first_name": MARKER,
        "last_name": "Lovelace",
        "email_addresses": [{"email_address": "q@x.test"}],
    }
    action = act(account.connection, "create_candidate", **given)
    assert (action.state, naming()) == (State.REFUSED, {"Action"})

    swept(KEEP - MOMENT)
    assert naming() == {"Action"}
    swept(KEEP + MOMENT)

    assert (naming(), kept(again(account, action))) == (set(), kept(action))
    assert deciding.choices(again(account, action)) == ()


def test_what_was_done_to_nobody_who_is_known_here_goes_after_the_same_days(account: Account):
    action = act(account.connection, "add_note", application_id=applied(account).remote_id, content=MARKER)
    with scope(tenant=account.connection.tenant):
        Record.objects.filter(document__contains=MARKER).delete()
        Change.objects.filter(after__contains=MARKER).delete()
        Touched.objects.all().delete()

    swept(KEEP - MOMENT)
    assert "Action" in naming()
    swept(KEEP + MOMENT)

    assert ("Action" in naming(), kept(again(account, action))) == (False, kept(action))


def test_of_an_unknown_one_somebody_may_still_say_that_it_arrived(account: Account):
    account.emulator.faults.append(Fault("timeout", method="write"))
    action = act(account.connection, "add_note", application_id=applied(account).remote_id, content=MARKER)
    with scope(tenant=account.connection.tenant):
        ended = {"state": State.UNKNOWN, "ended_at": timezone.now(), "lease": None, "lease_until": None}
        Action.objects.filter(pk=action.pk).update(**ended)

    swept(KEEP + MOMENT)

    assert (naming(), deciding.choices(again(account, action))) == (set(), ("arrived",))


def test_an_incomplete_one_is_not_done_anew_when_nobody_knows_its_steps_any_more(account: Account):
    action = hired(account)
    with scope(tenant=account.connection.tenant):
        Action.objects.filter(pk=action.pk).update(incomplete=True)
    assert deciding.choices(again(account, action)) == ("complete",)

    swept(KEEP + MOMENT)

    assert deciding.choices(again(account, action)) == ()


def test_a_rehearsal_is_forgotten_after_a_day(account: Account):
    given = {"application_id": applied(account).remote_id, "content": MARKER}
    action = act(account.connection, "add_note", rehearsal=True, **given)

    swept(timedelta(days=1) - MOMENT)
    assert naming() == {"Action"}
    swept(timedelta(days=1) + MOMENT)

    left = again(account, action)
    assert (naming(), left.plan, left.state) == (set(), {}, State.DONE)


def test_the_purge_of_a_connection_takes_actions_and_files_along(account: Account, storage: Path):
    hired(account)
    file = upload(account.connection, f"{MARKER}.pdf", MARKER.encode(), type="CV")
    action = act(account.connection, "add_attachment", candidate_id=applied(account).remote_id, file=file)
    with scope(tenant=account.connection.tenant):
        kept_file = upload(account.connection, "photo.png", MARKER.encode())
        action.uploads.model.objects.filter(pk=kept_file["key"]).update(action=action)
        unlinking.unlink(account.connection, now=True)
    assert files(storage)

    swept(timedelta(0))
    swept(timedelta(days=1) + MOMENT)

    assert (naming(), files(storage)) == (set(), [])


def test_a_file_that_no_action_took_goes_after_a_day(account: Account, storage: Path):
    upload(account.connection, "cv.pdf", b"%PDF-1")
    swept(timedelta(hours=23))
    assert len(files(storage)) == 1

    swept(timedelta(days=1) + MOMENT)

    assert files(storage) == []


def test_an_old_action_goes_and_one_of_which_nobody_knows_stays(account: Account):
    _, unknown = (
        act(account.connection, "add_note", application_id=applied(account).remote_id, content=words)
        for words in ("One", "Two")
    )
    with scope(tenant=account.connection.tenant):
        Action.objects.filter(pk=unknown.pk).update(state=State.UNKNOWN)

    swept(timedelta(days=settings.ACTION_KEEP_DAYS) + MOMENT)

    with scope(tenant=account.connection.tenant):
        assert list(Action.objects.values_list("pk", flat=True)) == [unknown.pk]


def test_nobody_elses_is_touched(account: Account):
    action = hired(account)
    other = act(account.connection, "add_note", application_id=applied(account).remote_id, content="Good")
    act(account.connection, "delete_candidate", candidate_id=action.remote_id)
    harness.sync(account.connection)

    swept(KEEP + MOMENT)

    assert again(account, other).input == other.input
