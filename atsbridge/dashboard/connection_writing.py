"""What a customer may choose about how their account is written to, as its connector declares it."""

from typing import Any

from django import forms

from connectors.base import Connector, Setting


class WritingForm(forms.Form):
    """A field for each setting of a connector; one that is left empty is as usual."""

    prefix = "writing"

    def __init__(self, connector: type[Connector], chosen: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settings = connector.settings
        for each in self.settings:
            self.fields[each.slug] = _field(each)
            self.initial[each.slug] = chosen.get(each.slug, each.default)

    @property
    def chosen(self) -> dict[str, str]:
        """What is not as usual, by slug."""
        said = {each.slug: self.cleaned_data[each.slug].replace("\r\n", "\n") for each in self.settings}
        return {each.slug: said[each.slug] for each in self.settings if said[each.slug] not in ("", each.default)}


def _field(setting: Setting) -> forms.Field:
    if setting.choices:
        return forms.ChoiceField(label=setting.label, choices=list(setting.choices.items()), required=False)
    lines = forms.Textarea(attrs={"rows": 4}) if "\n" in setting.default else forms.TextInput()
    return forms.CharField(label=setting.label, max_length=1000, required=False, widget=lines)
