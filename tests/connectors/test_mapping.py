"""Mappings name every field, read paths, and set aside what they cannot read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors import unified
from connectors.mapping import Always, At, Known, Mapping, Unavailable, Unreadable
from connectors.paths import at, blank
from connectors.values import convert, day, instant, text

NOT_HERE = Unavailable("not here")


def application(**named: Any) -> Mapping:
    fields = dict.fromkeys(unified.Application.fields(), NOT_HERE)
    return Mapping(unified.Application, remote_id=At("id"), **{**fields, "candidate_id": At("who"), **named})


def only(mapping: Mapping, row: Any, **more: Any) -> Any:
    [made] = mapping.make({"": row, **more}, {"words": {"1": "One"}})
    return made


def test_a_field_that_is_not_named_or_not_known_fails_at_once():
    with pytest.raises(TypeError, match=r"of Tag must name every field.*missing \['name'\], unknown \['nme'\]"):
        Mapping(
            unified.Tag,
            remote_id=At("id"),
            nme=At("name"),
            remote_url=NOT_HERE,
            remote_created_at=NOT_HERE,
            remote_updated_at=NOT_HERE,
        )


@pytest.mark.parametrize(
    ("remote_id", "ours"),
    [(17, "17"), (" a ", "a"), (0, "0"), (None, None), ("", None), (True, None), ([1], None), ({}, None)],
)
def test_ids_are_text_and_a_row_without_one_makes_nothing(remote_id: Any, ours: str | None):
    made = application().make({"": {"id": remote_id, "who": "w"}}, {})

    assert [record.remote_id for record in made] == ([] if ours is None else [ours])


def test_words_read_paths_fixed_values_and_what_is_known_beside():
    mapping = application(
        source=At("from.name", as_=text),
        current_stage_id=Known("at", as_=lambda beside, at: beside["words"][at]),
        outcome=Always("PENDING"),
        custom_fields=At("fields", source="detail"),
    )
    made = only(mapping, {"id": 1, "who": "w", "from": {"name": " fair "}, "at": "1"}, detail={"fields": {"a": 1}})

    assert made.warnings == []
    assert made.values == unified.Application(
        candidate_id="w", source="fair", current_stage_id="One", outcome=made.values.outcome, custom_fields={"a": 1}
    )
    assert (made.values.outcome, mapping.sources) == ("PENDING", {"detail"})


def test_a_source_that_was_not_read_gives_nothing():
    mapping = application(custom_fields=At("fields", source="detail", as_=lambda value: value["a"]))

    assert only(mapping, {"id": 1, "who": "w", "fields": {"a": 1}}).values.custom_fields is None


def test_a_value_that_cannot_be_read_is_set_aside_with_its_reason_and_the_record_stays():
    mapping = application(hired_at=At("hired", as_=instant), outcome=At("outcome"))
    made = only(mapping, {"id": 1, "who": "w", "hired": "yesterday", "outcome": "MAYBE"})

    assert made.values == unified.Application(candidate_id="w")
    assert made.warnings == ["Outcome: Invalid enum value 'MAYBE'", "Hired at: Invalid isoformat string: 'yesterday'"]


@pytest.mark.parametrize("row", [{"id": 1}, {"id": 1, "who": None}, {"id": 1, "who": ["x"]}])
def test_a_record_without_what_it_must_have_is_unreadable(row: dict[str, Any]):
    with pytest.raises(Unreadable, match=r"^Candidate"):
        application().make({"": row}, {})


def test_a_row_is_cut_into_records_and_so_is_a_detail():
    fields: dict[str, Any] = {**dict.fromkeys(unified.Tag.fields(), NOT_HERE), "name": At("name")}
    of_row = Mapping(unified.Tag, remote_id=At("id"), each=lambda row, beside: row["tags"], **fields)
    of_detail = Mapping(
        unified.Tag, remote_id=At("id"), each=lambda row, beside: row.get("tags", []), detail="d", **fields
    )
    tags = [{"id": 1, "name": "a"}, {"id": None, "name": "b"}, {"id": 3, "name": "c"}]

    assert [(made.remote_id, made.values.name) for made in of_row.make({"": {"tags": tags}}, {})] == [  # type: ignore[attr-defined]
        ("1", "a"),
        ("3", "c"),
    ]
    assert [made.remote_id for made in of_detail.make({"": {}, "d": {"tags": tags}}, {})] == ["1", "3"]
    assert of_detail.make({"": {"tags": tags}}, {}) == []
    assert of_detail.sources == {"d"}


def test_lists_that_know_no_null_are_empty_instead():
    fields: dict[str, Any] = dict.fromkeys(unified.Candidate.fields(), NOT_HERE)
    fields["phone_numbers"] = At("phones")
    mapping = Mapping(unified.Candidate, remote_id=At("id"), **fields)

    assert only(mapping, {"id": 1}).values == unified.Candidate(email_addresses=[], phone_numbers=[])
    broken = only(mapping, {"id": 1, "phones": "none"})
    assert (broken.values.phone_numbers, len(broken.warnings)) == ([], 1)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", {"a": {"b": [{"c": 1}, {"d": 2}]}, "e": None}),
        ("a.b[].c", [1, None]),
        ("a.b[]", [{"c": 1}, {"d": 2}]),
        ("a.x.y", None),
        ("e.f", None),
        ("e[]", []),
        ("e[].f", []),
        ("a.b.c", None),
    ],
)
def test_paths_read_what_is_there(path: str, found: Any):
    assert at({"a": {"b": [{"c": 1}, {"d": 2}]}, "e": None}, path) == found


def test_blank_empties_paths_in_a_copy_and_adds_nothing():
    row = {"photo": "x", "files": [{"url": "y", "name": "n"}, {"name": "m"}, "odd"], "deep": {"url": "z"}}

    assert blank(row, ("photo", "files[].url", "deep.url", "deep.none", "none.url")) == {
        "photo": None,
        "files": [{"url": None, "name": "n"}, {"name": "m"}, "odd"],
        "deep": {"url": None},
    }
    assert row["photo"] == "x"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-10-02T08:14:55Z", (8, 14, 55, 0)),
        ("2026-10-02T08:14:55.000001Z", (8, 14, 55, 1)),
        ("2026-10-02T10:14:55+02:00", (8, 14, 55, 0)),
        ("2026-10-02T08:14:55", (8, 14, 55, 0)),
        ("2026-10-02", (0, 0, 0, 0)),
    ],
)
def test_instants_of_any_spelling_are_utc(value: str, read: tuple[int, int, int, int]):
    assert instant(value) == datetime(2026, 10, 2, *read, tzinfo=UTC)


@pytest.mark.parametrize("value", ["soon", 17, "2026-13-01", "9999-12-31T23:59:59-23:59"])
def test_what_is_no_instant_says_so(value: Any):
    with pytest.raises(ValueError, match=r"time|isoformat|month|years"):
        instant(value)


def test_small_readers_answer_none_for_nothing():
    assert [instant(value) for value in (None, "")] == [None, None]
    assert [day(value) for value in (None, "", "2026-10-02T08:00:00Z")] == [None, None, "2026-10-02"]
    blanks: list[Any] = [None, "", "  ", {}, []]
    assert [text(value) for value in blanks] == [None] * 5
    assert (text(" a "), text(5)) == ("a", "5")
    assert convert("3.5", float) == 3.5
    with pytest.raises(ValueError, match="Expected"):
        convert("x", int)
