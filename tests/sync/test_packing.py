"""What pages carried comes back, and what a whole run met takes little room however much it is."""

import tracemalloc
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from atsbridge.sync.packing import Met, pack, unpack


def numbers(start: int, count: int = 100) -> list[tuple[str, str]]:
    return [("candidate", str(407500121 + place * 7)) for place in range(start, start + count)]


def test_packed_ids_are_small_and_come_back():
    assert len(pack(numbers(0))) < 600
    assert unpack(pack(numbers(0))) == {"candidate": [remote_id for _, remote_id in numbers(0)]}
    assert unpack(b"") == {}


IDS = st.lists(st.tuples(st.sampled_from(["candidate", "job", "tag"]), st.text("ab1:é", min_size=1, max_size=4)))


@given(pages=st.lists(IDS, max_size=6), asked=st.text("ab1:é", min_size=1, max_size=4))
def test_exactly_what_pages_carried_was_met(pages: list[list[tuple[str, str]]], asked: str):
    met = Met.of(map(pack, pages), ["candidate", "job"])
    truth = {model: {one for page in pages for of, one in page if of == model} for model in ("candidate", "job")}

    assert {model: len(some) for model, some in met.items()} == {model: len(ids) for model, ids in truth.items()}
    assert all(one in met[model] for model, ids in truth.items() for one in ids)
    assert {model: asked in met[model] for model in met} == {model: asked in truth[model] for model in truth}


def test_what_a_big_run_met_takes_two_megabytes_and_little_more_while_it_is_gathered():
    def pages() -> Iterator[bytes]:
        return (pack(numbers(start)) for start in range(0, 200_000, 100))

    tracemalloc.start()
    try:
        met = Met.of(pages(), ["candidate"])["candidate"]
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (len(met), held < 2_000_000, peak < 2_500_000) == (200_000, True, True), (held, peak)
    assert all(remote_id in met for _, remote_id in numbers(123_400))
    assert not any(remote_id in met for _, remote_id in numbers(200_000))
