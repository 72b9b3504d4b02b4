"""An opened connection: credentials for this use only, every exchange logged, access renewed by one at a time."""

import time
import zlib
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from werkzeug.wrappers import Request

import connectors
from atsbridge.connections import books, budget, exchanges, linking, opening
from atsbridge.connections.budget import HELD_SECONDS
from atsbridge.connections.models import Connection, Credential, Exchange
from connectors import http
from connectors.base import Connector, Limit, Permission
from connectors.credentials import Secret
from connectors.emulation import Emulator, route
from connectors.errors import AuthFailed, NotFound, RateLimited, TemporaryFailure
from tests.connections.accounts import checked, mounted


def test_every_exchange_leaves_a_row_with_what_caused_it(linked, homerun):
    Exchange.objects.all().delete()
    with opening.opened(linked, by="detail", by_id=linked.pk, walk="vacancies") as connector:
        connector.page(connector.resource("vacancies"), {"page": 1, "perPage": 2})

    row = Exchange.objects.get()
    assert (row.connection_id, row.by, row.by_id, row.walk) == (linked.pk, "detail", linked.pk, "vacancies")
    assert (row.method, row.path, row.query, row.status) == ("GET", "vacancies", "page=1&perPage=2", 200)
    assert (row.size > 100, bytes(row.body), row.error) == (True, b"", "")
    assert "authorization" not in row.request_headers
    assert row.response_headers["x-ratelimit-limit"] == "60"


@pytest.fixture
def clock(monkeypatch):
    """What `Books` take for the time, in seconds: it stands still until somebody moves it, however slow the machine."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(books, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_who_makes_many_calls_takes_some_at_once_and_writes_them_down_together_but_failures_at_once(
    clock, linked, homerun
):
    Exchange.objects.all().delete()
    counted = budget.use(linked).own
    known: list[tuple[list[int | None], int]] = []

    def look() -> None:
        statuses = list(Exchange.objects.order_by("id").values_list("status", flat=True))
        known.append((statuses, budget.use(linked).own - counted))

    with opening.opened(linked, by="run", patient=True) as connector:
        for _ in range(2):
            connector.talk.send("GET", "vacancies")
            look()
        homerun.fail("404", times=1)
        with pytest.raises(NotFound):
            connector.talk.send("GET", "vacancies")
        look()
        connector.talk.send("GET", "vacancies")
    look()

    assert known == [([], 1), ([200], 9), ([200, 200, 404], 3), ([200, 200, 404, 200], 4)]


def test_calls_that_were_taken_ahead_are_given_back_where_the_next_one_is_long_in_coming(clock, linked, homerun):
    counted = budget.use(linked).own
    taken: list[int] = []
    with opening.opened(linked, by="run", patient=True) as connector:
        for pause in (0, 0, HELD_SECONDS * 1.1, 0, HELD_SECONDS * 1.1, HELD_SECONDS * 1.1):
            clock.now += pause
            connector.talk.send("GET", "vacancies")
            taken.append(budget.use(linked).own - counted)

    assert taken == [1, 9, 3, 11, 5, 6]
    assert budget.use(linked).own == counted + 6


@pytest.fixture
def ahead(clock, linked, homerun):
    """A connector that holds calls, taken ahead."""
    with opening.opened(linked, by="run", patient=True) as connector:
        for _ in range(3):
            connector.talk.send("GET", "vacancies")
        yield connector


def other(connection, purpose="read"):
    return budget.Purse("homerun", budget.account_of(connection.account_id, connection.fingerprint), purpose)


def test_nobody_uses_what_was_taken_ahead_after_the_429_of_another(ahead, linked):
    refused = other(linked)
    refused.take()
    refused.told(
        [http.Exchange("GET", "vacancies", "", timezone.now(), status=429, response_headers={"retry-after": "20"})]
    )

    with pytest.raises(RateLimited):
        ahead.talk.send("GET", "vacancies")


def test_what_was_taken_ahead_is_left_to_a_write_that_waits(ahead, linked):
    write = other(linked, "write")
    while write.take() == 0:
        pass

    with pytest.raises(RateLimited):
        ahead.talk.send("GET", "vacancies")


def test_only_a_failed_exchange_keeps_its_body_and_it_holds_no_secret(linked, homerun):
    homerun.fail("malformed", times=3)
    with opening.opened(linked, by="run") as connector:
        connector.talk.sleep = lambda seconds: None
        with pytest.raises(TemporaryFailure):
            connector.talk.get("vacancies", {"echo": homerun.key, "access_token": "abc", "page": 1})

    row = exchanges.failures(linked)[0]
    assert (row.status, exchanges.body(row)) == (200, '{"data": [')
    assert row.query == "echo=•••&access_token=•••&page=1"
    assert bytes(Exchange.objects.get(pk=row.pk).body) == zlib.compress(b'{"data": [')


def test_an_operators_missing_key_is_said_and_tried_again_later(linked):
    with (
        override_settings(CREDENTIAL_KEYS={"new": b"n" * 32}),
        pytest.raises(TemporaryFailure, match="sealed with the key 'example'"),
        opening.opened(linked, by="run"),
    ):
        pass


def test_another_tenants_credentials_do_not_open(linked, globex):
    Credential.objects.update(tenant=globex)
    Connection.objects.update(tenant=globex)
    moved = Connection._base_manager.get()
    with pytest.raises((AuthFailed, TemporaryFailure)), opening.opened(moved, by="run"):
        pass


# Renewal: a small ATS whose access expires


CLIENT = {"client_id": "acme", "client_secret": "a-well-kept-secret"}


def signed(values):
    """With the token, once there is one."""
    return {"Authorization": f"Bearer {values.get('access_token', 'none')}"}


class Ephemeral(Connector):
    """An ATS whose tokens die young."""

    slug, name, base_url = "ephemeral", "Ephemeral", "https://ephemeral.test/v1"
    credentials = (Secret("client_id", "Client id", secret=False), Secret("client_secret", "Client secret"))
    sign = signed
    limit = Limit(calls=100, per=60)
    permissions = (Permission("ping", "Read", "GET /ping", lambda talk: bool(talk.get("ping"))),)
    resources = ()

    def refresh(self):
        """A token for the client's secret."""
        given = {name: self.talk.credentials[name] for name in ("client_id", "client_secret")}
        return {"access_token": self.talk.send("POST", "token", body=given, signed=False).data["access_token"]}


class EphemeralEmulator(Emulator):
    """It knows one client, and counts the tokens that it gave."""

    base_path = "/v1"

    def __init__(self):
        super().__init__(limit=100, per=60)
        self.given, self.during = [], None

    @route("/token", "POST")
    def token(self, request: Request):
        if request.get_json()["client_secret"] != "a-well-kept-secret":
            return self.refusal(401, "invalid client")
        self.given.append(f"token-number-{len(self.given)}")
        return self.json({"access_token": self.given[-1]})

    @route("/ping")
    def ping(self, request: Request):
        fresh = self.given and request.headers["Authorization"] == f"Bearer {self.given[-1]}"
        return self.json({"pong": True}) if fresh else self.refusal(401, "expired")


@pytest.fixture
def ephemeral(monkeypatch):
    monkeypatch.setitem(connectors.REGISTRY, "ephemeral", f"{__name__}.Ephemeral")
    monkeypatch.setattr(connectors, "_load", lambda where: Ephemeral)
    monkeypatch.setitem(settings.CONNECTOR_URLS, "ephemeral", Ephemeral.base_url)
    with mounted("ephemeral", EphemeralEmulator()) as emulator:
        yield emulator


@pytest.fixture
def renewing(in_acme, ephemeral):
    """A linked account whose token has just expired."""
    attempt = checked(linking.begin(in_acme, "ephemeral", CLIENT))
    assert (attempt.state, attempt.error) == ("checked", "")
    connection = linking.finish(attempt, label="E", models=[])
    ephemeral.given.append("expired-by-now")
    return connection


def ping(connection):
    with opening.opened(connection, by="run") as connector:
        return connector.talk.get("ping").data


def test_expired_access_is_renewed_and_kept(renewing, ephemeral):
    assert ping(renewing) == {"pong": True}
    assert ping(renewing) == {"pong": True}

    assert ephemeral.given == ["token-number-0", "expired-by-now", "token-number-2"]
    kept = sorted(renewing.credentials.values_list("field", flat=True))
    assert kept == ["access_token", "client_id", "client_secret"]
    assert linking.recognised(renewing.tenant, "ephemeral", CLIENT) == renewing
    renewing.refresh_from_db()
    assert renewing.renewing_until is None


def test_the_token_exchange_is_logged_without_a_secret(renewing, ephemeral):
    ephemeral.fail("malformed", path="token")
    with pytest.raises(TemporaryFailure):
        ping(renewing)

    row = Exchange.objects.filter(path="token").latest("id")
    assert (row.method, row.status, bytes(row.body), row.query) == ("POST", 200, b"", "")
    everything = str(list(Exchange.objects.values()))
    assert not [secret for secret in ("a-well-kept-secret", *ephemeral.given) if secret in everything]


def test_who_finds_the_lease_taken_waits_and_takes_the_others_token(renewing, ephemeral, monkeypatch):
    Connection.objects.update(renewing_until=timezone.now() + timedelta(seconds=30))

    def other_worker(seconds):
        opening.keep(renewing, CLIENT | {"access_token": "expired-by-now"})
        Connection.objects.update(renewing_until=None)

    monkeypatch.setattr(time, "sleep", other_worker)

    assert ping(renewing) == {"pong": True}
    assert ephemeral.given[-1] == "expired-by-now"


def test_a_lease_that_stays_taken_is_an_answer_not_a_hang(renewing, monkeypatch):
    Connection.objects.update(renewing_until=timezone.now() + timedelta(seconds=30))
    monkeypatch.setattr(opening, "RENEWAL_WAIT", 0.2)

    with pytest.raises(RateLimited) as limited:
        ping(renewing)
    assert limited.value.wait == 0.2


def test_a_dead_workers_lease_runs_out(renewing):
    Connection.objects.update(renewing_until=timezone.now() - timedelta(seconds=1))
    assert ping(renewing) == {"pong": True}


def test_a_secret_that_the_provider_refuses_is_refused_access(renewing, ephemeral):
    ephemeral.fail("401", path="token")
    with pytest.raises(AuthFailed):
        ping(renewing)
    renewing.refresh_from_db()
    assert renewing.renewing_until is None
