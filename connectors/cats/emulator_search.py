"""What an emulated CATS finds: one filter, or a tree of `and`, `or` and `not` over them, asked of the truth."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from werkzeug.exceptions import BadRequest

from connectors.cats.emulator_fields import KINDS, Fields, words_of

REFUSED = "That filter cannot be used on this field"
JOINTS = ("and", "or", "not")
type Test = Callable[[Any], bool]
type Span = tuple[float, float]
"""The least and the greatest id that a filter leaves over."""
EVERYTHING: Span = (float("-inf"), float("inf"))


class Ids:
    """The ids of some records in order, sorted anew only when there are others."""

    def __init__(self) -> None:
        self._seen: tuple[int, int] = (0, 0)
        self._ids: list[int] = []

    def between(self, records: dict[int, Any], span: Span) -> list[int]:
        """Those within a span."""
        seen = (len(records), next(reversed(records), 0))
        if seen != self._seen:
            self._seen, self._ids = seen, sorted(records)
        return self._ids[bisect_left(self._ids, span[0]) : bisect_right(self._ids, span[1])]


def search[T](records: dict[int, T], fields: Fields, tree: Any, ids: Ids) -> list[T]:
    """The records that a tree of filters leaves over, by id; BadRequest where CATS refuses it."""
    test = condition(fields, tree)
    span = _span(tree)
    found = records.values() if span == EVERYTHING else map(records.__getitem__, ids.between(records, span))
    return list(found) if _is_of_ids(tree) else [record for record in found if test(record)]


def containing[T](records: dict[int, T], fields: Fields, text: str) -> list[T]:
    """The records one of whose texts holds any word of `text`."""
    readers = [field.read for field in fields.values() if "contains" in KINDS[field.kind]]
    wanted = words_of(text)
    return [record for record in records.values() if any(wanted & words_of(read(record)) for read in readers)]


def condition(fields: Fields, tree: Any) -> Test:
    """What a tree of filters asks of a record."""
    if not isinstance(tree, dict):
        raise BadRequest("A filter must be an object")
    joints = [name for name in JOINTS if name in tree]
    if not joints:
        return _filter(fields, tree)
    if len(joints) > 1 or "field" in tree:
        raise BadRequest("A filter must have exactly one of and, or, not")
    [joint] = joints
    if joint == "not":
        inner = condition(fields, tree[joint])
        return lambda record: not inner(record)
    if not isinstance(tree[joint], list) or not tree[joint]:
        raise BadRequest(f"{joint} must be an array")
    tests, join = [condition(fields, each) for each in tree[joint]], all if joint == "and" else any
    return lambda record: join(test(record) for test in tests)


def _filter(fields: Fields, tree: dict[str, Any]) -> Test:
    field, operator, value = fields.get(str(tree.get("field"))), tree.get("filter"), tree.get("value")
    if field is None or operator not in KINDS[field.kind]:
        raise BadRequest(REFUSED)
    read, take = field.read, _taker(field.kind)
    match operator:
        case "between":
            if not isinstance(value, dict) or {*value} != {"gte", "lte"}:
                raise BadRequest("value must have gte and lte")
            least, most = take(value["gte"]), take(value["lte"])
            return lambda record: (held := read(record)) is not None and least <= held <= most
        case "greater_than":
            bound = take(value)
            return lambda record: (held := read(record)) is not None and held > bound
        case "less_than":
            bound = take(value)
            return lambda record: (held := read(record)) is not None and held < bound
        case "exactly":
            wanted = take(value)
            return lambda record: wanted in held if isinstance(held := read(record), list) else held == wanted
    return _of_words(read, operator, value)


def _of_words(read: Callable[[Any], Any], operator: str, value: Any) -> Test:
    match operator:
        case "is_empty":
            if value is not True:
                raise BadRequest("value must be true")
            return lambda record: read(record) in (None, "", [])
        case "contains":
            wanted = words_of(_text(value))
            return lambda record: not wanted.isdisjoint(words_of(read(record)))
    if not isinstance(value, dict) or {*value} != {"postal_code", "distance", "unit"}:
        raise BadRequest("value must have postal_code, distance and unit")
    if value["unit"] not in ("km", "miles"):
        raise BadRequest("unit must be km or miles")
    code = value["postal_code"]
    return lambda record: read(record) == code  # invented places have no distances


# Values, as strict as CATS takes them


def _taker(kind: str) -> Callable[[Any], Any]:
    return {"number": _number, "time": _instant, "mark": _mark, "choice": _choice}.get(kind, _text)


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadRequest("value must be of type integer")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadRequest("value must be of type string")
    return value


def _mark(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadRequest("value must be of type boolean")
    return value


def _choice(value: Any) -> int | str:
    if not isinstance(value, int | str):
        raise BadRequest("value must be of type string")
    return value


def _instant(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(_text(value))
    except ValueError:
        raise BadRequest("value must be a date") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# Ids are sought by bisection: a window of a hundred costs the same in a large account


def _is_of_ids(tree: dict[str, Any]) -> bool:
    return tree.get("field") == "id" and tree["filter"] != "is_empty"


def _span(tree: dict[str, Any]) -> Span:
    if "and" in tree:
        spans = [_span(each) for each in tree["and"]]
        return max(least for least, _ in spans), min(most for _, most in spans)
    if not _is_of_ids(tree):
        return EVERYTHING
    value = tree["value"]
    match tree["filter"]:
        case "between":
            return value["gte"], value["lte"]
        case "exactly":
            return value, value
        case "greater_than":
            return value + 1, EVERYTHING[1]
    return EVERYTHING[0], value - 1
