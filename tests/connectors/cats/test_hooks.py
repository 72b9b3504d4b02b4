"""What CATS says by itself: how its signature is proved, and what its bodies and its feed hint at."""

import copy
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.cats.connector import Cats
from connectors.cats.hooks import CatsFeed, CatsHooks
from connectors.hooks import Hint
from connectors.mapping import Unreadable

HOOKS = CatsHooks()
BODY = b'{"event":"pipeline.status_changed"}'
NUMBER = "0f6cbb6e-2a35-4f5c-8f31-1f1b6c2f9f5e"
AT = datetime(2026, 5, 3, 11, 20, tzinfo=UTC)
ADA = {
    "id": 407500121,
    "first_name": "Tove",
    "date_modified": "2026-05-03T11:20:00+00:00",
    "_embedded": {"emails": [{"id": 71, "email": "tove@lind.example", "is_primary": True}], "work_history": []},
}


def signed(body: bytes, secret: str, number: str = NUMBER) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body + number.encode(), hashlib.sha256).hexdigest()
    return {"X-Request-Id": number, "X-Signature": f"HMAC-SHA256 {digest}"}


def test_the_signature_is_over_the_body_and_the_requests_id():
    good = signed(BODY, "s3cret")

    assert HOOKS.verify(good, BODY, "s3cret")
    assert not HOOKS.verify(good, BODY + b" ", "s3cret")
    assert not HOOKS.verify(good, BODY, "other")
    assert not HOOKS.verify({**good, "X-Request-Id": NUMBER[:-1]}, BODY, "s3cret")
    assert not HOOKS.verify({**good, "X-Signature": good["X-Signature"].replace("SHA256", "SHA1")}, BODY, "s3cret")
    assert not HOOKS.verify({"X-Request-Id": NUMBER}, BODY, "s3cret")


@pytest.mark.parametrize(
    ("sent", "hint"),
    [
        (
            {"event": "candidate.updated", "candidate_id": 407500121, "date": "2026-05-03T13:20:00+02:00",
             "_embedded": {"candidate": ADA}},
            Hint("candidates", "407500121", ADA, at=AT),
        ),
        ({"event": "candidate.deleted", "candidate_id": "5", "_embedded": {"candidate": ADA}},
         Hint("candidates", "5", gone=True)),
        ({"event": "pipeline.created", "_links": {"pipeline": {"href": "pipelines/51200017"}}},
         Hint("pipelines", "51200017")),
        ({"event": "activity.created", "_embedded": {"activity": {"id": 9}}}, Hint("activities", "9", {"id": 9})),
        ({"event": "job.status_changed", "job_id": 7, "_embedded": {"job": {"id": 8}}, "date": "x"}, Hint("jobs", "7")),
        ({"event": "candidate.updated", "candidate_id": 407500121,
          "_embedded": {"candidate": {**ADA, "_embedded": {"work_history": [{}] * 1000}}}},
         Hint("candidates", "407500121")),
        ({"event": "company.updated", "company_id": 4}, None),
        ({"event": "weather.changed"}, None),
    ],
)  # fmt: skip
def test_what_a_body_hints_at(sent: Any, hint: Hint | None):
    assert HOOKS.hint(sent) == hint


@pytest.mark.parametrize(
    "sent", [None, [], "x", {}, {"event": 5}, {"event": "candidate"}, {"event": "job.created", "job_id": "a/b"}]
)
def test_what_cannot_be_read_says_so(sent: Any):
    with pytest.raises(Unreadable):
        HOOKS.hint(sent)


def shown(change: Any) -> Any:
    """The sent row after a change, as the list would show it."""
    row = copy.deepcopy(ADA)
    change(row)
    return HOOKS.listed(Cats.resource("candidates"), row, ADA)


def test_a_row_of_the_lists_shape_is_taken_and_any_other_is_not():
    assert shown(lambda row: row.update(first_name=None)) == {**ADA, "first_name": None}
    assert shown(lambda row: row.update(new=1)) is None
    assert shown(lambda row: row.pop("first_name")) is None
    assert shown(lambda row: row.update(id="407500121")) is None
    assert shown(lambda row: row["_embedded"].pop("emails")) is None
    assert shown(lambda row: row["_embedded"]["emails"][0].pop("is_primary")) is None


def test_an_embed_that_the_list_lacks_is_left_out_unless_it_is_read_here():
    assert shown(lambda row: row["_embedded"].update(activities=[{"id": 1}])) == ADA
    assert shown(lambda row: row["_embedded"].update(phones=[])) is None
    pipeline = {"id": 1, "candidate_id": 5, "status_id": 6}
    embedding = {**pipeline, "_embedded": {"candidate": {"id": 5}, "status": {"id": 6}}}
    assert HOOKS.listed(Cats.resource("pipelines"), embedding, pipeline) == pipeline


def test_the_feed_begins_a_little_before_the_clock():
    assert CatsFeed().begin(AT) == {"starting_after_timestamp": int(AT.timestamp()) - 60}
