"""A demo for all journeys, a browser for each file of them, and the people who walk."""

from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.running import Demo
from tests.journeys.visiting import PICTURES, QUIET, Visitor

OPEN: list[Page] = []
"""The windows of the journey that is walked now."""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A small one, with data of its own."""
    running = Demo.started(tmp_path_factory.mktemp("demo") / "data", "--jobs", "8", "--people", "250")
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One for each file: while it runs, the tests of this process cannot ask the database."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=QUIET)


@pytest.fixture
def visitor(browser: Browser, demo: Demo) -> Iterator[Callable[..., Visitor]]:
    """Opens windows; no page of theirs may have complained at the end."""
    opened: list[Visitor] = []

    def visit(email: str = "", **options: Any) -> Visitor:
        window = Visitor(browser, demo, **options)
        opened.append(window)
        OPEN.append(window.page)
        return window.signed_in(email) if email else window

    yield visit
    OPEN.clear()
    for window in opened:
        window.context.close()
    assert [words for window in opened for words in window.complaints] == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep a picture of every window of a journey that failed."""
    report = yield
    if report.when == "call" and report.failed:
        for place, page in enumerate(OPEN):
            page.screenshot(path=PICTURES / f"failed-{item.name[:60]}-{place}.png", full_page=True)
    return report
