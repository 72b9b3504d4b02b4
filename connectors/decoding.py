"""JSON that others wrote, as Python values; and how deep it is nested, told before it is decoded.

Decoders written in C count levels, and not the stack that they have: in a thread of a web server, which has little,
some thousand levels end the whole process.
"""

import json
import re
from itertools import accumulate
from typing import Any

import msgspec

DEEPEST = 200
"""Levels that anybody may send; what we know has less than ten."""
BESIDE = re.compile(rb'"(?:[^"\\]|\\.)*+"|[^\[\]{}"]+', re.DOTALL)
"""Strings, and whatever else opens and closes nothing."""
STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1, ord('"'): 0}


class TooDeep(ValueError):
    """A text that no decoder is to see."""


def demand_shallow(content: bytes) -> None:
    """Raise TooDeep where a text goes deeper than DEEPEST, whether the rest of it is JSON or not."""
    if content.count(b"[") + content.count(b"{") <= DEEPEST:
        return
    if max(accumulate(map(STEPS.__getitem__, BESIDE.sub(b"", content))), default=0) > DEEPEST:
        raise TooDeep(f"It is nested more than {DEEPEST} levels deep")


def decode(content: bytes) -> Any:
    """JSON as Python values, lone surrogates included; None for an empty body; raises ValueError."""
    if not content.strip():
        return None
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return json.loads(content, parse_int=_whole)
    except RecursionError as error:
        raise ValueError(str(error)) from error


def _whole(digits: str) -> int | float:
    """A whole number; one longer than Python reads is infinite, as 1e400 is, and harms its own row alone."""
    return int(digits) if len(digits) <= 4000 else float(digits)
