"""Reading a provider's answer by path: `personal_info.email`, `_embedded.emails[].email`."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any


def at(answer: Any, path: str) -> Any:
    """What stands at a dotted path, None where anything on the way is missing; `[]` reads every item of a list."""
    return reader(path)(answer)


@lru_cache(maxsize=4096)
def reader(path: str) -> Callable[[Any], Any]:
    """What reads a path, taken apart once: a sync reads a few hundred paths, each once a row."""
    head, rest = _cut(path)
    if not head:
        return lambda answer: answer
    key, further = head.removesuffix("[]"), reader(rest) if rest else None

    def one(answer: Any) -> Any:
        value = answer.get(key) if isinstance(answer, dict) else None
        return further(value) if further else value

    def each(answer: Any) -> list[Any]:
        value = answer.get(key) if isinstance(answer, dict) else None
        items = value if isinstance(value, list) else []
        return [further(item) for item in items] if further else items

    return each if head.endswith("[]") else one


def blank(answer: Any, paths: tuple[str, ...]) -> Any:
    """A copy of an answer in which what stands at the paths is None."""
    for path in paths:
        answer = _blanker(path)(answer)
    return answer


def _cut(path: str) -> tuple[str, str]:
    head, _, rest = path.partition(".")
    return head, rest


@lru_cache(maxsize=4096)
def _blanker(path: str) -> Callable[[Any], Any]:
    """What blanks a path, taken apart once."""
    head, rest = _cut(path)
    key, many, further = head.removesuffix("[]"), head.endswith("[]"), _blanker(rest) if rest else None

    def blanked(answer: Any) -> Any:
        value = answer.get(key) if isinstance(answer, dict) else None
        if value is None:
            return answer
        if further is None:
            return {**answer, key: None}
        if many:
            return {**answer, key: [further(item) for item in value] if isinstance(value, list) else value}
        return {**answer, key: further(value)}

    return blanked
