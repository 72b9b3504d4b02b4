"""A failure of ours, as machines and people read it."""

import json

import pytest
from django.test import RequestFactory
from django.urls import get_resolver


def failing(path: str):
    return get_resolver().resolve_error_handler(500)(RequestFactory().get(path))


@pytest.mark.parametrize("path", ["/unified/ats/jobs", "/integrated-account"])
def test_machines_read_a_failure_as_json(path):
    response = failing(path)

    assert (response.status_code, response["Content-Type"]) == (500, "application/json")
    assert json.loads(response.content) == {
        "statusCode": 500,
        "error": "Internal Server Error",
        "message": "atsbridge failed; its log says why. Try again later.",
    }


def test_people_read_it_as_a_page():
    response = failing("/t/acme/")

    assert (response.status_code, response["Content-Type"]) == (500, "text/html; charset=utf-8")
