"""The emulated Homerun lets in and refuses as Homerun's reference says: limit, keys, scopes, links, writes."""

import pytest
from werkzeug.test import Client

from connectors.homerun.emulator import Emulator
from connectors.homerun.emulator_doors import SCOPES
from tests.connectors.homerun.asking import ask, data, small


def test_ping_is_not_wrapped():
    assert ask(small(), "/v2/ping").json == {"pong": True}


def test_checks_run_in_order_limit_key_plan_scope_route_record_validation():
    now = [1000.0]
    emulator = small(keys={"5|none": []}, limit=6, clock=lambda: now[0])
    emulator.plan_gone = True

    assert ask(emulator, "/v2/nowhere", key="wrong").status_code == 401
    assert ask(emulator, "/v2/nowhere", key="5|none").status_code == 402
    emulator.plan_gone = False
    assert ask(emulator, "/v2/nowhere", key="5|none").status_code == 404
    assert ask(emulator, "/v2/vacancies/none?include[]=none", key="5|none").status_code == 403
    assert ask(emulator, "/v2/vacancies/none?include[]=none").status_code == 404
    known = emulator.jobs[0].id
    assert ask(emulator, f"/v2/vacancies/{known}?include[]=none").status_code == 400
    assert ask(emulator, "/v2/ping", key="5|none").status_code == 200
    assert ask(emulator, "/v2/ping", key="5|none").status_code == 429


def test_refusals_have_the_documented_bodies_slips_included():
    emulator = small(limit=3)

    assert ask(emulator, "/v2/ping", key="wrong").json == {"code": 401, "error": True, "message": "Unauthenticated"}
    assert ask(emulator, "/v2/vacancies/x").json == {"code": 403, "error": True, "message": "Not found"}
    assert ask(emulator, "/v2/vacancies?include[]=x").json == {
        "code": 400,
        "error": True,
        "message": "The given input was invalid",
        "details": [{"param": "include", "message": "Requested include(s) `x` are not allowed"}],
    }
    ask(emulator, "/v2/ping")
    limited = ask(emulator, "/v2/ping")
    assert (limited.status_code, limited.json) == (
        429,
        {"code": 400, "error": True, "message": "The given input was invalid", "details": []},
    )


@pytest.mark.parametrize("limit_by", ["account", "key"])
def test_sixty_calls_a_minute_by_account_or_key_and_a_wait_that_is_true(limit_by: str):
    now = [5000.0]
    emulator = Emulator(jobs=1, people=1, limit_by=limit_by, keys={"2|other": SCOPES}, clock=lambda: now[0])
    for left in range(59, -1, -1):
        assert ask(emulator, "/v2/ping").headers["X-RateLimit-Remaining"] == str(left)
    now[0] += 21.5
    limited = ask(emulator, "/v2/ping")
    other = ask(emulator, "/v2/ping", key="2|other")

    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "39")
    assert limited.headers["X-RateLimit-Limit"] == "60"
    assert limited.headers["X-RateLimit-Reset"] == "5061"
    assert other.status_code == (429 if limit_by == "account" else 200)
    now[0] += 38.5
    assert ask(emulator, "/v2/ping").status_code == 200


def test_an_account_may_keep_silent_about_its_limit():
    emulator = small(limit=1, rate_headers=False)
    answers = [ask(emulator, "/v2/ping"), ask(emulator, "/v2/ping")]

    assert [answer.status_code for answer in answers] == [200, 429]
    names = [name.lower() for answer in answers for name, _ in answer.headers]
    assert not any(name.startswith(("x-ratelimit", "retry")) for name in names)


def test_a_key_dies_at_its_date_or_when_it_is_deleted():
    now = [10.0]
    emulator = small(keys={"3|brief": SCOPES}, expires={"3|brief": 20}, clock=lambda: now[0])

    assert ask(emulator, "/v2/ping", key="3|brief").status_code == 200
    now[0] = 20
    assert ask(emulator, "/v2/ping", key="3|brief").status_code == 401
    emulator.revoked.add(emulator.key)
    assert ask(emulator, "/v2/ping").status_code == 401


def test_signed_links_need_no_key_and_live_five_minutes():
    now = [2000.0]
    emulator = small(clock=lambda: now[0])
    person = next(person for person in emulator.people if person.files)
    link = data(emulator, f"/v2/job-applications/{person.id}")["files"][0]["temporary_download_url"]

    def fetch(url: str) -> int:
        return Client(emulator).get(url.removeprefix("https://api.homerun.co")).status_code

    assert Client(emulator).get(link.removeprefix("https://api.homerun.co")).data == person.files[0].content
    assert fetch(link.replace("expires=2300", "expires=9999")) == 403
    now[0] += 300
    assert fetch(link) == 200
    now[0] += 1
    assert fetch(link) == 403
    assert "/v2/" not in link


@pytest.mark.parametrize(
    ("path", "required"),
    [
        ("/v2/job-applications", ["first_name", "last_name", "email"]),
        ("/v2/job-applications/{id}/notes", ["note", "display_name"]),
        ("/v2/job-applications/{id}/files", ["type", "file"]),
    ],
)
def test_writes_are_refused_by_scope_then_by_what_is_missing(path: str, required: list[str]):
    emulator = small(keys={"6|reader": [scope for scope in SCOPES if scope.endswith("read")]})
    path = path.format(id=emulator.people[0].id)
    refused = ask(emulator, path, method="POST", json={})

    assert refused.status_code == 400
    assert refused.json is not None
    assert [detail["param"] for detail in refused.json["details"]] == required
    assert ask(emulator, path, method="POST", json={}, key="6|reader").status_code == 403
    assert (len(emulator.people), emulator.effects) == (120, [])
