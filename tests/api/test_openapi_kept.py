"""What the OpenAPI document says is kept: requests are made from it, and every answer is one that it declares."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django_scopes import scope
from hypothesis import strategies
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks

from atsbridge.api import openapi_routes, truto, writing
from atsbridge.api.openapi_routes import Route
from atsbridge.records.models import Record
from atsbridge.sync import downloads
from atsbridge.tenants import keys
from atsbridge.wsgi import application
from connectors.unified.dialects.truto import RESOURCES
from tests.api.acting import Writer, worker, writer
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)

FEW = hypothesis.settings(max_examples=10, database=None, suppress_health_check=list(hypothesis.HealthCheck))
DECLARED = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
ROUTES = sorted(openapi_routes.routes(), key=lambda route: route.tag)
TAGS = {route.tag: [each for each in ROUTES if each.tag == route.tag] for route in ROUTES}
"""All operations, by what they are about."""
CV = {"file_name": "cv.pdf", "data": base64.b64encode(b"%PDF-1.7 Grace").decode()}

type Case = schemathesis.Case[Any]
type Ask = Callable[[Case, strategies.DataObject], None]
type Parts = dict[str, list[Any]]


@pytest.fixture
def account(acme, monkeypatch) -> Iterator[Writer]:
    """Acme's synced CATS account, which can do everything, with a worker; nobody waits long."""
    monkeypatch.setattr(truto, "PATIENCE", 0)
    monkeypatch.setattr(writing, "PATIENCE", 2)
    emulator = harness.emulate("cats", jobs=2, people=8)
    with harness.mounted("cats", emulator):
        connection = harness.link(acme, "cats", emulator)
        harness.sync(connection)
        with worker(acme):
            yield writer(connection, emulator)


@pytest.fixture
def real(account) -> tuple[Parts, Parts]:
    """What there is, for addresses and for bodies: by chance alone no request would meet anything."""
    step = account.record("application", status="PENDING")
    with scope(tenant=account.connection.tenant):
        harness.read_detail(Record.objects.get(id=step.candidate))
        ids = {model: both(Record.objects.filter(model=model).first()) for model in RESOURCES.values()}
    ids |= {"application": both(step)}
    link = downloads.link(account.connection.tenant_id, account.record("attachment").id)
    note = {"candidate_id": ids["candidate"][0], "body": "Good call"}
    action = account.send("POST", "activities", note).headers["X-Action-Id"]
    named = {f"{model}_id": ids[model] for model in ("candidate", "application", "job")}
    address = {f"{model}[id]": ids[model] for model in ("candidate", "application", "job")} | named | {
        "actions": [action], "file_url": [link], "token": [link.rpartition("/")[2]], "next_cursor": [""],
    }  # fmt: skip
    body = {model: [{"id": each} for each in ids[model]] for model in ("candidate", "application", "job")} | named | {
        "stage_id": account.stages(step), "expected_stage_id": [str(step.stage)], "remote_id": ids["application"],
        "tag": [account.record("tag").title], "attachments": [[], [CV]], "file_url": [""], "url": [""],
        **{name: [value] for name, value in CV.items()},
    }  # fmt: skip
    return address | {resource: ids[model] for resource, model in RESOURCES.items()}, body


def both(record: Record | None) -> list[str]:
    """The ids that a record answers to."""
    assert record
    return [record.remote_id, str(record.id)]


def put(case: Case, account: Writer, data: strategies.DataObject, address: Parts, body: Parts) -> None:
    """Let a request name what there is, mostly; nobody waits for events."""
    own = address | {"id": address.get(case.operation.tags[0], [str(account.connection.pk)])}
    parts: tuple[tuple[Any, Parts], ...] = ((case.path_parameters, own), (case.query, own), (case.body, body))
    for part, known in parts:
        for name in sorted(known.keys() & part.keys()) if isinstance(part, dict) else ():
            if data.draw(strategies.integers(0, 3), label=name):
                part[name] = data.draw(strategies.sampled_from(known[name]))
    for name, value in {"integrated_account_id": str(account.connection.pk), "wait": "0"}.items():
        if name in case.query:
            case.query[name] = value


def examples(routes: list[Route], mode: GenerationMode, ask: Ask) -> None:
    """Ask for each operation a few times, as the document says or as it forbids."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", application)
    for route in routes:
        cases = schema.find_operation_by_id(route.name).as_strategy(generation_mode=mode)
        FEW(hypothesis.given(cases, strategies.data())(lambda case, data: ask(case, data)))()


def call(case: Case, key: str) -> schemathesis.Response:
    """The answer to a request with a key, not packed."""
    return case.call(headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"})


@pytest.mark.parametrize("tag", TAGS)
def test_every_answer_is_one_that_is_declared(tag, account, real, acme):
    may = (account.key, account.key, keys.create(acme, "reader", can_write=False)[1])

    def ask(case: Case, data: strategies.DataObject) -> None:
        put(case, account, data, *real)
        answer = call(case, data.draw(strategies.sampled_from(may), label="key"))
        assert answer.status_code != 500
        case.validate_response(answer, checks=DECLARED)

    examples(TAGS[tag], GenerationMode.POSITIVE, ask)


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.sqlite
def test_what_the_document_forbids_is_refused(tag, account):
    own = {"integrated_account_id": str(account.connection.pk)}

    def ask(case: Case, data: strategies.DataObject) -> None:
        right = case.meta and not case.meta.is_negative_at(ParameterLocation.QUERY)
        if right and own.keys() <= case.query.keys():
            case.query.update(own)  # else it would be refused for another reason
        case.validate_response(call(case, account.key), checks=[*DECLARED, checks.negative_data_rejection])

    # Of an address without a key there is nothing that could be wrong.
    examples([route for route in TAGS[tag] if route.key], GenerationMode.NEGATIVE, ask)
