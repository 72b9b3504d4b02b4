"""The link flow, from the choice of the ATS to the first sync, as people walk it."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.views.debug import SafeExceptionReporterFilter
from django_scopes import scope

import connectors
from atsbridge.connections import states, tasks
from atsbridge.connections.models import Attempt, Connection
from atsbridge.sync.models import Run
from atsbridge.tenants.models import AuditEntry
from tests.connections.accounts import READS, emulated, link
from tests.sync import harness

LINK = reverse("link", args=["acme"])
KEY = reverse("link_key", args=["acme", "homerun"])
OTHER = "18|another-key-of-somebody"


@pytest.fixture
def homerun():
    with emulated("homerun", keys={OTHER: READS[:2]}) as emulator:
        yield emulator


def words(page):
    """What a page says, without its tags."""
    text = re.sub(r"<(head|script|svg|nav|title|template).*?</\1>", " ", page.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def work(tenant):
    """What a worker does: take every attempt that waits."""
    with scope(tenant=tenant):
        waiting = list(Attempt.objects.filter(state="waiting").values_list("pk", flat=True))
    for pk in waiting:
        tasks.check(str(tenant.pk), str(pk))


def paste(client, key, address=KEY, **more):
    return client.post(address, {"api_key": key, **more})


def begun(client, key, **more):
    """The address of the check that a pasted key leads to."""
    answer = paste(client, key, **more)
    assert answer.status_code == 302
    assert "/attempts/" in answer.url
    return answer.url


def test_every_ats_is_offered_with_what_it_gives_and_what_is_impossible(alice):
    said = words(alice.get(LINK))

    for connector in connectors.every():
        assert f"Link {connector.name}" in said
        for why in connector.lacks.values():
            assert why in said.replace("&#x27;", "'")


def test_the_guide_stands_beside_the_form(alice):
    page = alice.get(KEY).content.decode()

    assert '<a href="https://app.homerun.co/settings/integrations" rel="noreferrer" target="_blank">' in page
    assert re.search(r'<pre class="body" id="guide-code-\d+" tabindex="0">vacancies:read\n', page)
    assert re.search(r'<button class="button small scripted" type="button" data-copy-from="guide-code-\d+">', page)
    assert '<input type="password" name="api_key"' in page


def test_the_whole_way_without_a_script(alice, acme, homerun):
    attempt = begun(alice, homerun.key)
    assert "0 of 4 tested · waits" in words(alice.get(attempt))

    work(acme)
    checked = alice.get(attempt)
    assert "4 of 4 tested" in words(checked)
    assert "every 1s" not in checked.content.decode()

    name = reverse("attempt_name", args=["acme", attempt.rstrip("/").rpartition("/")[2]])
    assert name in checked.content.decode()
    assert 'value="Homerun"' in alice.get(name).content.decode()
    answer = alice.post(
        name, {"label": "Amsterdam", "models": ["job", "candidate"], "interval": "60", "announce_each": "on"}
    )

    with scope(tenant=acme):
        connection, run = Connection.objects.get(), Run.objects.get()
        assert (connection.label, connection.reads, connection.interval) == ("Amsterdam", ["job", "candidate"], 60)
        assert connection.announce_each
        assert (run.connection, run.trigger, run.person) == (connection, "link", alice.person)
        assert [entry.kind for entry in AuditEntry.objects.all()] == ["connection.linked"]
    assert answer.url == reverse("run", args=["acme", run.pk])


def test_permissions_tick_off_while_they_are_tested(alice, acme, homerun):
    attempt = begun(alice, homerun.key)
    with scope(tenant=acme):
        ping = {"slug": "ping", "allowed": True, "models": [], "scope": "", "label": "x"}
        Attempt.objects.update(state="checking", verdicts=[ping])

    fragment = alice.get(attempt, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in fragment
    assert 'hx-trigger="every 1s"' in fragment
    said = re.findall(r'<li class="(\w+)[^"]*">.*?<span>(.*?)</span>.*?<span class="say">(.*?)</span>', fragment)
    assert [(tone, say) for tone, _, say in said] == [
        ("good", "Yes"), ("busy", "Asking …"), ("off", "Waits"), ("off", "Waits"),
        ("off", "Not tested"), ("off", "Not tested"), ("off", "Not tested"),
    ]  # fmt: skip


def test_a_missing_permission_says_what_will_not_work_and_lets_one_go_on(alice, acme, homerun):
    attempt = begun(alice, OTHER)
    work(acme)

    said = words(alice.get(attempt))
    assert "1 missing" in said
    assert "With this key, notes cannot be read." in said
    assert "Continue without notes" in said
    name = attempt + "name/"
    page = alice.get(name).content.decode()
    assert re.search(r'<input type="checkbox" name="models" value="note"[^>]* disabled', page)
    assert "Not possible with this key: it lacks job-application-notes:read" in page
    alice.post(name, {"label": "A", "models": ["job", "note"], "interval": "0"})
    with scope(tenant=acme):
        assert Connection.objects.get().reads == ["job"]


@pytest.mark.parametrize(
    ("fault", "error", "step"),
    [
        ("401", "Homerun refuses this key: it is wrong, expired or revoked.", "Make a new key in Homerun and paste"),
        ("402", "The key is right, but the plan of this Homerun account does not include", "for the plan Plus"),
        ("403", "The key works, but it may not do what is needed", "Make a key in Homerun with this permission"),
        ("503", "Homerun is down or does not answer", "That says nothing about the key."),
    ],
)
def test_a_check_that_fails_says_why_and_what_to_do(alice, acme, homerun, fault, error, step):
    attempt = begun(alice, homerun.key)
    homerun.fail(fault, times=20, path="" if fault != "403" else "?")
    work(acme)

    said = words(alice.get(attempt))
    assert error in said
    assert step in said
    assert "Emptied: we do not have it any more." in said
    assert "Use another key" in said
    with scope(tenant=acme):
        assert not Connection.objects.exists()


def test_the_page_says_when_nobody_takes_the_check(alice, acme, homerun):
    attempt = begun(alice, homerun.key)
    assert "No worker has taken this check yet" not in words(alice.get(attempt))

    with scope(tenant=acme):
        Attempt.objects.update(created_at=timezone.now() - timedelta(seconds=11))
    assert "No worker has taken this check yet" in words(alice.get(attempt))


def test_the_same_key_again_leads_to_its_connection(alice, acme, homerun):
    with scope(tenant=acme):
        connection = link(acme, "homerun", homerun.key, "Amsterdam")

    answer = paste(alice, homerun.key)

    assert answer.url == reverse("connection", args=["acme", connection.pk])
    assert "This key is linked already, as Amsterdam." in words(alice.get(answer.url))


def test_the_same_key_again_relinks_where_that_is_needed(alice, acme, homerun):
    with scope(tenant=acme):
        connection = link(acme, "homerun", homerun.key, "Amsterdam")
        states.needs_relink(connection, "It was refused")

    attempt = begun(alice, homerun.key)
    work(acme)

    assert "It is linked again" in words(alice.get(attempt))
    with scope(tenant=acme):
        assert [(one.pk, one.state) for one in Connection.objects.all()] == [(connection.pk, "active")]


def test_relinking_with_a_key_of_another_account_is_refused_and_offers_a_new_link(alice, acme, homerun):
    with scope(tenant=acme):
        connection = link(acme, "homerun", homerun.key, "Amsterdam")
    address = reverse("connection_relink", args=["acme", connection.pk])
    assert "Relink Amsterdam" in words(alice.get(address))
    with scope(tenant=acme):
        from atsbridge.sync import engine, schedule

        engine.run_whole(schedule.start(connection, "command").id)
    for person in homerun.people:
        person.id = f"x{person.id}"
    for job in homerun.jobs:
        job.id = f"x{job.id}"

    attempt = paste(alice, OTHER, address).url
    work(acme)

    page = alice.get(attempt)
    assert "This key opens a different Homerun account than Amsterdam is linked to." in words(page)
    assert f'href="{KEY}">Link another account' in page.content.decode()


def test_writing_is_tested_when_asked_and_only_then(alice, acme, homerun):
    attempt = begun(alice, homerun.key)
    work(acme)
    assert "Test writing too" in words(alice.get(attempt))

    assert alice.post(attempt).url == attempt
    work(acme)
    assert "7 of 7 tested" in words(alice.get(attempt))
    assert "Test writing too" not in words(alice.get(attempt))
    assert [call.method for call in homerun.calls if call.method != "GET"] == ["POST"] * 3


def test_a_label_that_is_taken_is_refused_and_nothing_typed_is_lost(alice, acme, homerun):
    with scope(tenant=acme):
        link(acme, "homerun", homerun.key, "Amsterdam")
    attempt = begun(alice, OTHER)
    work(acme)

    page = alice.post(attempt + "name/", {"label": "Amsterdam", "models": ["job"], "interval": "0"})
    assert page.status_code == 422
    assert "Another connection is called so. Add what tells them apart." in words(page)
    assert alice.post(attempt + "name/", {"label": "Utrecht", "models": []}).status_code == 422


def test_a_key_that_was_emptied_leads_back_to_the_form(alice, acme, homerun):
    attempt = begun(alice, homerun.key)
    work(acme)
    with scope(tenant=acme):
        Attempt.objects.update(state="expired", sealed={})

    assert "The key was emptied after an hour" in words(alice.get(attempt))
    assert alice.get(attempt + "name/").url == attempt
    assert alice.post(attempt).url == attempt
    assert "This key is no longer kept. Paste it again." in words(alice.get(attempt))


def test_an_empty_key_and_an_unknown_ats(alice):
    assert paste(alice, "  ").status_code == 422
    assert alice.get(reverse("link_key", args=["acme", "workday"])).status_code == 404


def test_no_page_of_the_flow_shows_the_key(alice, acme, homerun):
    attempt = begun(alice, homerun.key)
    work(acme)
    pages = [alice.get(address).content.decode() for address in (KEY, attempt, attempt + "name/")]
    pages.append(paste(alice, "").content.decode())

    assert not [page for page in pages if homerun.key in page]
    assert f"…{homerun.key[-4:]}" in pages[1]
    assert cache.get(homerun.key) is None


def test_no_report_of_an_error_would_show_what_was_pasted(alice, acme, homerun):
    with scope(tenant=acme):
        connection = link(acme, "homerun", homerun.key)
    for address in (KEY, reverse("connection_relink", args=["acme", connection.pk])):
        request = paste(alice, "17|a-key-of-somebody", address).wsgi_request
        assert "17|a-key" not in str(SafeExceptionReporterFilter().get_post_parameters(request))


def test_a_third_ats_is_linked_by_the_ordinary_form(alice, acme):
    address = reverse("link_key", args=["acme", "harbor"])
    with harness.with_harbor(), harness.mounted("harbor", harness.emulate("harbor")) as emulator:
        page = alice.get(address).content.decode()
        assert '<input type="text" name="client_id"' in page
        assert '<input type="password" name="client_secret"' in page

        attempt = alice.post(address, emulator.credentials).url
        work(acme)
        assert "Continue" in words(alice.get(attempt))
        alice.post(attempt + "name/", {"label": "Harbor", "models": ["job"], "interval": "0"})
        with scope(tenant=acme):
            connection = Connection.objects.get()
            assert sorted(connection.credentials.values_list("field", flat=True)) == [
                "access_token",
                "client_id",
                "client_secret",
            ]
        assert "Harbor Waiting Harbor" in words(alice.get(reverse("connection", args=["acme", connection.pk])))


def test_strangers_find_nothing_and_viewers_and_support_may_not(alice, bob, charlie, sam, acme, homerun):
    attempt = begun(alice, homerun.key)

    for address in (LINK, KEY, attempt, attempt + "name/"):
        for method in ("get", "post"):
            refused = [getattr(somebody, method)(address).status_code for somebody in (charlie, bob, sam)]
            assert refused == [404, 403, 403]
    elsewhere = attempt.replace("/acme/", "/globex/")
    assert charlie.get(elsewhere).status_code == 404


# The last day of a key


def test_the_last_day_of_a_key_goes_with_it_into_the_connection(alice, acme, homerun):
    attempt = begun(alice, homerun.key, expires_on="2999-03-31")
    work(acme)
    assert "The key expires on" not in words(alice.get(f"{attempt}name/"))
    alice.post(f"{attempt}name/", {"label": "Amsterdam", "models": ["job"], "interval": "0"})
    with scope(tenant=acme):
        connection = Connection.objects.get()
    assert connection.expires_on == date(2999, 3, 31)

    relink = reverse("connection_relink", args=["acme", connection.pk])
    refused = paste(alice, OTHER, relink, expires_on="2020-03-31")
    assert (refused.status_code, "That day is over." in words(refused)) == (422, True)
    assert OTHER not in refused.content.decode()
    paste(alice, OTHER, relink, expires_on="2999-12-31")
    work(acme)
    connection.refresh_from_db()
    assert connection.expires_on == date(2999, 12, 31)
