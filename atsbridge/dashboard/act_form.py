"""The form of one action on one record: which fields it shows, what they begin with, and what it gives the intake."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django import forms

from atsbridge.actions.intake import Wrong
from atsbridge.dashboard import act_fields
from atsbridge.dashboard.act_fields import Described
from atsbridge.records.models import NONE, Record
from connectors.acting import Act
from connectors.unified.actions import Input, UpdateCandidate

OFFERED = 200
"""Records that a choice offers."""
LOSING = ("delete_application", "delete_candidate")
"""What takes something away."""
EXPECTED = "expected_stage_id"
WHERE = re.compile(r" - at `\$\.(\w+)[^`]*`")


class ActForm(forms.Form):
    """One action on one record.

    Three kinds of its fields are not shown: the record itself; other records that it could be about; choices of which
    there are none.
    """

    def __init__(self, action: type[Input], act: Act, record: Record, title: str, *args: Any, **kwargs: Any) -> None:
        self.action, self.act, self.record, self.title = action, act, record, title
        self.described = act_fields.described(action)
        self.fixed = {f"{record.model}_id": record.remote_id}
        document = json.loads(record.document)
        kwargs["initial"] = self._initial(document) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        for name, each in self.described.items():
            if made := self._field(each, document):
                self.fields[name] = made
        if action.slug in LOSING:
            self.fields["confirm"] = forms.CharField(
                label=f"Type “{title}” to go on", widget=forms.TextInput(attrs={"autocomplete": "off"})
            )

    def clean_confirm(self) -> str:
        """The very name."""
        if self.cleaned_data["confirm"] != " ".join(self.title.split()):
            raise forms.ValidationError(f"That is not the name. Type “{self.title}”.")
        return self.title

    def given(self) -> dict[str, Any]:
        """What was filled in, as the intake takes it; of a change only what was changed."""
        told = self.fixed_given()
        partial = issubclass(self.action, UpdateCandidate)
        for name, value in self.cleaned_data.items():
            if name not in self.described:
                continue
            each = self.described[name]
            if not (partial and name not in self.changed_data) and not (value in ("", None, []) and not partial):
                told[name] = act_fields.given(each, value)
        return told

    def fixed_given(self) -> dict[str, Any]:
        """The record that it is about."""
        return {name: value for name, value in self.fixed.items() if name in self.described}

    def blame(self, wrong: Wrong) -> None:
        """Put what the intake found wrong beside the field that it names."""
        words = str(wrong)
        found = WHERE.search(words)
        name = found.group(1) if found and found.group(1) in self.fields else None
        self.add_error(name, WHERE.sub("", words) if name else words)

    def kept(self) -> dict[str, Any]:
        """What stands in the fields, as it was typed: to show the form again without judging it."""
        return {name: self[name].value() for name in self.fields}

    def _initial(self, document: dict[str, Any]) -> dict[str, Any]:
        found = {EXPECTED: document.get("current_stage_id") or ""}
        if issubclass(self.action, UpdateCandidate):
            shown = self.described.keys() - {"custom_fields"}
            found |= {
                name: act_fields.initial(self.described[name], document[name]) for name in shown if name in document
            }
        return found

    def _field(self, each: Described, document: dict[str, Any]) -> forms.Field | None:
        if each.name in self.fixed:
            return None
        if each.name == EXPECTED:
            return forms.CharField(required=False, widget=forms.HiddenInput)
        choices = self._choices(each, document)
        if choices is not None and not choices and not each.required:
            return None
        return act_fields.field(each, choices, self.act.lacks.get(each.name, ""))

    def _choices(self, each: Described, document: dict[str, Any]) -> Mapping[str, str] | None:
        """The records that a field may name, in order; None for what is no choice."""
        if each.name == "triggers":
            return {}
        if not each.ref:
            return None
        if each.ref == "application_stage":
            here = document.get("current_stage_id") if self.action.slug == "move_application" else None
            return {value: words for value, words in stages(self.record).items() if value != here}
        if each.ref in ("candidate", "application", "job"):
            return {}
        rows = Record.objects.filter(connection=self.record.connection_id, model=each.ref, deleted_at__isnull=True)
        return dict(rows.order_by("sort", "id").values_list("remote_id", "title")[:OFFERED])


def stages(record: Record) -> dict[str, str]:
    """Remote id → name of the stages of a job, or of an application's job, in its order."""
    job = record.id if record.model == "job" else record.job
    if job == NONE:
        return {}
    steps = Record.objects.filter(job=job, model="job_stage", deleted_at__isnull=True).order_by("position", "id")
    order = list(dict.fromkeys(steps.values_list("stage", flat=True)))
    known = {row.id: row for row in Record.objects.filter(id__in=order).only("id", "remote_id", "title")}
    found = [known[stage] for stage in order if stage in known]
    return {row.remote_id: row.title or row.remote_id for row in found}
