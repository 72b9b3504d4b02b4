"""Machine keys: made here, shown once, revoked for good."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from atsbridge.connections.models import Connection, State
from atsbridge.dashboard.forms import pointed
from atsbridge.tenants import keys as machine_keys
from atsbridge.tenants.access import Request, member
from atsbridge.tenants.audit import audit
from atsbridge.tenants.models import ApiKey

MAY = (("write", "Read and write"), ("read", "Read only"))


class KeyForm(forms.Form):
    """What a new key is for."""

    name = forms.CharField(max_length=100, label="Name", help_text="What uses it, such as “Data warehouse”.")
    may = forms.ChoiceField(choices=MAY, initial="write", label="It may", widget=forms.RadioSelect)
    source = forms.CharField(
        max_length=255, required=False, label="Default source",
        help_text="Where those come from whom it creates without a source.",
    )  # fmt: skip


class SourceForm(forms.Form):
    """Where those come from who are created without a source."""

    default_source = forms.CharField(
        max_length=255, required=False, label="Source",
        help_text="Of whoever is created without one, here or by a key that has none of its own.",
    )  # fmt: skip


class KeySourceForm(SourceForm):
    """The same of those whom one key creates."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["default_source"].help_text = "Left empty, it is the tenant's."


@member("look")
def keys(request: Request, slug: str) -> HttpResponse:
    """Every key of the tenant: its name, what it may do, when and from where it was last used."""
    return _keys(request, KeyForm())


@never_cache
@member("manage")
@require_POST
def create(request: Request, slug: str) -> HttpResponse:
    """Make a key and show it, this once, with a line to try it by."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _keys(request, pointed(form), status=422)
    may_write = form.cleaned_data["may"] == "write"
    told = form.cleaned_data
    row, secret = machine_keys.create(
        request.tenant, told["name"], can_write=may_write, by=request.user, source=told["source"]
    )
    audit(request.tenant, request.user, "key.created", _called(row))
    return _keys(request, KeyForm(), made=row, secret=secret, curl=_curl(secret))


@member("manage")
def revoke(request: Request, slug: str, pk: uuid.UUID) -> HttpResponse:
    """End a key, after asking."""
    key = get_object_or_404(ApiKey, pk=pk)
    if request.method != "POST":
        return render(request, "keys/revoke.html", {"key": key})
    if machine_keys.revoke(key):
        audit(request.tenant, request.user, "key.revoked", _called(key))
    messages.success(request, f"The key {key.name} is revoked; whatever uses it is refused from now on.")
    return redirect("keys", slug)


@member("manage")
def key_source(request: Request, slug: str, pk: uuid.UUID) -> HttpResponse:
    """Set a key's default source, or none."""
    key = get_object_or_404(ApiKey, pk=pk, revoked_at=None)
    form = KeySourceForm(request.POST or None, initial={"default_source": key.default_source})
    if request.method == "POST" and form.is_valid():
        key.default_source = form.cleaned_data["default_source"]
        key.save(update_fields=["default_source"])
        audit(request.tenant, request.user, "key.source", f"{_called(key)} to {key.default_source or 'none'}")
        messages.success(request, f"The default source of {key.name} is kept.")
        return redirect("keys", slug)
    return render(request, "keys/source.html", {"key": key, "form": form}, status=422 if form.errors else 200)


@member("manage")
@require_POST
def source(request: Request, slug: str) -> HttpResponse:
    """Set the tenant's default source, or none."""
    form = SourceForm(request.POST)
    if not form.is_valid():
        return _keys(request, KeyForm(), status=422, sources=pointed(form))
    request.tenant.default_source = form.cleaned_data["default_source"]
    request.tenant.save(update_fields=["default_source"])
    audit(request.tenant, request.user, "tenant.source", request.tenant.default_source or "none")
    messages.success(request, "The default source is kept.")
    return redirect("keys", slug)


def _keys(request: Request, form: KeyForm, status: int = 200, **facts: object) -> HttpResponse:
    everything = {
        "keys": ApiKey.objects.select_related("created_by").order_by(
            F("revoked_at").asc(nulls_first=True), "-created_at"
        ),
        "form": form,
        "sources": SourceForm(initial={"default_source": request.tenant.default_source}),
        "manages": "manage" in request.rights,
    }
    return render(request, "keys/index.html", everything | facts, status=status)


def _curl(secret: str) -> str:
    """A line that answers with jobs, of the tenant's first connection where it has one."""
    linked = Connection.objects.exclude(state=State.UNLINKING).order_by("created_at").first()
    account = f"?integrated_account_id={linked.pk}" if linked else "?integrated_account_id=…"
    return f'curl -H "Authorization: Bearer {secret}" "{settings.PUBLIC_URL}/unified/ats/jobs{account}"'


def _called(key: ApiKey) -> str:
    return f"{key.name} ({key.prefix}…)"


urlpatterns = [
    path("keys/", keys, name="keys"),
    path("keys/create/", create, name="key_create"),
    path("keys/source/", source, name="source"),
    path("keys/<uuid:pk>/source/", key_source, name="key_source"),
    path("keys/<uuid:pk>/revoke/", revoke, name="key_revoke"),
]
