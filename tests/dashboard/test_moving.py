"""Cards that are moved on a board: what is asked for, what the card shows until it has ended, who may."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions.models import Action, State
from atsbridge.connections.models import Connection
from atsbridge.records.ids import record_id
from atsbridge.records.models import NONE, Record
from atsbridge.tenants.models import Tenant
from tests.conftest import Browser
from tests.dashboard import reading
from tests.dashboard.test_pipeline import apply, columns
from tests.records import factory


@pytest.fixture
def homerun(acme: Tenant) -> Connection:
    return factory.connect(acme, label="Homerun – Berlin")


@pytest.fixture
def baker(homerun: Connection) -> Record:
    """A job of two stages, Ada and Grace in the first."""
    for place, name in enumerate(("Screening", "Interview")):
        factory.make(homerun, "application_stage", name.lower(), name=name)
        factory.make(homerun, "job_stage", f"j:{name}", job_id="j", stage_id=name.lower(), index=place)
    job = factory.make(homerun, "job", "j", name="Baker", status="OPEN")
    apply(job, "Ada", "Grace")
    return job


def board(job: Record) -> str:
    return f"/t/acme/pipelines/{job.id}/"


def asked(job: Record, name: str = "Ada", stage: str = "interview", expected: str = "screening") -> dict[str, str]:
    """What the board posts when a card is dropped."""
    ids = {each: str(record_id(job.connection_id, "application_stage", each)) for each in (stage, expected)}
    application = record_id(job.connection_id, "application", f"screening {name}")
    return {"application": str(application), "stage": ids[stage], "expected": ids[expected]}


def actions(job: Record) -> list[Action]:
    with scope(tenant=job.connection.tenant):
        return list(Action.objects.order_by("order"))


def ended(job: Record, state: State, **fields: Any) -> None:
    with scope(tenant=job.connection.tenant):
        Action.objects.update(state=state, ended_at=timezone.now(), **fields)


def cards(markup: str) -> dict[str, list[str]]:
    """Name → the words under it and its classes."""
    return {
        reading.text(name): [css, reading.text(rest)]
        for css, name, rest in re.findall(r'<li class="(tile[^"]*)".*?<h4>(.*?)</h4>(.*?)</li>', markup, re.DOTALL)
    }


def test_a_dropped_card_asks_for_a_move_from_the_stage_that_was_shown(alice: Browser, baker: Record):
    answer = alice.post(f"{board(baker)}move/", asked(baker), headers=reading.HTMX)

    [action] = actions(baker)
    assert (action.kind, action.person, json.loads(action.input)) == (
        "move_application",
        alice.person,
        {
            "application_id": "screening Ada", "stage_id": "interview", "expected_stage_id": "screening",
            "triggers": [],
        },
    )  # fmt: skip
    card = reading.content(answer)
    assert cards(card) == {"Ada": ["tile pending", "No source Moving, queued Watch"]}
    assert re.search(r'<ul id="moving" hidden hx-swap-oob="true" hx-get="[^"]*/moves/\?since=', card)


def test_without_a_script_the_form_leads_to_the_actions_page(alice: Browser, baker: Record):
    answer = alice.post(f"{board(baker)}move/", asked(baker))
    assert answer["Location"] == f"/t/acme/actions/{actions(baker)[0].pk}/"


def test_a_moving_card_stands_where_it_moves_to_and_asks_how_it_goes_on(alice: Browser, bob: Browser, baker: Record):
    alice.post(f"{board(baker)}move/", asked(baker))
    page = alice.get(board(baker))
    assert columns(page) == {"Screening": ["1", "Grace"], "Interview": ["1", "Ada"]}
    assert "/moves/?since=" in reading.content(page)
    assert columns(bob.get(board(baker))) == {"Screening": ["2", "Grace", "Ada"], "Interview": ["0"]}

    ended(baker, State.CANCELLED)
    page = alice.get(board(baker))
    assert columns(page) == {"Screening": ["2", "Grace", "Ada"], "Interview": ["0"]}
    assert "/moves/?since=" not in reading.content(page)


def test_what_was_refused_comes_back_with_the_providers_words(alice: Browser, baker: Record):
    alice.post(f"{board(baker)}move/", asked(baker))
    since = (timezone.now() - timedelta(seconds=5)).timestamp()
    address = f"{board(baker)}moves/?since={since}"
    assert cards(reading.content(alice.get(address, headers=reading.HTMX))) == {}

    ended(baker, State.REFUSED, error="Only recruiters may")

    told = reading.content(alice.get(address, headers=reading.HTMX))
    assert cards(told) == {"Ada": ["tile refused", "Only recruiters may Move refused Why"]}
    assert "hx-get" not in told
    screening = record_id(baker.connection_id, "application_stage", "screening")
    assert f'data-stage="{screening}"' in told
    assert cards(reading.content(alice.get(board(baker))))["Ada"][0] == "tile refused"


def test_what_is_done_is_an_ordinary_card_again(alice: Browser, baker: Record):
    alice.post(f"{board(baker)}move/", asked(baker))
    with scope(tenant=baker.connection.tenant):
        to = record_id(baker.connection_id, "application_stage", "interview")
        Record.objects.filter(remote_id="screening Ada").update(stage=to)
    ended(baker, State.DONE)

    told = reading.content(alice.get(f"{board(baker)}moves/?since=0", headers=reading.HTMX))

    assert cards(told) == {"Ada": ["tile", "No source today"]}
    assert f'data-stage="{to}"' in told


@pytest.mark.parametrize("application", ["x", "", str(NONE)])
def test_what_is_not_on_the_board_is_not_found(alice: Browser, baker: Record, application: str):
    wrong = asked(baker) | {"application": application}
    assert alice.post(f"{board(baker)}move/", wrong).status_code == 404
    assert actions(baker) == []


def test_a_stage_that_is_gone_is_said_on_the_card(alice: Browser, baker: Record):
    answer = alice.post(f"{board(baker)}move/", asked(baker, stage="gone"), headers=reading.HTMX)
    words = "This board has no such stage any more. Reload it Not moved"
    assert cards(reading.content(answer)) == {"Ada": ["tile refused", words]}
    assert actions(baker) == []


@pytest.mark.parametrize("who", ["bob", "sam"])
def test_viewers_and_support_move_nothing(who: str, baker: Record, request: Any):
    somebody: Browser = request.getfixturevalue(who)
    page = reading.content(somebody.get(board(baker)))
    assert [word for word in ("data-move", "board.js", 'id="moving"') if word in page] == []
    assert somebody.post(f"{board(baker)}move/", asked(baker)).status_code == 403
    assert somebody.get(f"{board(baker)}moves/").status_code == 403
    assert actions(baker) == []


def test_charlie_moves_nothing(charlie: Browser, baker: Record):
    for slug in ("acme", "globex"):
        address = board(baker).replace("acme", slug)
        assert charlie.post(f"{address}move/", asked(baker)).status_code == 404
        assert charlie.get(f"{address}moves/").status_code == 404
    assert actions(baker) == []


def test_the_board_and_its_question_cost_the_same_with_one_move_and_with_many(alice: Browser, baker: Record):
    apply(baker, *(f"P{n}" for n in range(12)))
    costs = []
    for names in (["Ada"], [f"P{n}" for n in range(12)]):
        for name in names:
            alice.post(f"{board(baker)}move/", asked(baker, name))
        moves = f"{board(baker)}moves/?since=0"
        costs.append([len(reading.queries(alice, address)) for address in (board(baker), moves)])
    assert costs[0] == costs[1]
