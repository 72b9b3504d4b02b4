"""The form of one action on a record or an account: its fields, what they begin with, what it gives the intake."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from django import forms

from atsbridge.actions import intake, uploads
from atsbridge.actions.intake import Wrong
from atsbridge.connections.models import Connection
from atsbridge.dashboard import act_fields
from atsbridge.dashboard.act_fields import Described
from atsbridge.records import beside
from atsbridge.records.models import NONE, Record
from connectors.acting import MEGABYTE, Act, Files
from connectors.unified.actions import File, Input, UpdateCandidate
from connectors.unified.parts import FileType, JobStatus

OFFERED = 200
"""Records that a choice offers."""
LOSING = ("delete_application", "delete_candidate")
"""What takes something away."""
EXPECTED, PASSED = "expected_stage_id", "remote_data"
WHERE = re.compile(r" - at `\$\.(\w+)[^`]*`")
NAMED = re.compile(r"\A(\w+): ")
FILE = re.compile(r"\Afile_\w+\Z")
"""How the intake names a field: at the end, or before a colon; what it says of a file's parts is about the file."""


class ActForm(forms.Form):
    """One action on one record, or on an account alone.

    Four kinds of its fields are not shown: the record itself; other records that it could be about; choices of which
    there are none; what goes to the ATS as it stands, which programs tell.
    """

    def __init__(
        self, action: type[Input], act: Act, on: Record | Connection, title: str, *args: Any, **kwargs: Any
    ) -> None:
        self.action, self.act, self.title = action, act, title
        self.record = on if isinstance(on, Record) else None
        self.connection = on.connection if isinstance(on, Record) else on
        self.described = act_fields.described(action)
        self.fixed = {f"{self.record.model}_id": self.record.remote_id} if self.record else {}
        document = json.loads(self.record.document) if self.record else {}
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

    def read(self) -> Input:
        """What was filled in, its files kept; raises Wrong, and keeps none of them then."""
        kept: list[File] = []
        try:
            return intake.read(self.action.slug, self.given(kept))
        except Wrong:
            uploads.drop(kept)
            raise

    def given(self, kept: list[File] | None = None) -> dict[str, Any]:
        """What was filled in, as the intake takes it; of a change only what was changed. kept: takes its files."""
        told = self.fixed_given()
        partial = issubclass(self.action, UpdateCandidate)
        for name, value in self.cleaned_data.items():
            if name not in self.described:
                continue
            each = self.described[name]
            if not (partial and name not in self.changed_data) and not (value in ("", None, []) and not partial):
                told[name] = act_fields.given(each, self._files(value, kept) if each.files else value)
        return told

    def _files(self, rows: list[dict[str, Any]], kept: list[File] | None) -> list[dict[str, Any]]:
        """Rows of files as the intake takes them; what was uploaded is stored, whatever its browser says of it."""
        return [self._file(row, [] if kept is None else kept) for row in rows]

    def _file(self, row: dict[str, Any], kept: list[File]) -> dict[str, Any]:
        upload, url = row.get("upload"), row.get("url") or ""
        name = upload.name if upload else unquote(urlsplit(url).path.rpartition("/")[2]) or "file"
        told = File(name=name[:255], type=FileType(row["type"]), url="" if upload else url)
        if upload:
            photo = bool(self.cleaned_data.get("photo"))
            told = uploads.keep(self.connection.tenant_id, upload, told, self.act.files or Files(0), photo=photo)
            kept.append(told)
        found: dict[str, Any] = msgspec.to_builtins(told)
        return found

    def fixed_given(self) -> dict[str, Any]:
        """The record that it is about."""
        return {name: value for name, value in self.fixed.items() if name in self.described}

    def blame(self, wrong: Wrong) -> None:
        """Put what the intake found wrong beside the field that it names."""
        words = str(wrong)
        found = WHERE.search(words) or NAMED.match(words)
        name = FILE.sub("file", found.group(1)) if found else ""
        if found and name in self.fields:
            self.add_error(name, words.replace(found.group(), "", 1))
        else:
            self.add_error(None, words)

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
        if each.name in self.fixed or each.name == PASSED:
            return None
        if each.name == EXPECTED:
            return forms.CharField(required=False, widget=forms.HiddenInput)
        choices = self._choices(each, document)
        if choices is not None and not choices and not each.required:
            return None
        return act_fields.field(each, choices, self._hint(each, choices or {}))

    def _hint(self, each: Described, choices: Mapping[str, str]) -> str:
        """What else is to be known of a field: what becomes of it, what fires anyway, what files are taken."""
        hints = [self.act.lacks.get(each.name, "")]
        if each.name == "stage_id" and (anyway := [words for _, words, required in self._triggers() if required]):
            hints.append(f"{self.ats} does by itself, asked or not: {'; '.join(anyway)}")
        if each.files and self.act.files:
            hints.append(f"{self.act.files.most // MEGABYTE} MB at the most")
        if len(choices) == OFFERED:
            hints.append(f"These are the first {OFFERED} by name")
        return ". ".join(filter(None, hints))

    @property
    def ats(self) -> str:
        """Its ATS, by name."""
        return self.connection.speaks.name

    def _triggers(self) -> list[tuple[str, str, bool]]:
        """What the ATS does by itself where somebody comes to a stage of the job: id, words, whether anyway."""
        if not self.act.triggers:
            return []
        known = self.act.triggers(beside.answers(self.connection))
        return [
            (each.id, f"{name}: {each.words}", each.required)
            for stage, name in stages(self.record).items()
            for each in known.get(stage, ())
        ]

    def _choices(self, each: Described, document: dict[str, Any]) -> Mapping[str, str] | None:
        """The records that a field may name, in order; None for what is no choice."""
        if each.name == "triggers":
            return {id_: words for id_, words, required in self._triggers() if not required}
        if not each.ref:
            return None
        if each.ref == "application_stage":
            here = document.get("current_stage_id") if self.action.slug == "move_application" else None
            return {value: words for value, words in stages(self.record).items() if value != here}
        rows = Record.objects.filter(connection=self.connection, model=each.ref, deleted_at__isnull=True)
        if each.ref == "job":
            rows = rows.filter(status=JobStatus.OPEN)
        elif each.ref in ("candidate", "application"):
            return {}
        return dict(rows.order_by("sort", "id").values_list("remote_id", "title")[:OFFERED])


def stages(record: Record | None) -> dict[str, str]:
    """Remote id → name of the stages of a job, or of an application's job, in its order."""
    job = NONE if record is None else record.id if record.model == "job" else record.job
    if job == NONE:
        return {}
    steps = Record.objects.filter(job=job, model="job_stage", deleted_at__isnull=True).order_by("position", "id")
    order = list(dict.fromkeys(steps.values_list("stage", flat=True)))
    known = {row.id: row for row in Record.objects.filter(id__in=order).only("id", "remote_id", "title")}
    found = [known[stage] for stage in order if stage in known]
    return {row.remote_id: row.title or row.remote_id for row in found}
