"""What people type about a connection: credentials, name, what is read and how often, and its name again to unlink."""

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings

from atsbridge.connections import expiring
from atsbridge.connections.models import Connection
from atsbridge.dashboard.checks import plural
from connectors import unified
from connectors.base import Connector
from connectors.coverage import matrix

HOUR, DAY = 60, 24 * 60
INTERVALS = {
    15: "Every 15 minutes",
    30: "Every 30 minutes",
    HOUR: "Every hour",
    4 * HOUR: "Every 4 hours",
    DAY: "Every day",
}


class Expiring(forms.Form):
    """The last day of a key, where somebody knows it. known: what was said of it before."""

    known: date | None = None
    expires_on = forms.DateField(
        label="The key expires on",
        help_text=f"The owners are told {expiring.AHEAD.days} days before.",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_expires_on(self) -> date | None:
        """A day to come, or what was known before."""
        day: date | None = self.cleaned_data["expires_on"]
        if day and day != self.known and day < expiring.today():
            raise forms.ValidationError("That day is over. Leave it empty if you do not know when the key expires.")
        return day


class KeyForm(Expiring):
    """The fields that a connector declares, when the key expires, and whether writing is tested too."""

    def __init__(self, connector: type[Connector], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [secret.name for secret in connector.credentials]
        for secret in connector.credentials:
            widget = forms.PasswordInput if secret.secret else forms.TextInput
            self.fields[secret.name] = forms.CharField(
                label=secret.label,
                help_text=secret.hint,
                max_length=secret.maximum,
                widget=widget(attrs={"autocomplete": "off"}),
            )
        self.order_fields([*self.names, "expires_on"])
        if any(permission.writes and permission.probe for permission in connector.permissions):
            self.fields["write_probes"] = forms.BooleanField(
                label="Test writing too",
                help_text=f"{connector.name} is sent incomplete requests, which it must refuse. Nothing is written.",
                required=False,
            )

    @property
    def values(self) -> dict[str, str]:
        """The credentials, name by name."""
        return {name: self.cleaned_data[name] for name in self.names}

    @property
    def said(self) -> dict[str, Any]:
        """What was said of the key beside its values."""
        known, probe = self.cleaned_data["expires_on"], self.cleaned_data.get("write_probes", False)
        return {"expires_on": known, "write_probes": probe}


class ModelChoice(forms.CheckboxSelectMultiple):
    """Checkboxes; what is not possible is disabled."""

    impossible: dict[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """One checkbox."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.impossible:
            option["attrs"] |= {"disabled": True}
            option["selected"] = False
            option["attrs"].pop("checked", None)
        return option


class SettingsForm(Expiring):
    """What people call a connection, which models it reads, how often, whether its first sync announces each record,
    and of one that is linked when its key expires.

    off: models that its key cannot read."""

    label = forms.CharField(max_length=100, label="Name", help_text="What tells it apart from your other accounts.")
    models = forms.MultipleChoiceField(label="Read", widget=ModelChoice)
    interval = forms.TypedChoiceField(
        label="Look for changes",
        help_text="Stretched where the provider's call limit asks for it.",
        coerce=lambda minutes: int(minutes) or None,
    )
    announce_each = forms.BooleanField(
        label="Announce each record of the first sync",
        help_text="Each as an event of its own. Else one event says of a model that it can be listed now, and from then"
        " on its new records are announced.",
        required=False,
    )
    only_ours = forms.BooleanField(
        label="Read only what was created from here",
        help_text="Of candidates and applications those that were created from here, or imported by a machine. All"
        " others leave at once, with everything that is kept of them; switched off again, they come with a full sync.",
        required=False,
    )

    def __init__(
        self, connector: type[Connector], *args: Any, off: dict[str, str], own: Connection | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.own, self.off = own, off
        if own:
            self.known = own.expires_on
        else:
            del self.fields["expires_on"]
        reads = set(connector.reads())
        choices = [(model.slug, plural(model).capitalize()) for model in unified.MODELS if model.slug in reads]
        models = cast("forms.MultipleChoiceField", self.fields["models"])
        models.choices = choices
        cast("ModelChoice", models.widget).impossible = off
        models.error_messages["required"] = "Choose at least one model."
        cast("forms.TypedChoiceField", self.fields["interval"]).choices = _intervals(own)
        self.connector = connector

    def choices(self) -> Iterator[tuple[forms.boundfield.BoundWidget, str]]:
        """Each model's checkbox, with what there is to say about it."""
        coverage = matrix([self.connector])[0].models
        for choice in self["models"]:
            slug = str(choice.data["value"])
            on_opening = "Read when a record is opened" if coverage[slug].on_opening else ""
            yield choice, self.off.get(slug, on_opening)

    def clean_label(self) -> str:
        """A name that no other connection of the tenant has."""
        label: str = self.cleaned_data["label"]
        others = Connection.objects.filter(label=label).exclude(state="unlinking")
        if (others.exclude(pk=self.own.pk) if self.own else others).exists():
            raise forms.ValidationError("Another connection is called so. Add what tells them apart.")
        return label

    def clean_models(self) -> list[str]:
        """What can be read of what was chosen."""
        kept = [slug for slug in self.cleaned_data["models"] if slug not in self.off]
        if not kept:
            raise forms.ValidationError("Choose at least one model that this key can read.")
        return kept


class UnlinkForm(forms.Form):
    """The connection's name once more, and when its records go."""

    label = forms.CharField(label="Type its name to go on", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    when = forms.ChoiceField(label="Its records", widget=forms.RadioSelect, initial="later")

    def __init__(self, connection: Connection, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connection = connection
        self.fields["label"].label = f"Type “{connection.label}” to go on"
        when = cast("forms.ChoiceField", self.fields["when"])
        when.choices = _whens(connection)
        self.initial.setdefault("when", when.choices[0][0])

    def clean_label(self) -> str:
        """The very name."""
        label: str = self.cleaned_data["label"]
        if label != self.connection.label.strip():
            raise forms.ValidationError(f"That is not its name. Type “{self.connection.label}”.")
        return label


def _intervals(own: Connection | None) -> list[tuple[int, str]]:
    default = ((0, f"As usual here, every {settings.SYNC_INTERVAL_MINUTES} minutes"),)
    other = own.interval if own and own.interval and own.interval not in INTERVALS else None
    odd = ((other, f"Every {other} minutes"),) if other else ()
    return [*default, *odd, *INTERVALS.items()]


def _whens(connection: Connection) -> list[tuple[str, str]]:
    now = ("now", "go now, within the next minutes, and cannot come back")
    later = ("later", f"stay readable for {settings.UNLINK_KEEP_DAYS} days, then go")
    return [now] if connection.state == "unlinking" else [later, now]
