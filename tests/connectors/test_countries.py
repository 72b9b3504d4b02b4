"""Countries by their English names."""

import pytest

from connectors.countries import name


@pytest.mark.parametrize(
    ("code", "english"),
    [
        ("NL", "Netherlands"),
        ("gb", "United Kingdom"),
        ("XX", "XX"),
        ("Holland", "Holland"),
        (None, None),
    ],
)
def test_a_code_becomes_a_name_and_anything_else_stays(code: str | None, english: str | None):
    assert name(code) == english
