"""The audit trail, latest first, narrowed by person and by kind."""

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from atsbridge.dashboard.addresses import changed
from atsbridge.dashboard.narrowing import Chip, Choice, Menu
from atsbridge.dashboard.sentences import KINDS, sentences
from atsbridge.records.paging import BadCursor, Order, page
from atsbridge.tenants.access import Request, member
from atsbridge.tenants.models import AuditEntry, Person

SIZE = 50
LATEST_FIRST = Order("at", descending=True)


class FilterForm(forms.Form):
    """Whose entries, and of which kind; nothing is all of them."""

    person = forms.ModelChoiceField(queryset=Person.objects.none(), required=False)
    kind = forms.ChoiceField(choices=[(word, label) for word, (label, _) in KINDS.items()], required=False)

    def __init__(self, request: Request) -> None:
        super().__init__(request.GET)
        self.request = request
        self.people = Person.objects.filter(pk__in=AuditEntry.objects.values("person")).order_by("name", "email")
        self.fields["person"].queryset = self.people  # type: ignore[attr-defined]
        self.words = {"person": {str(each.pk): str(each) for each in self.people}}
        self.words["kind"] = {word: label for word, (label, _) in KINDS.items()}

    def entries(self) -> QuerySet[AuditEntry]:
        """What the filters leave: nothing where they name what is not there."""
        if not self.is_valid():
            return AuditEntry.objects.none()
        wanted = AuditEntry.objects.all()
        if person := self.cleaned_data["person"]:
            wanted = wanted.filter(person=person)
        if kind := self.cleaned_data["kind"]:
            wanted = wanted.filter(kind__startswith=f"{kind}.")
        return wanted

    def chips(self) -> list[Chip]:
        """The filters in force."""
        given = {name: self.request.GET.get(name, "") for name in self.words}
        return [
            Chip(name.capitalize(), self.words[name].get(value, value), changed(self.request, **{name: None}))
            for name, value in given.items()
            if value
        ]

    def menus(self) -> list[Menu]:
        """The filters that could be added."""
        return [Menu(name.capitalize(), self._choices(name)) for name in self.words if self.words[name]]

    def _choices(self, name: str) -> list[Choice]:
        now = self.request.GET.get(name)
        return [
            Choice(words, changed(self.request, **{name: value}), value == now)
            for value, words in self.words[name].items()
        ]


@member("look")
def audit(request: Request, slug: str) -> HttpResponse:
    """The trail, latest first."""
    form, asked = FilterForm(request), request.GET
    binding = f"audit {request.tenant.pk} {asked.get('person', '')} {asked.get('kind', '')}"
    try:
        found = page(form.entries(), LATEST_FIRST, size=SIZE, cursor=asked.get("cursor", ""), binding=binding)
    except BadCursor:
        return redirect(changed(request))
    facts = {
        "chips": form.chips(),
        "menus": form.menus(),
        "sentences": sentences(slug, found.rows),
        "newer": found.previous and changed(request, cursor=found.previous),
        "older": found.next and changed(request, cursor=found.next),
    }
    return render(request, "audit/index.html", facts)


urlpatterns = [path("audit/", audit, name="audit")]
