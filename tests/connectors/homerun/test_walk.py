"""A whole emulated account comes out as its truth says."""

import random
from typing import Any

import pytest

from connectors.homerun.connector import Homerun
from connectors.homerun.emulator import Emulator
from tests.connectors.conftest import Connect
from tests.connectors.homerun.asking import ask
from tests.connectors.homerun.expected import expected
from tests.connectors.homerun.test_emulator_papers import upload
from tests.connectors.homerun.test_emulator_writing import LIST, SEM, send
from tests.connectors.walking import rows_of, walk

MANY = 10**6
"""A limit that no test reaches."""


def test_two_thousand_people_and_fifty_details_equal_the_truth(connect: Connect):
    emulator = Emulator(limit=MANY)
    opened = random.Random(3).sample([person.id for person in emulator.people], 50)

    found = walk(connect(Homerun, emulator), details=opened)

    assert found == expected(emulator, details=opened)
    assert {slug for slug, _ in found} == set(Homerun.reads())
    assert sum(slug == "job" for slug, _ in found) == 40
    assert sum(slug == "candidate" for slug, _ in found) == 2000


@pytest.mark.parametrize(
    "switches",
    [
        {"stage_ids": False, "note_ids": False, "replies": False, "newer_includes": False},
        {"stage_ids": False, "new_in_stages": False, "with_meta": False, "dates": "micro"},
        {"strict": False, "newer_includes": False, "dates": "offset", "top_links": True},
        {"archived": "closed", "rate_headers": False},
        {"archived": "listed", "clamp": False},
    ],
    ids=["shapes of 2024", "no meta, no New", "lenient", "archived are closed", "archived are listed"],
)
def test_every_shape_of_the_account_equals_its_truth(connect: Connect, switches: dict[str, Any]):
    emulator = Emulator(people=300, limit=MANY, **switches)
    opened = [person.id for person in emulator.people[:60]]

    assert walk(connect(Homerun, emulator), details=opened) == expected(emulator, details=opened)


def test_other_seeds_imagine_others_and_the_same_seed_the_same(connect: Connect):
    first, again, other = (Emulator(jobs=5, people=40, seed=seed, limit=MANY) for seed in (1, 1, 2))

    assert expected(first) == expected(again)
    assert expected(first).keys().isdisjoint(key for key in expected(other) if key[0] in ("job", "candidate"))


def test_a_second_reading_stores_the_same_rows_although_signed_links_changed(connect: Connect):
    now = [1_800_000_000.0]
    emulator = Emulator(people=150, limit=MANY, clock=lambda: now[0])
    homerun = connect(Homerun, emulator)
    people = Homerun.resource("job-applications")
    opened = emulator.people[7].id

    first = rows_of(homerun, people), homerun.detail(people, opened)
    now[0] += 3600

    assert (rows_of(homerun, people), homerun.detail(people, opened)) == first
    assert "signature" not in str(first)


def test_what_was_written_is_read(connect: Connect):
    emulator = Emulator(jobs=4, people=20, limit=MANY)
    job = emulator.job("Baker", stages=("New", "Trial", "Hired"))
    made = send(emulator, "POST", "", {**SEM, "vacancy_id": job.id, "sources": ["Acme"], "city": "Breda"}, 201)
    path = f"/{made['data']['id']}"
    for stage in ("Trial", "Hired"):
        send(emulator, "PATCH", path, {"stage": {"name": stage}, "custom_data": {"a": "1"}}, 200)
    send(emulator, "POST", f"{path}/notes", {"note": "<b>Good</b>\nYes.", "display_name": "Acme"}, 201)
    upload(emulator, f"{path}/files", b"%PDF", "cv.pdf", type="resume")
    upload(emulator, f"{path}/photo", b"GIF89a", "me.gif")
    send(emulator, "PATCH", f"/{emulator.people[5].id}", {"vacancy_id": None}, 200)
    gone = emulator.people[7].id
    ask(emulator, f"{LIST}/{gone}", method="DELETE")

    found = walk(connect(Homerun, emulator), details=[path[1:]])

    assert found == expected(emulator, details=[path[1:]])
    assert found["application", path[1:]]["outcome"] == "HIRED"
    assert [document["file_name"] for (model, _), document in found.items() if model == "attachment"] == ["cv.pdf"]
    assert ("candidate", gone) not in found
