"""The exact requests that Homerun gets, and what becomes of its answers."""

from collections.abc import Callable
from typing import Any

import pytest
import responses
from responses.matchers import header_matcher, query_param_matcher

from connectors.base import Connector
from connectors.errors import (
    NotFound,
    Rejected,
    TemporaryFailure,
)
from connectors.homerun.connector import Homerun
from tests.connectors.homerun.recorded import APPLICATIONS, VACANCIES, example

BASE = "https://api.homerun.co/v2"
AP = "ap_Zk4Wm1nQ8cVb7XyT0sLf"
SIGNED = header_matcher({"Authorization": "Bearer secret-key-17", "Accept": "application/json"})
STATUSES = "public,private,closed,draft"
OLD = ["location", "department", "stages"]
NEW = ["page_content", "salaryIndication"]
PARTS: dict[str, Any] = {"code": 400, "error": True, "message": "The given input was invalid"}

type Bind = Callable[[type[Connector]], Connector]


def asked(network: responses.RequestsMock, path: str, params: dict[str, Any], **answer: Any) -> None:
    """One signed request with exactly these parameters, and its answer."""
    network.get(f"{BASE}/{path}", match=[SIGNED, query_param_matcher(params)], **answer)


def test_the_first_page_of_vacancies_names_all_statuses_and_includes(forwarded: Bind, network: responses.RequestsMock):
    params = {"filter[status]": STATUSES, "include[]": OLD + NEW, "perPage": "100", "page": "1"}
    asked(network, "vacancies", params, json=example("vacancies"))
    page = forwarded(Homerun).page(VACANCIES, VACANCIES.pages.first(VACANCIES.params))

    assert (page.rows, page.total, page.next, page.calls) == (example("vacancies")["data"], 2, None, 1)


def test_the_first_page_of_applications_includes_stage_and_sources(forwarded: Bind, network: responses.RequestsMock):
    asked(
        network,
        "job-applications",
        {"include[]": ["stage", "sources"], "perPage": "100", "page": "1"},
        json=example("job-applications"),
    )
    page = forwarded(Homerun).page(APPLICATIONS, APPLICATIONS.pages.first(APPLICATIONS.params))

    assert (page.rows, page.total, page.next) == (example("job-applications")["data"], 2, None)


def test_newer_includes_are_dropped_one_by_one_after_a_400_and_stay_dropped(
    forwarded: Bind, network: responses.RequestsMock
):
    start = {"filter[status]": STATUSES, "perPage": "100", "page": "1"}
    answer = example("vacancies")
    answer["meta"] |= {"last_page": 2}
    asked(network, "vacancies", start | {"include[]": OLD + NEW}, status=400, json=PARTS)
    asked(network, "vacancies", start | {"include[]": [*OLD, "page_content"]}, status=400, json=PARTS)
    asked(network, "vacancies", start | {"include[]": OLD}, json=answer)

    page = forwarded(Homerun).page(VACANCIES, VACANCIES.pages.first(VACANCIES.params))

    assert (len(page.rows), page.calls) == (2, 3)
    assert page.next == {"filter[status]": STATUSES, "include[]": OLD, "perPage": 100, "page": 2}


def test_a_400_without_newer_includes_is_not_asked_again(forwarded: Bind, network: responses.RequestsMock):
    details = [{"param": "perPage", "message": "perPage is too large"}]
    asked(
        network,
        "job-applications",
        {"include[]": ["stage", "sources"], "perPage": "100", "page": "1"},
        status=400,
        json=PARTS | {"details": details},
    )

    with pytest.raises(Rejected, match=r"^The given input was invalid: perPage is too large$"):
        forwarded(Homerun).page(APPLICATIONS, APPLICATIONS.pages.first(APPLICATIONS.params))


def test_meta_links_are_not_followed_and_the_next_page_keeps_every_parameter(
    forwarded: Bind, network: responses.RequestsMock
):
    answer = example("job-applications")
    answer["meta"] |= {"last_page": 3, "links": [{"url": "http://api.homerun.co/v2/job-applications?page=9"}]}
    asked(network, "job-applications", {"include[]": ["stage", "sources"], "perPage": "100", "page": "1"}, json=answer)
    page = forwarded(Homerun).page(APPLICATIONS, APPLICATIONS.pages.first(APPLICATIONS.params))

    assert page.next == {"include[]": ["stage", "sources"], "perPage": 100, "page": 2}


@pytest.mark.parametrize(
    ("rows", "meta", "more"),
    [
        (100, None, True),
        (99, None, False),
        (0, None, False),
        (0, {"current_page": 1, "last_page": 5}, False),
        (15, {"current_page": 1, "last_page": 2}, True),
        (100, {"current_page": 1, "last_page": 1}, False),
    ],
)
def test_the_last_page_is_known_by_meta_else_by_a_short_page_and_an_empty_one_ends(
    forwarded: Bind, network: responses.RequestsMock, rows: int, meta: dict[str, Any] | None, more: bool
):
    row = example("job-applications")["data"][0]
    network.get(f"{BASE}/job-applications", json={"data": [row] * rows} | ({"meta": meta} if meta else {}))
    page = forwarded(Homerun).page(APPLICATIONS, APPLICATIONS.pages.first(APPLICATIONS.params))

    assert (page.next is not None, page.total) == (more, None)


def test_a_list_without_its_rows_is_a_failure_not_an_empty_list(forwarded: Bind, network: responses.RequestsMock):
    network.get(f"{BASE}/vacancies", json={"meta": {"total": 0}})

    with pytest.raises(TemporaryFailure, match="without a list"):
        forwarded(Homerun).page(VACANCIES, VACANCIES.pages.first(VACANCIES.params))


def test_one_vacancy_is_asked_with_all_includes_and_fewer_where_refused(
    forwarded: Bind, network: responses.RequestsMock
):
    vacancy = example("vacancies")["data"][0]
    asked(network, "vacancies/job_1", {"include[]": OLD + NEW}, status=400, json=PARTS)
    asked(network, "vacancies/job_1", {"include[]": [*OLD, "page_content"]}, json={"data": vacancy})

    assert forwarded(Homerun).row(VACANCIES, "job_1") == vacancy


def test_what_was_refused_once_is_not_asked_for_again(forwarded: Bind, network: responses.RequestsMock):
    vacancy = example("vacancies")["data"][0]
    asked(network, "vacancies/job_1", {"include[]": OLD + NEW}, status=400, json=PARTS)
    asked(network, "vacancies/job_1", {"include[]": [*OLD, "page_content"]}, status=400, json=PARTS)
    asked(network, "vacancies/job_1", {"include[]": OLD}, json={"data": vacancy})
    asked(network, "vacancies/job_2", {"include[]": OLD}, json={"data": vacancy})
    homerun = forwarded(Homerun)

    assert [homerun.row(VACANCIES, job) for job in ("job_1", "job_2")] == [vacancy, vacancy]
    assert len(network.calls) == 4


def test_a_400_that_no_include_explains_forgets_none_of_them(forwarded: Bind, network: responses.RequestsMock):
    network.get(f"{BASE}/vacancies/job_1", status=400, json=PARTS)
    asked(network, "vacancies/job_2", {"include[]": OLD + NEW}, json={"data": {"id": "job_2"}})
    homerun = forwarded(Homerun)

    with pytest.raises(Rejected):
        homerun.row(VACANCIES, "job_1")
    assert homerun.row(VACANCIES, "job_2") == {"id": "job_2"}


def test_one_application_comes_back_as_the_list_shows_it(forwarded: Bind, network: responses.RequestsMock):
    asked(network, f"job-applications/{AP}", {"include[]": "sources"}, json=example("job-application"))
    row = forwarded(Homerun).row(APPLICATIONS, AP)
    listed = example("job-applications")["data"][0]

    assert row is not None
    assert row | {"personal_info": listed["personal_info"]} == listed


def test_an_application_whose_address_leaves_out_a_key_is_still_there(forwarded: Bind, network: responses.RequestsMock):
    short = example("job-application")
    del short["data"]["stage"]
    network.get(f"{BASE}/job-applications/{AP}", json=short)
    row = forwarded(Homerun).row(APPLICATIONS, AP)

    assert row is not None
    assert (row["id"], "stage" in row, "files" in row) == (AP, False, False)


def test_what_answers_404_is_gone_whatever_the_bodys_code_says(forwarded: Bind, network: responses.RequestsMock):
    body = {"code": 403, "error": True, "message": "Not found"}
    network.get(f"{BASE}/job-applications/{AP}", status=404, json=body)

    assert forwarded(Homerun).row(APPLICATIONS, AP) is None
    with pytest.raises(NotFound):
        forwarded(Homerun).detail(APPLICATIONS, AP)


def test_a_detail_costs_one_call_and_keeps_no_signed_link(forwarded: Bind, network: responses.RequestsMock):
    asked(network, f"job-applications/{AP}", {"include[]": ["sources", "notes"]}, json=example("job-application"))
    found = forwarded(Homerun).detail(APPLICATIONS, AP)

    assert found.keys() == {"detail", "notes"}
    assert found["notes"]["notes"] == example("job-application")["data"]["notes"]
    assert "notes" not in found["detail"]
    assert "signature" not in str(found)


def test_a_detail_is_read_without_notes_where_their_scope_is_missing(forwarded: Bind, network: responses.RequestsMock):
    body = {"code": 403, "error": True, "message": "Forbidden"}
    short = example("job-application")
    del short["data"]["notes"]
    asked(network, f"job-applications/{AP}", {"include[]": ["sources", "notes"]}, status=403, json=body)
    asked(network, f"job-applications/{AP}", {"include[]": "sources"}, json=short)

    found = forwarded(Homerun).detail(APPLICATIONS, AP)

    assert found.keys() == {"detail"}
    assert found["detail"].keys() == short["data"].keys()


def test_notes_that_are_silently_dropped_are_not_read_as_none(forwarded: Bind, network: responses.RequestsMock):
    short = example("job-application")
    del short["data"]["notes"]
    network.get(f"{BASE}/job-applications/{AP}", json=short)

    assert forwarded(Homerun).detail(APPLICATIONS, AP).keys() == {"detail"}
