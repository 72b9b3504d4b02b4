"""The line that says whether a provider calls us, and why not."""

import re
from typing import Any

import pytest
from django.test import override_settings
from django.urls import reverse
from django_scopes import scope

from atsbridge.sync import hooks
from tests.sync import calling, harness

pytestmark = pytest.mark.django_db(transaction=True)


def line(browser: Any, connection: Any) -> str:
    """What the Health page says of webhooks, "" where it says nothing."""
    page = browser.get(reverse("connection", args=["acme", connection.pk])).content.decode()
    found = re.search(r"<dt>Webhooks</dt><dd>(.*?)</dd>", page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""


def test_it_says_since_when_and_when_the_last_one_came(acme, alice):
    with calling.calling(acme) as (emulator, connection):
        assert re.fullmatch(r"on since .+; none came yet", line(alice, connection))

        emulator.change(next(iter(emulator.account.candidates.values())), first_name="Grace")
        calling.deliver(emulator)
        assert re.fullmatch(r"on since .+; the last one came .+", line(alice, connection))


def test_it_says_why_not_and_what_to_do(acme, alice):
    emulator = harness.emulate("cats", jobs=1, people=1)
    connection = harness.link(acme, "cats", emulator)
    with scope(tenant=acme), harness.mounted("cats", emulator):
        assert line(alice, connection) == (
            "off: CATS cannot reach this installation. Whoever operates it sets HOOKS_URL to its public https address."
        )
        with override_settings(HOOKS_URL=calling.HUB):
            assert line(alice, connection) == "off: CATS was not asked for them yet."
            emulator.fail("404", path="webhooks")
            hooks.keep_registered(connection)
            assert line(alice, connection) == (
                "off: CATS refuses to send them: Not found. It is asked again every hour."
            )


def test_an_ats_that_sends_none_has_no_such_line(acme, alice):
    connection = harness.link(acme, "homerun", harness.emulate("homerun", jobs=1, people=1))

    assert line(alice, connection) == ""
