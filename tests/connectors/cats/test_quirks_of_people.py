"""Each quirk of CATS's people, by name, on recorded answers."""

import pytest

from tests.connectors.cats.recorded import example, make, one, row

PAGE = "https://veldwerk.catsone.com/index.php?m=candidates&a=show&candidateID="


def test_a_candidate_reads_whole():
    tags = {"_embedded": {"tags": [{"id": 70, "title": "Early"}, {"id": "71", "title": "Late"}]}}

    assert one("candidates", row("candidates"), tags=tags) == {
        "first_name": "Ioana",
        "last_name": "Țăruș",
        "email_addresses": [
            {"email_address": "ioana@mail.example.test", "type": "PRIMARY"},
            {"email_address": "ioana@work.example.test", "type": "SECONDARY"},
        ],
        "phone_numbers": [
            {"phone_number": "+31600000099", "type": "MOBILE"},
            {"phone_number": "+31770000000", "type": "WORK", "extension": "14"},
        ],
        "title": "Grower",
        "company": "Kas & Co",
        "location": {
            "raw": "Dorpsstraat 1, 5961 AA Horst, Limburg, NL",
            "street_1": "Dorpsstraat 1",
            "zip_code": "5961 AA",
            "city": "Horst",
            "state": "Limburg",
            "country": "NL",
        },
        "source": "Career Portal",
        "social_media": [
            {"link": "https://www.linkedin.com/in/ioana", "type": "LINKEDIN"},
            {"link": "https://ioana.example.test", "type": "WEBSITE"},
        ],
        "work_history": [
            {
                "title": "Grower",
                "company": "Kas & Co",
                "location": {"raw": "Horst", "city": "Horst"},
                "start_date": "2024-03-01",
                "is_current": True,
                "supervisor": "Piet",
            },
            {
                "title": "Packer",
                "start_date": "2022-05-01",
                "end_date": "2024-02-28",
                "is_current": False,
                "reason_for_leaving": "Moved",
            },
        ],
        "tag_ids": ["70", "71"],
        "custom_fields": {
            "Boots": "Large",
            "Speaks": ["Polski", "Română"],
            "Boots (503)": "own pair",
            "Mentor": "21",
            "599": "left over",
        },
        "remote_url": f"{PAGE}40071",
        "remote_created_at": "2026-04-02T08:00:00Z",
        "remote_updated_at": "2026-04-02T08:30:00Z",
    }


def test_an_old_row_without_embeds_is_read_from_its_summaries_and_its_bare_date():
    assert one("candidates", row("candidates", 1)) == {
        "first_name": "Bo",
        "last_name": "Old",
        "email_addresses": [{"email_address": "bo@mail.example.test", "type": "PRIMARY"}],
        "phone_numbers": [{"phone_number": "06 456", "type": "MOBILE"}, {"phone_number": "077 123", "type": "HOME"}],
        "remote_url": f"{PAGE}40072",
        "remote_created_at": "2014-05-01T00:00:00Z",
    }


def test_embedded_rows_count_even_where_they_are_none():
    bare = row("candidates", 1, _embedded={"emails": [], "phones": []})

    assert "email_addresses" not in one("candidates", bare)
    assert "phone_numbers" not in one("candidates", bare)


def test_tags_are_unread_until_the_detail_and_none_where_it_has_no_embedded():
    unread = make("candidates", row("candidates"))[0].values
    none = make("candidates", row("candidates"), tags={"count": 0})[0].values

    assert (unread.tag_ids, none.tag_ids) == (None, [])  # type: ignore[attr-defined]


def test_equal_labels_are_told_apart_and_the_older_field_keeps_its_own():
    beside = example("beside")
    beside["candidates/custom_fields"].reverse()

    assert list(one("candidates", row("candidates"), beside)["custom_fields"])[:3] == ["Boots", "Speaks", "Boots (503)"]


def test_a_value_that_brings_its_definition_needs_no_list_of_them():
    definition = {"id": 599, "name": "Glove", "field": {"type": "dropdown", "selections": [{"id": 3, "label": "Left"}]}}
    values = [{"id": 599, "value": 3, "_embedded": {"definition": definition}}]

    found = one("candidates", row("candidates", _embedded={"custom_fields": values}))

    assert found["custom_fields"] == {"Glove": "Left"}


def test_a_selection_that_was_taken_away_shows_its_id():
    values = [{"id": 501, "value": 99}, {"id": 502, "value": [21, 98]}]
    found = one("candidates", row("candidates", _embedded={"custom_fields": values}))

    assert found["custom_fields"] == {"Boots": 99, "Speaks": ["Polski", 98]}


def test_a_false_and_a_zero_are_values_and_nothing_is_none():
    values = [{"id": 501, "value": None}, {"id": 502, "value": []}, {"id": 503, "value": ""}]
    found = one(
        "candidates",
        row("candidates", _embedded={"custom_fields": [*values, {"id": 598, "value": False}, {"id": 597, "value": 0}]}),
    )

    assert found["custom_fields"] == {"598": False, "597": 0}


def test_a_position_whose_date_cannot_be_read_keeps_the_rest():
    positions = [{"id": 1, "title": "Picker", "start_date": "spring", "end_date": "2020-01-31T00:00:00+00:00"}]
    made_ = make("candidates", row("candidates", _embedded={"work_history": positions}))[0]

    assert made_.warnings == []
    assert one("candidates", row("candidates", _embedded={"work_history": positions}))["work_history"] == [
        {"title": "Picker", "end_date": "2020-01-31"}
    ]


def test_a_time_that_cannot_be_read_is_set_aside_with_a_warning_and_the_person_kept():
    made_ = make("candidates", row("candidates", date_modified="yesterday"))[0]

    assert made_.remote_id == "40071"
    assert [warning.partition(":")[0] for warning in made_.warnings] == ["Updated at"]


@pytest.mark.parametrize(
    ("username", "email"),
    [
        ("ada@example.test", "ada@example.test"),
        ("ada", None),
        ("ada@home", None),
        ("a b@example.test", None),
        (None, None),
    ],
)
def test_users_have_no_mail_but_a_name_that_may_be_one(username: str | None, email: str | None):
    found = one("users", {"id": 20, "username": username, "first_name": "Ada", "last_name": ""})

    assert found == {"first_name": "Ada"} | ({"email": email} if email else {})
