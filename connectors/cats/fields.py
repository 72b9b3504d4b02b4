"""Custom fields: values by the labels of their definitions, selections by theirs."""

from typing import Any

from connectors.mapping import Beside, Row, as_id
from connectors.paths import at
from connectors.values import text


def by_label(beside: Beside, owner: str, values: Any) -> Row | None:
    """The filled fields of a record, `{label: value}`; None where the answer carries no fields at all."""
    if not isinstance(values, list):
        return None
    definitions = beside.get(f"{owner}/custom_fields", ())
    labels = labels_of(definitions)
    kinds = {as_id(row["id"]): row.get("field") for row in definitions}
    found: Row = {}
    for row in values:
        number = as_id(row.get("id")) or ""
        value = _value(kinds.get(number) or at(row, "_embedded.definition.field"), row.get("value"))
        if value not in (None, "", []):
            found[labels.get(number) or _embedded_label(row, labels) or number] = value
    return found


def labels_of(definitions: Any) -> dict[str, str]:
    """Definition id → label. The oldest of equal labels keeps it plain, so that a newer field renames no older one."""
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for number, name in sorted(((as_id(row["id"]) or "", text(row.get("name"))) for row in definitions), key=_by_age):
        label = name or number
        labels[number] = f"{label} ({number})" if label in taken else label
        taken.add(label)
    return labels


def _by_age(definition: tuple[str, str | None]) -> tuple[int, str]:
    return len(definition[0]), definition[0]


def _embedded_label(row: Row, labels: dict[str, str]) -> str | None:
    """The label that a value carries itself, where no other field has it."""
    label = text(at(row, "_embedded.definition.name"))
    return f"{label} ({as_id(row.get('id'))})" if label in labels.values() else label


def _value(field: Any, value: Any) -> Any:
    """A value as people read it: labels for selection ids, which may come as numbers or as texts."""
    field = field if isinstance(field, dict) else {}
    options = {as_id(option.get("id")): text(option.get("label")) for option in field.get("selections") or ()}
    match field.get("type"):
        case "dropdown" | "radio":
            return options.get(as_id(value)) or value
        case "checkboxes" if isinstance(value, list):
            return [options.get(as_id(one)) or one for one in value]
        case "user":
            return as_id(value)
    return value
