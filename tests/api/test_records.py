"""One record by its id: whose ids, what stands in them, what is not there."""

from datetime import UTC, datetime

import pytest

LONG_AGO = datetime(2020, 5, 4, 3, 2, 1, 987654, tzinfo=UTC)


def test_a_record_is_not_wrapped_and_the_same_as_in_the_list(machine, homerun):
    homerun.put("job", "j1", name="Baker", remote={"": {"id": "j1"}})

    assert machine.one("jobs", "j1") == machine.read("jobs")["result"][0]


def test_our_id_is_taken_as_well(machine, homerun):
    homerun.put("job", "j1")

    assert machine.one("jobs", homerun.id("job", "j1"))["id"] == "j1"


def test_the_providers_id_counts_before_ours(machine, homerun):
    homerun.put("job", "j1", name="one")
    homerun.put("job", homerun.id("job", "j1"), name="the other")

    assert machine.one("jobs", homerun.id("job", "j1"))["name"] == "the other"


@pytest.mark.parametrize(
    "name", ["a/b", "a//b", "/a", "a b", "50%", "é👩‍💻", "a?b#c", "a+b", "Line\nbreak", "%2F", "New/"]
)
def test_a_stages_id_is_the_rest_of_the_path(machine, homerun, name):
    homerun.put("application_stage", name, name=name)

    assert machine.one("job_interview_stages", name)["name"] == name


def test_a_slash_in_an_id_may_stand_there_as_it_is(machine, homerun):
    homerun.put("application_stage", "a/b", name="a/b")

    assert machine.read("job_interview_stages/a/b")["id"] == "a/b"


@pytest.mark.parametrize("path", ["jobs//j1", "jobs/j1/", "jobs///j1//"])
def test_doubled_slashes_beside_an_id_are_folded(machine, homerun, path):
    homerun.put("job", "j1")

    assert machine.read(path)["id"] == "j1"


def test_a_nul_in_an_id_is_stored_and_found_as_a_replacement(machine, homerun):
    homerun.put("application_stage", "a\ufffdb", name="odd")

    assert machine.one("job_interview_stages", "a\x00b")["name"] == "odd"


@pytest.mark.parametrize(
    "remote_id", ["nobody", "x" * 3000, "\x00", "-1", "١٢", "00000000-0000-0000-0000-000000000000", "{}"]
)
def test_an_unknown_id_is_not_there(machine, homerun, remote_id):
    homerun.put("job", "j1")

    with pytest.raises(AssertionError, match="This connection has no record of jobs with this id"):
        machine.one("jobs", remote_id)


def test_a_record_of_another_model_is_not_there(machine, homerun):
    homerun.put("candidate", "c1")

    assert machine.refusal(f"/unified/ats/jobs/{homerun.id('candidate', 'c1')}")[0] == 404


def test_a_deleted_record_is_not_there_but_on_demand(machine, homerun):
    homerun.put("job", "j1", row={"deleted_at": LONG_AGO})

    assert machine.refusal("/unified/ats/jobs/j1")[0] == 404
    assert machine.one("jobs", "j1", include_deleted="true")["deleted_at"] == "2020-05-04T03:02:01.987654Z"


def test_one_record_takes_the_same_wishes_as_a_list(machine, homerun):
    homerun.put("department", "d1", name="Bakery", remote={"": {"id": "d1"}})

    whole = machine.one("departments", "d1")
    lean = machine.one("departments", "d1", {"truto_exclude_fields[]": "name", "truto_ignore_remote_data": "true"})
    assert lean == {name: value for name, value in whole.items() if name not in ("name", "remote_data")}
    answer = machine.ask("/unified/ats/departments/d1", {"remote_query[x]": "1"})
    assert answer.headers["X-Ignored-Parameters"] == "remote_query[x]"


def test_one_record_takes_no_filters(machine, homerun):
    homerun.put("job", "j1")

    status, message = machine.refusal("/unified/ats/jobs/j1", status="open")
    assert status == 400
    assert message == (
        "status: It is no parameter of GET /unified/ats/jobs/{id}. Allowed: include_deleted, integrated_account_id,"
        " truto_exclude_fields, truto_ignore_remote_data, remote_query."
    )


def test_a_stranger_finds_nothing_of_acme(stranger, homerun):
    homerun.put("job", "j1")

    gone = (404, "There is no such integrated account. GET /integrated-account lists yours.")
    assert stranger.refusal("/unified/ats/jobs/j1") == gone
    assert stranger.refusal("/unified/ats/jobs") == gone
    assert stranger.refusal(f"/unified/ats/jobs/{homerun.id('job', 'j1')}") == gone


def test_another_connections_record_is_not_there(machine, homerun, cats):
    cats.put("job", "j1")

    assert machine.refusal(f"/unified/ats/jobs/{cats.id('job', 'j1')}")[0] == 404
    assert machine.ids("jobs", id=cats.id("job", "j1")) == []
