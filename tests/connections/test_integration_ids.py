"""A connection's id as 24 letters and digits, and back."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atsbridge.connections.integration_ids import connection_id, integration_id


@given(st.uuids())
def test_an_integration_id_leads_back_to_its_uuid(uuid):
    text = integration_id("homerun", uuid)

    assert re.fullmatch(r"homerun:[0-9A-Za-z]{24}", text)
    assert connection_id(text) == uuid


@pytest.mark.parametrize("uuid", [UUID(int=0), UUID(int=1), UUID(int=2**128 - 1)])
def test_the_smallest_and_the_largest(uuid):
    assert connection_id(integration_id("cats", uuid)) == uuid


ZEROS = "0" * 24
WRONG = (
    "",
    "homerun",
    "homerun:",
    f"homerun:{ZEROS[1:]}",
    f"homerun:{ZEROS}0",
    "homerun:" + "z" * 24,
    f":{ZEROS}",
    "a:" + "ä" * 24,
)


@pytest.mark.parametrize("text", WRONG)
def test_anything_else_stands_for_nothing(text):
    with pytest.raises(ValueError, match=r"."):
        connection_id(text)
