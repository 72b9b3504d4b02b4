"""Questions 1 to 4: what is listed is read once, in the declared kind, with its references; and then no more."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from django_scopes import scope

from atsbridge.connections.opening import opened
from atsbridge.records import references
from atsbridge.records.ids import reference
from atsbridge.records.models import Record
from atsbridge.records.rows import anchor
from connectors import unified
from connectors.base import Connector, Page, Resource
from tests.conformance.account import Account
from tests.sync import harness

COLUMNS = {"job_id": "job", "candidate_id": "candidate", "application_id": "application", "current_stage_id": "stage"}


def pages(connector: Connector, resource: Resource) -> Iterator[Page]:
    params: dict[str, Any] | None = resource.pages.first(resource.params)
    while params is not None:
        page = connector.page(resource, params)
        yield page
        params = page.next


def test_paging_loses_and_repeats_nothing(imagine: Callable[..., Account]):
    account = imagine(people=230)
    truth = account.expected()

    with scope(tenant=account.connection.tenant), opened(account.connection, by="run") as connector:
        for resource in account.speaks.resources:
            read = list(pages(connector, resource))
            rows = [row for page in read for row in page.rows]
            own = anchor(resource)
            if own is None:
                continue
            met = Counter(own.remote_id.read({"": row}, {}) for row in rows)
            assert set(met.values()) <= {1}
            listed = {str(key) for key in met if key is not None}
            assert listed >= {remote_id for model, remote_id in truth if model == own.model.slug}
            if resource.keeps is None:
                assert {page.total for page in read} <= {None, len(rows)}
            assert (resource is not account.people) or len(read) > 2


def test_values_have_the_declared_kind(account: Account):
    account.synced()
    opened_one = account.record("candidate", str(account.with_files().id))
    harness.read_detail(opened_one)

    found = harness.documents(account.connection)

    assert {model for model, _ in found} >= set(account.speaks.reads()) - {"tag", "note"}
    for (model, _), text in found.items():
        typed = msgspec.json.decode(text, type=unified.BY_SLUG[model], strict=True)
        assert msgspec.json.encode(typed).decode() == text
        assert list(json.loads(text)) == list(msgspec.structs.asdict(typed))


def test_references_resolve_or_are_listed_as_dangling(account: Account):
    account.synced()
    truth = account.expected()

    with scope(tenant=account.connection.tenant):
        records = list(Record.objects.filter(connection=account.connection))
        found = references.References(references.documents(records))
        dangling = set()
        for record in records:
            document = json.loads(record.document)
            for field in unified.BY_SLUG[record.model].fields().values():
                each = found.of(record.connection_id, field, document.get(field.name))
                dangling |= {(one.model, one.remote_id) for one in each if not one.seen}
                if field.name in COLUMNS:
                    column = getattr(record, COLUMNS[field.name])
                    assert column == reference(record.connection_id, field.ref, document[field.name])

    assert dangling == set(named(truth)) - truth.keys()


def named(truth: dict[tuple[str, str], Any]) -> Iterator[tuple[str, str]]:
    for (model, _), document in truth.items():
        for field in unified.BY_SLUG[model].fields().values():
            for remote_id in references.named(field, document[field.name]):
                yield field.ref, remote_id


def test_a_second_sync_changes_nothing(account: Account):
    account.synced()
    before = harness.kept(account.connection)

    again = account.sync()

    assert again.state == "succeeded"
    assert harness.kept(account.connection) == before
    assert {what for counts in again.counts.values() for what in counts} <= {"read", "set_aside"}
    assert len(before["Record"]) == len(account.expected())
