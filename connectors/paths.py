"""Reading a provider's answer by path: `personal_info.email`, `_embedded.emails[].email`."""

from typing import Any


def at(answer: Any, path: str) -> Any:
    """What stands at a dotted path, None where anything on the way is missing; `[]` reads every item of a list."""
    head, rest = _cut(path)
    if not head:
        return answer
    many = head.endswith("[]")
    value = answer.get(head.removesuffix("[]")) if isinstance(answer, dict) else None
    if not many:
        return at(value, rest) if rest else value
    items = value if isinstance(value, list) else []
    return [at(item, rest) for item in items] if rest else items


def blank(answer: Any, paths: tuple[str, ...]) -> Any:
    """A copy of an answer in which what stands at the paths is None."""
    for path in paths:
        answer = _blank(answer, path)
    return answer


def _cut(path: str) -> tuple[str, str]:
    head, _, rest = path.partition(".")
    return head, rest


def _blank(answer: Any, path: str) -> Any:
    head, rest = _cut(path)
    key = head.removesuffix("[]")
    if not isinstance(answer, dict) or key not in answer:
        return answer
    value = answer[key]
    if not rest:
        return {**answer, key: None}
    if head.endswith("[]"):
        return {**answer, key: [_blank(item, rest) for item in value] if isinstance(value, list) else value}
    return {**answer, key: _blank(value, rest)}
