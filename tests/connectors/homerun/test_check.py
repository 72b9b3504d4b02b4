"""The credential check names each permission, against an emulator whose keys differ in their scopes."""

import pytest

from connectors.errors import AuthFailed, PlanRequired, RateLimited, TemporaryFailure
from connectors.homerun.connector import Homerun
from connectors.homerun.emulator import Emulator
from connectors.homerun.emulator_doors import READS, SCOPES
from tests.connectors.conftest import Connect

READING = ["ping", "vacancies:read", "job-applications:read", "job-application-notes:read"]
WRITING = ["job-applications:write", "job-application-notes:write", "job-application-files:write"]


def verdicts(connect: Connect, emulator: Emulator, *, key: str = "", writes: bool = False) -> dict[str, bool | None]:
    homerun = connect(Homerun, emulator, key=key, sleep=lambda seconds: None)
    return {verdict.permission.slug: verdict.allowed for verdict in homerun.check(writes=writes)}


def small(**switches: object) -> Emulator:
    return Emulator(jobs=3, people=5, **switches)


def test_a_full_key_may_everything_and_writes_are_not_tried_unasked(connect: Connect):
    emulator = small()

    assert verdicts(connect, emulator) == dict.fromkeys(READING, True) | dict.fromkeys(WRITING)
    assert {call.method for call in emulator.calls} == {"GET"}


def test_writes_are_tried_when_asked_and_change_nothing(connect: Connect):
    emulator = small()

    assert verdicts(connect, emulator, writes=True) == dict.fromkeys([*READING, *WRITING], True)
    assert (len(emulator.jobs), len(emulator.people), sum(len(p.notes) for p in emulator.people)) == (3, 5, 4)


@pytest.mark.parametrize("missing", sorted(SCOPES))
@pytest.mark.parametrize("notes_refused", [True, False])
def test_a_missing_scope_is_named_and_the_others_stay(connect: Connect, missing: str, notes_refused: bool):
    emulator = small(keys={"9|partial": SCOPES - {missing}}, notes_refused=notes_refused)
    expected: dict[str, bool | None] = dict.fromkeys([*READING, *WRITING], True)
    expected[missing] = False
    if missing == "job-applications:read":  # what needs an application's id cannot be tried
        expected |= {
            "job-application-notes:read": None,
            "job-application-notes:write": None,
            "job-application-files:write": None,
        }

    assert verdicts(connect, emulator, key="9|partial", writes=True) == expected


def test_without_any_application_notes_are_not_tested(connect: Connect):
    empty = Emulator(jobs=1, people=0)

    assert verdicts(connect, empty)["job-application-notes:read"] is None


def test_refused_missing_plan_and_failing_provider_are_told_apart(connect: Connect):
    emulator = small(keys={"8|old": READS}, expires={"8|old": 100}, clock=lambda: 200.0)

    with pytest.raises(AuthFailed, match="Unauthenticated"):
        verdicts(connect, emulator, key="no such key")
    with pytest.raises(AuthFailed, match="Unauthenticated"):
        verdicts(connect, emulator, key="8|old")
    emulator.revoked.add(emulator.key)
    with pytest.raises(AuthFailed, match="Unauthenticated"):
        verdicts(connect, emulator)
    emulator.revoked.clear()
    emulator.plan_gone = True
    with pytest.raises(PlanRequired, match="Your plan does not include public api access"):
        verdicts(connect, emulator)
    emulator.plan_gone = False
    emulator.fail("html", times=3)
    with pytest.raises(TemporaryFailure, match="Homerun answered 502"):
        verdicts(connect, emulator)
    emulator.fail("429_silent", times=3)
    with pytest.raises(RateLimited) as limited:
        verdicts(connect, emulator)
    assert limited.value.wait == 60


def test_a_pasted_key_may_have_blanks_around_it_and_keeps_its_vertical_bar(connect: Connect):
    emulator = small()

    assert verdicts(connect, emulator, key=f" {emulator.key}\n")["ping"] is True
    assert "|" in emulator.key
    assert emulator.calls[0].headers["Authorization"] == f"Bearer {emulator.key}"


def test_homerun_names_no_account(connect: Connect):
    account = connect(Homerun, small()).account()

    assert (account.id, account.name, account.facts) == ("", "", {})


def test_the_same_account_is_known_by_a_record_that_it_still_has(connect: Connect):
    emulator = small()
    homerun = connect(Homerun, emulator)
    known = [("vacancies", "job_gone"), ("job-applications", emulator.people[2].id)]

    assert homerun.same_account(known)
    assert not connect(Homerun, Emulator(jobs=3, people=5, seed=9)).same_account(known)
