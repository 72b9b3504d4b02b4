"""Lists: pages, order, filters, what is left out."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from atsbridge.records.models import Record
from tests.api.rows import START, Account, page

LONG_AGO = datetime(2020, 5, 4, 3, 2, 1, 987654, tzinfo=UTC)


def tags(account: Account, many: int) -> None:
    for number in range(many):
        account.put("tag", str(number), name=f"Tag {number}")


def people(account: Account, many: int) -> None:
    """People with everything that a page can embed or name."""
    account.put("application_stage", "s1", name="New")
    account.put("tag", "t1", name="Bread")
    for number in range(many):
        account.put("candidate", f"c{number}", first_name="Ada", tag_ids=["t1"])
        account.put("application", f"a{number}", candidate_id=f"c{number}", job_id="j1", current_stage_id="s1")
        account.put("attachment", f"f{number}", candidate_id=f"c{number}", application_id=f"a{number}")
        account.put("department", f"d{number}", name="Bakery", parent_id="d0")
        account.put("job", f"j{number}", department_id="d0")
        account.put("job_stage", f"j1:{number}", job_id="j1", stage_id="s1", index=number)


# Pages


def test_a_page_holds_100_rows_unless_a_limit_says_otherwise(cats, cats_machine):
    tags(cats, 101)

    first = cats_machine.read("tags")
    assert (first["result_count"], len(first["result"]), first["prev_cursor"]) == (100, 100, None)
    assert cats_machine.read("tags", limit=1000)["result_count"] == 101
    assert cats_machine.read("tags", limit=1)["result_count"] == 1


def test_both_cursors_are_sent_back_as_next_cursor(cats, cats_machine):
    tags(cats, 5)

    first = cats_machine.read("tags", limit=2)
    second = cats_machine.read("tags", limit=2, next_cursor=first["next_cursor"])
    third = cats_machine.read("tags", limit=2, next_cursor=second["next_cursor"])
    back = cats_machine.read("tags", limit=2, next_cursor=third["prev_cursor"])

    assert [[row["id"] for row in page["result"]] for page in (first, second, third)] == [["0", "1"], ["2", "3"], ["4"]]
    assert third["next_cursor"] is None
    assert back["result"] == second["result"]


def test_an_empty_cursor_is_the_first_page(cats, cats_machine):
    tags(cats, 2)

    assert cats_machine.read("tags", next_cursor="") == cats_machine.read("tags")


def test_an_empty_page_has_no_cursor(cats, cats_machine):
    assert cats_machine.read("tags") == page()

    tags(cats, 3)
    cursor = cats_machine.read("tags", limit=2)["next_cursor"]
    with scope(tenant=cats.tenant):
        Record.objects.filter(remote_id="2").delete()
    assert cats_machine.read("tags", limit=2, next_cursor=cursor) == page()


@pytest.mark.parametrize(
    "other", [{"sort_by": "created_at"}, {"id": "1"}, {"include_deleted": "true"}, {"updated_at[gt]": "2020-01-01"}]
)
def test_a_cursor_is_refused_for_other_filters_or_another_order(cats, cats_machine, other):
    tags(cats, 3)
    cursor = cats_machine.read("tags", limit=2)["next_cursor"]

    status, message = cats_machine.refusal("/unified/ats/tags", other, next_cursor=cursor)
    assert status == 400
    assert message.startswith("next_cursor: ")


def test_a_cursor_is_refused_for_another_connection_or_resource(machine, homerun, cats, cats_machine):
    for account in (homerun, cats):
        for number in range(3):
            account.put("department", str(number))
    cursor = machine.read("departments", limit=2)["next_cursor"]

    assert cats_machine.refusal("/unified/ats/departments", next_cursor=cursor)[0] == 400
    assert machine.refusal("/unified/ats/jobs", next_cursor=cursor)[0] == 400


def test_a_cursor_outlives_another_limit_and_other_fields(cats, cats_machine):
    tags(cats, 3)
    cursor = cats_machine.read("tags", limit=1)["next_cursor"]

    rest = cats_machine.read("tags", limit=5, next_cursor=cursor, truto_exclude_fields="name")["result"]
    assert [row["id"] for row in rest] == ["1", "2"]


@pytest.mark.parametrize("resource", ["candidates", "applications", "jobs", "departments", "attachments"])
def test_a_list_keeps_its_number_of_queries(machine, homerun, resource):
    for model in ("candidate", "job", "department", "attachment"):
        homerun.put(model, "bare")
    homerun.put("application", "bare", candidate_id="nobody")
    machine.read(resource)  # a key's first use is noted
    counts = [queries(machine, resource, 1000)]
    people(homerun, 60)
    counts += [queries(machine, resource, limit) for limit in (1, 3, 1000)]

    assert counts == [counts[0]] * 4


def queries(machine, resource: str, limit: int) -> int:
    with CaptureQueriesContext(database) as captured:
        machine.read(resource, limit=limit)
    return len(captured)


# Order


def test_rows_come_by_updated_at_then_id(cats, cats_machine):
    at = START + timedelta(days=1)
    for number in range(20):
        cats.put("tag", str(number), row={"touched_at": at + timedelta(microseconds=number % 2)})

    rows = cats_machine.read("tags")["result"]
    expected = sorted(range(20), key=lambda number: (number % 2, cats.id("tag", str(number))))
    assert [row["id"] for row in rows] == [str(number) for number in expected]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["old", "mid", "new"]),
        ({"sort_by": "updated_at"}, ["old", "mid", "new"]),
        ({"sort_by[updated_at]": "asc"}, ["old", "mid", "new"]),
        ({"sort_by[updated_at]": "desc"}, ["new", "mid", "old"]),
        ({"sort_by": "created_at"}, ["new", "old", "mid"]),
        ({"sort_by[created_at]": "desc"}, ["mid", "old", "new"]),
    ],
)
def test_sort_by(cats, cats_machine, asked, expected):
    cats.put("tag", "old")
    cats.put("tag", "mid")
    cats.put("tag", "new", row={"created_at": LONG_AGO})

    assert cats_machine.ids("tags", asked) == expected


# Times


@pytest.mark.parametrize(
    ("comparison", "expected"), [("gt", ["3"]), ("gte", ["2", "3"]), ("lt", ["1"]), ("lte", ["1", "2"])]
)
@pytest.mark.parametrize("name", ["created_at", "updated_at"])
@pytest.mark.parametrize("spelled", ["2026-03-01T09:00:02.000002Z", "2026-03-01T10:00:02.000002+01:00"])
def test_times_are_compared_to_the_microsecond(cats, cats_machine, name, comparison, expected, spelled):
    column = {"created_at": "created_at", "updated_at": "touched_at"}[name]
    for number in (1, 2, 3):
        cats.put("tag", str(number), row={column: datetime(2026, 3, 1, 9, 0, 2, number, tzinfo=UTC)})

    assert cats_machine.ids("tags", {f"{name}[{comparison}]": spelled}) == expected


def test_comparisons_narrow_each_other(cats, cats_machine):
    tags(cats, 4)
    times = [row["updated_at"] for row in cats_machine.read("tags")["result"]]

    assert cats_machine.ids("tags", {"updated_at[gt]": times[0], "updated_at[lt]": times[3]}) == ["1", "2"]


@pytest.mark.parametrize(
    "spelled", ["2026-03-01", "2026-03-01T00:00:00", "2026-03-01 00:00:00", "2026-03-01T01:00:00 01:00"]
)
def test_a_time_may_be_a_date_lack_an_offset_or_have_lost_its_plus(cats, cats_machine, spelled):
    cats.put("tag", "before", row={"touched_at": START - timedelta(days=1)})
    cats.put("tag", "after")

    assert cats_machine.ids("tags", {"updated_at[gte]": spelled}) == ["after"]


# Deleted


def test_deleted_records_leave_lists_and_are_shown_on_demand(cats, cats_machine):
    cats.put("tag", "1")
    cats.put("tag", "2", row={"deleted_at": LONG_AGO})

    assert cats_machine.ids("tags") == ["1"]
    assert "deleted_at" not in cats_machine.read("tags")["result"][0]
    shown = cats_machine.read("tags", include_deleted="true")["result"]
    assert [(row["id"], row["deleted_at"]) for row in shown] == [("1", None), ("2", "2020-05-04T03:02:01.987654Z")]
    assert cats_machine.ids("tags", include_deleted="false") == ["1"]


# What is left out


def test_remote_data_is_left_out_on_demand(machine, homerun):
    homerun.put("job", "1", remote={"": {"id": "1"}})

    assert machine.read("jobs")["result"][0]["remote_data"] == {"id": "1"}
    assert "remote_data" not in machine.read("jobs", truto_ignore_remote_data="true")["result"][0]
    assert "remote_data" in machine.read("jobs", truto_ignore_remote_data="false")["result"][0]


@pytest.mark.parametrize(
    "asked",
    [
        {"truto_exclude_fields": "name,applications, remote_data"},
        {"truto_exclude_fields[]": ["name", "applications", "remote_data"]},
        {
            "truto_exclude_fields[0]": "name",
            "truto_exclude_fields[1]": "applications",
            "truto_exclude_fields[2]": "remote_data",
        },
    ],
)
def test_fields_are_left_out_in_three_spellings(machine, homerun, asked):
    homerun.put("candidate", "c1", first_name="Ada")

    whole = machine.read("candidates")["result"][0]
    lean = machine.read("candidates", asked)["result"][0]
    assert lean == {name: value for name, value in whole.items() if name not in ("name", "applications", "remote_data")}


def test_a_field_that_is_left_out_costs_no_query(machine, homerun):
    people(homerun, 1)
    machine.read("candidates")
    with CaptureQueriesContext(database) as whole:
        machine.read("candidates")
    with CaptureQueriesContext(database) as lean:
        machine.read("candidates", truto_exclude_fields="applications,attachments")

    assert len(whole) - len(lean) == 3


def test_a_job_left_out_of_an_application_is_still_named_by_its_stage_no_more(machine, homerun):
    homerun.put("application", "a1", candidate_id="c1", job_id="j1", current_stage_id="s1")

    row = machine.read("applications", truto_exclude_fields="job")["result"][0]
    assert row["current_stage"] == {"id": "s1", "name": None, "status": None}


@pytest.mark.parametrize("asked", [{}, {"job_id": "j1"}])
def test_every_field_can_be_left_out(machine, homerun, asked):
    homerun.put("application_stage", "s1", name="New")
    homerun.put("job_stage", "j1:s1", job_id="j1", stage_id="s1", index=0)
    (whole,) = machine.read("job_interview_stages", asked)["result"]

    assert machine.read("job_interview_stages", asked, truto_exclude_fields=",".join(whole))["result"] == [{}]


def test_remote_query_is_accepted_and_named_as_ignored(machine, homerun):
    answer = machine.ask("/unified/ats/jobs", {"remote_query[expand]": "x", "remote_query[a][b]": "y\r\nX-Evil: 1"})

    assert answer.status_code == 200
    assert answer.headers["X-Ignored-Parameters"] == "remote_query[expand], remote_query[a][b]"
    assert "X-Ignored-Parameters" not in machine.ask("/unified/ats/jobs").headers


# Partial


def test_a_response_is_partial_where_a_rows_detail_is_unread(machine, homerun):
    homerun.put("candidate", "1", row={"detail_read_at": START})
    assert machine.read("candidates")["is_partial_response"] is False

    homerun.put("candidate", "2")
    homerun.put("job", "1")
    assert machine.read("candidates")["is_partial_response"] is True
    assert machine.read("jobs")["is_partial_response"] is False  # a Homerun job has no detail


def test_remote_data_is_the_detail_where_it_was_read(machine, homerun):
    homerun.put("candidate", "1", remote={"": {"short": 1}})
    homerun.put("candidate", "2", remote={"": {"short": 1}, "detail": {"long": 2}, "notes": {"notes": []}})
    homerun.put("candidate", "3", remote={})

    assert [row["remote_data"] for row in machine.read("candidates")["result"]] == [{"short": 1}, {"long": 2}, None]


def test_remote_data_of_cats_is_the_row_which_a_detail_refreshes(cats, cats_machine):
    cats.put("candidate", "1", remote={"": {"fresh": 1}, "candidate": {"fresh": 1}, "tags": {"count": 0}})

    assert cats_machine.one("candidates", "1", truto_ignore_remote_data="false")["remote_data"] == {"fresh": 1}
