"""What every test stands on."""

import shutil

import pytest
from django.conf import settings
from hypothesis.configuration import set_hypothesis_home_dir

set_hypothesis_home_dir(settings.RUN_DIR / "hypothesis")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

OFFERED = {
    "journey": CHROMIUM is not None,
    "postgres": settings.DATABASES["default"]["ENGINE"].endswith("postgresql"),
    "redis": settings.CELERY_BROKER_URL.startswith("redis"),
    "rabbitmq": settings.CELERY_BROKER_URL.startswith("amqp"),
}
"""What a marked test needs → whether this run has it. `.ci/test` runs the suite once with each."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, offered in OFFERED.items():
        if item.get_closest_marker(marker) and not offered:
            pytest.skip(f"this run offers no {marker}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser of the journeys stands."""
    assert CHROMIUM is not None
    return CHROMIUM
