"""What is refused, and in which words: keys, addresses, methods, parameters, hostile values."""

import pytest
from django.test import Client
from django_scopes import scope

from atsbridge.connections.models import Connection, State
from atsbridge.tenants import keys
from atsbridge.tenants.models import ApiKey
from connectors.unified.dialects.truto import RESOURCES

LIST = "/unified/ats/candidates"
WHERE = ["/unified/ats/jobs", "/unified/ats/jobs/1", "/unified/ats/nothing", "/integrated-account", "/proxy/jobs"]


# Keys


@pytest.mark.parametrize("path", WHERE)
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ats_nobody", "Basic YTpi", "Bearer \x00é"])
def test_without_a_good_key_nothing_is_answered(machine, path, header):
    headers = {} if header is None else {"Authorization": header}
    answer = Client(headers=headers).get(path, {"integrated_account_id": str(machine.account.connection.id)})

    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/json")
    assert answer.json() == {
        "statusCode": 401,
        "error": "Unauthorized",
        "message": "Send a valid API key: Authorization: Bearer ats_…",
    }


def test_a_revoked_key_opens_nothing(machine, homerun):
    with scope(tenant=homerun.tenant):
        keys.revoke(ApiKey.objects.get())

    assert machine.ask(LIST).status_code == 401


# Which connection


def test_a_missing_account_is_named(machine):
    answer = machine.ask(LIST, integrated_account_id=None)

    assert answer.status_code == 400
    assert answer.json() == {
        "statusCode": 400,
        "error": "Bad Request",
        "message": "integrated_account_id is required: the id of the connection to read."
        " GET /integrated-account lists yours.",
        "details": {"failures": [{"parameter": "integrated_account_id", "message": "It is required."}]},
        "truto_error_insight": {
            "missing_required_query_parameters": {
                "description": "These query parameters are required.",
                "value": ["integrated_account_id"],
            }
        },
    }
    assert machine.ask(LIST, integrated_account_id="").json() == answer.json()
    assert machine.ask(f"{LIST}/1", integrated_account_id=None).json() == answer.json()


@pytest.mark.parametrize("account", ["1", "00000000-0000-0000-0000-000000000000", "\x00", "x" * 5000, "١"])
def test_an_unknown_account_is_not_there(machine, account):
    assert machine.refusal(LIST, integrated_account_id=account)[0] == 404


@pytest.mark.parametrize(
    ("state", "status"), [(State.ACTIVE, 200), (State.PAUSED, 200), (State.NEEDS_RELINK, 200), (State.UNLINKING, 404)]
)
def test_stored_data_stays_readable_until_the_account_is_unlinked(machine, homerun, state, status):
    with scope(tenant=homerun.tenant):
        Connection.objects.update(state=state)

    assert machine.ask(LIST).status_code == status
    assert machine.ask("/unified/ats/jobs").status_code == status


# Addresses and methods


@pytest.mark.parametrize("resource", ["tags", "users"])
@pytest.mark.parametrize("rest", ["", "/1"])
def test_what_the_ats_lacks_is_not_there_and_says_why(machine, resource, rest):
    reasons = {"tags": "Homerun's API shows no tags", "users": "Homerun's API names no users"}

    assert machine.refusal(f"/unified/ats/{resource}{rest}") == (404, reasons[resource])


def test_an_unknown_resource_is_not_there_and_names_those_that_are(machine):
    known = f"There is no resource of this name. There are: {', '.join(RESOURCES)}."

    assert machine.refusal("/unified/ats/offers") == (404, known)
    assert machine.refusal("/unified/ats/Jobs/1") == (404, known)


@pytest.mark.parametrize(
    "path",
    ["/unified", "/unified/", "/unified/ats", "/unified/ats/", "/unified/crm/contacts", "/proxy/x", "/custom/a/b"],
)
def test_an_unknown_address_is_not_there(machine, path):
    status, message = machine.refusal(path)

    assert (status, message.partition(".")[0]) == (404, "There is nothing at this address")


JOBS = "/unified/ats/jobs"


@pytest.mark.parametrize("path", [JOBS, f"{JOBS}/1", "/integrated-account", "/integrated-account/1"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_writing_methods_are_refused_and_name_the_others(machine, homerun, path, method):
    machine.key = keys.create(homerun.tenant, "writer", can_write=True)[1]
    answer = machine.ask(path, method=method)

    assert answer.json() == {
        "statusCode": 405,
        "error": "Method Not Allowed",
        "message": f"{method} is not offered here. Allowed: GET, HEAD, OPTIONS.",
    }
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_machine_needs_no_token_against_forgery(machine):
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {machine.key}"})

    assert client.post("/integrated-account").status_code == 405
    assert client.post(LIST).json()["message"] == "This API key may only read. Make one that may write."


def test_options_names_the_methods(machine):
    answer = machine.ask(LIST, method="OPTIONS")

    assert (answer.status_code, answer.content, answer.headers["Allow"]) == (204, b"", "GET, HEAD, OPTIONS, POST")


def test_head_is_get_without_a_body(machine):
    answer = machine.ask(LIST, method="HEAD")

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("path", ["//unified//ats//candidates", "/unified/ats/candidates/", "//integrated-account//"])
def test_doubled_and_trailing_slashes_count_as_one(machine, path):
    query = "" if "account" in path else f"integrated_account_id={machine.account.connection.id}"
    client = Client(headers={"Authorization": f"Bearer {machine.key}"})

    assert client.get("/", PATH_INFO=path, QUERY_STRING=query).status_code == 200


# Parameters


@pytest.mark.parametrize(
    "name",
    [
        "foo", "limit[]", "limit[0]", "limit[gt]", "title", "tags[id]", "stage", "stage[name]", "job_id[gt]",
        "id[in][a]", "id[in][٠]", "created_at", "created_at[eq]", "updated_at[gt][]", "sort_by[name]", "sort_by[]",
        "status", "next_cursor[]", "truto_response_format", "truto_exclude_fields[a]", "integrated_account_id[]",
        "remote_queryx", "", "[", "]", "\x00", "limıt",
    ],
)  # fmt: skip
def test_an_unknown_parameter_is_refused_with_what_is_allowed(machine, name):
    status, message = machine.refusal(LIST, {name: "1"})

    assert status == 400
    assert message.startswith(f"{name}: It is no parameter of GET /unified/ats/candidates. Allowed: created_at[gt], ")


NUMBERS = ("0", "1001", "-1", "1.5", "1e2", "", " 5", "5 ", "+5", "٥", "²", "x", "9" * 5000, "\x00", "true")
TIMES = (
    "", "x", "1767225600", "2026-13-01", "2026-01-01T25:00", "٢٠٢٦-٠١-٠١", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "99999-01-01", "\x00", "now",
)  # fmt: skip


@pytest.mark.parametrize("value", NUMBERS)
def test_a_limit_is_a_whole_number_from_1_to_1000(machine, value):
    assert machine.refusal(LIST, limit=value) == (400, "limit: A whole number from 1 to 1000.")


@pytest.mark.parametrize("value", TIMES)
def test_a_time_is_one_of_iso_8601(machine, value):
    expected = "updated_at[gt]: An ISO 8601 time such as 2026-01-31T09:30:00.000001Z."

    assert machine.refusal(LIST, {"updated_at[gt]": value}) == (400, expected)


@pytest.mark.parametrize("value", ["x", "x.y", "\x00", "é", "x" * 5000, "true"])
def test_a_cursor_is_one_of_ours(machine, value):
    expected = "next_cursor: It was made for another list, filter or order, or not here. Leave it out to begin again."

    assert machine.refusal(LIST, next_cursor=value) == (400, expected)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"limit": ["1", "2"]}, "limit: It is given more than once."),
        ({"next_cursor": ["", ""]}, "next_cursor: It is given more than once."),
        ({"sort_by": "name"}, "sort_by: Sort by one of created_at, updated_at."),
        ({"sort_by": ""}, "sort_by: Sort by one of created_at, updated_at."),
        ({"sort_by[created_at]": "up"}, "sort_by[created_at]: The direction is asc or desc."),
        ({"include_deleted": "maybe"}, "include_deleted: true or false."),
        ({"truto_ignore_remote_data": ""}, "truto_ignore_remote_data: true or false."),
        ({"created_at[lt]": ["2026-01-01", "2026-01-02"]}, "created_at[lt]: It is given more than once."),
        ({"id": ""}, "id: An empty value finds nothing."),
        ({"id[in]": "a,,b"}, "id[in]: An empty value finds nothing."),
        ({"id[in]": ",".join(map(str, range(1001)))}, "id[in]: At most 1000 values are taken at once."),
        ({"emails": "a", "emails[in]": "b"}, "emails: Give emails or emails[in], not both."),
    ],
)
def test_an_unfit_value_is_refused_with_what_would_fit(machine, asked, message):
    assert machine.refusal(LIST, asked) == (400, message)


def test_a_status_has_to_be_one_that_exists(machine):
    known = "One of open, closed, draft, pending, archived."

    assert machine.refusal("/unified/ats/jobs", status="OPEN") == (400, f"status: {known}")
    assert machine.refusal("/unified/ats/jobs", {"status[in]": "open,x"}) == (400, f"status[in]: {known}")


def test_everything_that_is_wrong_is_told_at_once(machine):
    body = machine.ask(LIST, limit="0", include_deleted="x", sort_by="name").json()

    assert [failure["parameter"] for failure in body["details"]["failures"]] == ["limit", "include_deleted", "sort_by"]


def test_two_orders_are_refused(machine):
    asked = {"sort_by": "created_at", "sort_by[updated_at]": "asc"}

    assert "Sort by one column only." in machine.refusal(LIST, asked)[1]


def test_more_parameters_than_can_be_read_are_refused(machine):
    asked = {f"remote_query[{number}]": "1" for number in range(2000)}

    assert machine.refusal(LIST, asked) == (400, "There are too many parameters in the address.")


ODD = ("\x00", "x" * 20_000, "\ud7ff\uffff", "'; DROP TABLE", "%", "_", "\\", "\n", "{}", "[]", "-0")
TEXTS = ("id", "job_id", "stage[id]", "emails", "name", "source", "name[in]", "truto_exclude_fields", "remote_query[a]")


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", TEXTS)
def test_odd_values_find_nothing_and_break_nothing(machine, homerun, name, value):
    homerun.put("candidate", "c1", first_name="Ada", source="LinkedIn")

    found = machine.read("candidates", {name: value})["result"]
    assert [row["id"] for row in found] == (["c1"] if name.startswith(("truto", "remote")) else [])
