"""Questions 9 and 12: what is given and what cannot be, what the guide and the check of a key say."""

import inspect
from pathlib import Path
from typing import Any

import pytest
from django_scopes import scope

from atsbridge.connections import checking, linking
from atsbridge.connections.models import Attempt, Connection
from connectors import coverage, errors, unified
from connectors.mapping import Unavailable
from tests.conformance.account import Account
from tests.sync import harness


def test_every_unified_field_is_mapped_or_unavailable_with_a_reason(account: Account):
    speaks = account.speaks
    made = [m for r in speaks.resources for m in (*r.makes, *(r.detail.makes if r.detail else ()))]
    covered = coverage.matrix([speaks])[0]

    for mapping in made:
        assert set(mapping.fields) == set(mapping.model.fields())
        for word in mapping.fields.values():
            assert not isinstance(word, Unavailable) or len(word.reason) > 10
    assert set(covered.models) == set(unified.BY_SLUG)
    for slug, model in covered.models.items():
        assert model.read is (slug in speaks.reads())
        assert model.read or model.reason == speaks.lacks[slug]
        assert {field.name for field in model.fields.values() if not (field.filled or field.reason)} == set()
    assert {feature.slug for feature in covered.features.values() if not feature.says} == set()
    assert {"credential_check", "deletion_detection"} <= set(covered.features)


def test_a_filled_field_is_filled_for_somebody(account: Account):
    """What the coverage promises is seen: a path that never answers would be a typing error nobody notices."""
    account.synced()
    for person in account.everybody():
        harness.read_detail(account.record("candidate", str(person.id)))
    filled: dict[str, set[str]] = {}
    for (model, _), document in account.stored().items():
        filled.setdefault(model, set()).update(name for name, value in document.items() if value not in (None, [], {}))

    promised = {
        slug: {field.name for field in model.fields.values() if field.filled and not field.on_opening}
        for slug, model in coverage.matrix([account.speaks])[0].models.items()
        if model.read and not model.on_opening
    }
    unseen = {(slug, name) for slug, names in promised.items() for name in names - filled.get(slug, set())}
    assert unseen == set()


def test_the_guide_leads_to_the_key_and_names_plan_and_scopes(account: Account):
    speaks = account.speaks
    guide = (Path(inspect.getfile(speaks)).parent / "guide.md").read_text()

    assert guide.startswith("# ")
    assert speaks.plan in guide
    assert speaks.keys_url in guide
    for permission in speaks.permissions:
        assert permission.writes or permission.scope in guide


def checked(account: Account, *, write_probes: bool = False) -> Attempt:
    """The same key checked as for a new account."""
    tenant = account.connection.tenant
    with scope(tenant=tenant):
        Connection.objects.all().delete()
        values = harness.credentials(account.emulator)
        attempt = linking.begin(tenant, account.slug, values, write_probes=write_probes)
        checking.check(attempt)
        attempt.refresh_from_db()
    return attempt


def answers(attempt: Attempt) -> dict[str, Any]:
    return {verdict["slug"]: verdict["allowed"] for verdict in attempt.verdicts}


def test_the_check_says_yes_or_not_tested(account: Account):
    attempt = checked(account)

    assert (attempt.state, attempt.error) == ("checked", "")
    for permission in account.speaks.permissions:
        tested = permission.probe is not None and not permission.writes
        assert answers(attempt)[permission.slug] is (True if tested else None)


def test_the_check_says_no_and_why(account: Account):
    asked = next(p for p in account.speaks.permissions if p.shown == f"GET /{account.path}")
    refusal = "403" if account.speaks.statuses.get(403, errors.ScopeMissing) is errors.ScopeMissing else "404"
    account.emulator.fail(refusal, times=1, path=f"/{account.path}")

    attempt = checked(account)

    assert attempt.state == "checked"
    assert answers(attempt)[asked.slug] is False
    assert set(asked.models) <= set(checking.missing(attempt.verdicts))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("401", "wrong, expired or revoked"),
        ("402", "plan"),
        ("500", "down or does not answer"),
        ("reset", "down or does not answer"),
    ],
)
def test_the_check_tells_a_refused_key_a_missing_plan_and_a_failing_provider_apart(
    account: Account, kind: str, said: str
):
    account.emulator.fail(kind, times=1000)

    attempt = checked(account)

    assert attempt.state == "failed"
    assert said in attempt.error
    assert attempt.step
    assert attempt.sealed == {}
