"""The emulated CATS refuses, lists and changes as its reference says."""

import threading

import httpx
import pytest

from connectors.cats.connector import Cats
from connectors.cats.emulator import Emulator
from connectors.emulation import serve
from tests.connectors.cats.asking import Caller, said
from tests.connectors.cats.expected import expected
from tests.connectors.conftest import Connect
from tests.connectors.walking import walk

MANY = 10**6


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(jobs=12, people=130)


@pytest.fixture
def ask(emulator: Emulator) -> Caller:
    return Caller(emulator)


def test_content_type_then_key_then_limit_then_address_then_values(emulator: Emulator, ask: Caller):
    files = {"cv": ("cv.pdf", b"1")}

    assert said(ask("/nowhere", method="POST", files=files, auth="Token no")) == (415, "Unsupported Content-Type.")
    assert said(ask("/nowhere", auth="Token no")) == (401, "Invalid credentials.")
    assert said(ask("/nowhere")) == (404, "Not found.")
    assert said(ask("/candidates/1")) == (404, "Not found.")
    assert said(ask("/users/current")) == (404, "Not found.")
    assert said(ask("/site", method="DELETE")) == (404, "Not found.")
    assert said(ask("/jobs?page=0")) == (400, "page must be positive")
    emulator.limit = 0
    assert said(ask("/nowhere")) == (429, "Rate limit exceeded.")


@pytest.mark.parametrize("auth", ["", "Bearer {key}", "token {key}", "Token", "Token {key} ", "{key}"])
def test_only_the_scheme_token_opens(emulator: Emulator, ask: Caller, auth: str):
    assert ask("/site", auth=auth.format(key=emulator.key)).status_code == 401


def test_keys_come_and_go(emulator: Emulator, ask: Caller):
    emulator.keys.add("second")

    assert ask("/site", auth="Token second").status_code == 200
    emulator.revoked.add("second")
    assert ask("/site", auth="Token second").status_code == 401
    assert ask("/site").status_code == 200


def test_every_answer_has_an_id_and_all_but_401_the_limit(emulator: Emulator, ask: Caller):
    answers = [ask("/site"), ask("/nowhere"), ask("/site", auth=""), ask("/jobs?page=x")]

    assert len({answer.headers["x-request-id"] for answer in answers}) == 4
    assert [answer.headers.get("x-rate-limit-remaining") for answer in answers] == ["499", "498", None, "497"]
    assert answers[0].headers["x-rate-limit-limit"] == "500"


def test_an_hour_rolls(ask: Caller, emulator: Emulator):
    now = [0.0]
    emulator.clock, emulator.limit = (lambda: now[0]), 3
    for now[0] in (0, 1000, 2000):
        assert ask("/site").status_code == 200
    now[0] = 2500.5

    full = ask("/site")
    now[0] = 3600.0

    assert (full.status_code, full.headers["retry-after"]) == (429, "1100")
    assert [ask("/site").status_code for _ in range(2)] == [200, 429]


def test_pages_have_25_rows_unless_asked_and_never_more_than_100(ask: Caller):
    assert [ask(f"/candidates{query}").json()["count"] for query in ("", "?per_page=7", "?per_page=500")] == [
        25,
        7,
        100,
    ]
    assert ask("/candidates?per_page=500&page=2").json()["count"] == 30


def test_a_page_past_the_end_is_good_and_has_no_embedded(ask: Caller):
    answer = ask("/candidates?page=9")

    assert answer.status_code == 200
    assert answer.json() == {
        "count": 0,
        "total": 130,
        "_links": {
            "self": {"href": "/candidates?page=9&per_page=25"},
            "last": {"href": "/candidates?page=6&per_page=25"},
            "prev": {"href": "/candidates?page=8&per_page=25"},
        },
    }


@pytest.mark.parametrize(
    ("habit", "next_link"),
    [
        ("relative", "/candidates?page=2&per_page=25"),
        ("absolute", "https://api.catsone.com/v3/candidates?page=2&per_page=25"),
        ("query", "?page=2&per_page=25"),
        ("slashless", "candidates?page=2&per_page=25"),
    ],
)
def test_the_next_link_has_many_spellings(emulator: Emulator, ask: Caller, habit: str, next_link: str):
    emulator.options.next_link = habit

    assert ask("/candidates").json()["_links"]["next"] == {"href": next_link}
    assert "next" not in ask("/candidates?page=6").json()["_links"]


def test_embeds_stop_at_25_silently(emulator: Emulator, ask: Caller):
    emulator = Emulator(jobs=3, people=801)
    weary = next(person for person in emulator.account.candidates.values() if len(person.history) > 25)
    ask = Caller(emulator)

    row = ask(f"/candidates/{weary.id}").json()

    assert len(row["_embedded"]["work_history"]) == 25
    assert ask(f"/candidates/{weary.id}/work_history?per_page=100").json()["total"] == len(weary.history)


def test_mixed_offsets_tell_the_same_instant_differently(emulator: Emulator, ask: Caller):
    plain = ask("/pipelines?per_page=1").json()["_embedded"]["pipelines"][0]
    emulator.options.mixed_offsets = True
    mixed = ask("/pipelines?per_page=1").json()["_embedded"]["pipelines"][0]

    assert plain["date_created"].endswith("+00:00")
    assert mixed["date_created"].endswith("-05:00")


def test_every_address_that_links_name_answers(ask: Caller):
    """Portal addresses and thumbnails apart, which are pages and pictures."""
    paths = ["/candidates", "/jobs", "/pipelines", "/activities", "/tags", "/users", "/portals", "/pipelines/workflows"]
    paths += ["/jobs/statuses", "/candidates/custom_fields", "/jobs/custom_fields", "/companies", "/portals/12/jobs"]
    for path in paths:
        rows = next(iter(ask(f"{path}?per_page=2").json()["_embedded"].values()))
        links = [link["href"] for row in rows for link in row["_links"].values()]
        for href in links:
            if href.startswith("/"):
                assert ask(href).status_code == 200, href


def test_what_people_do_there_shows_in_the_truth(connect: Connect):
    emulator = Emulator(jobs=3, people=10, limit=MANY)
    account = emulator.account
    ada = emulator.person("Ada", "Lovelace", job="Baker", status="Submitted")
    baker = emulator.job("Baker")
    emulator.note(ada, "Knows yeast.", baker)
    emulator.attach(ada, "cv.pdf", is_resume=True)
    emulator.move(ada, to="Placed")
    emulator.change(emulator.status(baker, "Offered"), title="Made an offer")
    emulator.change(ada, title="Head Baker")
    emulator.delete(next(iter(account.candidates.values())))
    emulator.delete(next(iter(account.jobs.values())))
    emulator.delete(emulator.status(baker, "Contacted"))
    account.portals[12].jobs.append(baker.id)
    details = [str(ada.id), str(emulator.pipeline_of(ada).id)]

    found = walk(connect(Cats, emulator), details=details)

    assert found == expected(emulator, details=details)
    application = found["application", details[1]]
    assert (application["outcome"], application["job_id"]) == ("HIRED", str(baker.id))
    assert application["hired_at"] == application["remote_updated_at"]
    assert found["candidate", str(ada.id)]["title"] == "Head Baker"
    assert len([key for key in found if key[0] == "job_stage" and key[1].startswith(f"{baker.id}:")]) == 8


def test_twenty_thousand_people_are_served(emulator: Emulator):
    ask = Caller(Emulator(people=20_000, limit=MANY))

    assert [ask(f"/{name}?per_page=1").json()["total"] for name in ("jobs", "candidates")] == [40, 20_000]
    assert ask("/candidates?per_page=100&page=200").json()["count"] == 100


def test_it_speaks_over_a_real_port(emulator: Emulator):
    server = serve(emulator, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.port}/v3/jobs"
        answer = httpx.get(address, headers={"Authorization": f"Token {emulator.key}"}, trust_env=False)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

    assert answer.json()["total"] == 12
