"""How deep a text is nested is told without decoding it; what no decoder can read is refused as any other nonsense."""

import pytest

from connectors.decoding import DEEPEST, TooDeep, decode, demand_shallow


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[" * DEEPEST + b"]" * DEEPEST,
        (b"[" * DEEPEST + b"]" * DEEPEST) * 3,
        b'["' + b"[" * 10 * DEEPEST + b'"]',
        b'["\\"' + b"[{" * DEEPEST + b'\\\\"]',
        b"]" * 10 * DEEPEST,
    ],
)
def test_what_is_shallow_passes_whatever_its_strings_say(content: bytes):
    demand_shallow(content)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b'{"a": [' * DEEPEST,
        b'{"\\"]": ' * (DEEPEST + 1),
        b'"broken off' + b"[" * 2 * DEEPEST,
    ],
)
def test_what_goes_deeper_is_refused_even_where_it_is_no_json(content: bytes):
    with pytest.raises(TooDeep):
        demand_shallow(content)


def test_levels_that_no_decoder_takes_are_no_json():
    with pytest.raises(ValueError, match="recursion"):
        decode(b"[" * 200_000)
