"""The third ATS, for tests that need it."""

from collections.abc import Iterator

import pytest

from tests.sync import harness
from tests.thirdats.emulator import Emulator


@pytest.fixture
def harbor() -> Iterator[Emulator]:
    """A small emulated Harbor, which is in the registry for the length of a test."""
    with harness.with_harbor(), harness.mounted("harbor", harness.emulate("harbor")) as emulator:
        yield emulator
