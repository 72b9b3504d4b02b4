"""Addresses to look at the frame by: a page of every component, and places that the side menu leads to."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from atsbridge.tenants.access import Request, member, support_only

HERE = Path(__file__).parent
WHEN = datetime(2026, 11, 19, 8, 14, 20, tzinfo=UTC)


class Link(forms.Form):
    """One field of every kind."""

    key = forms.CharField(
        label="API key", help_text="From Homerun: Settings, API keys.", widget=forms.PasswordInput(render_value=True)
    )
    label = forms.CharField(label="Label", initial="Homerun – Amsterdam")
    every = forms.ChoiceField(label="Look for changes", choices={"15": "Every 15 minutes", "60": "Every hour"})
    note = forms.CharField(label="Note for colleagues", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    models = forms.MultipleChoiceField(
        label="Read", choices={"candidates": "Candidates", "notes": "Notes"}, widget=forms.CheckboxSelectMultiple
    )
    write = forms.BooleanField(
        label="Test writing too", help_text="Homerun is sent what it must refuse.", required=False
    )

    def clean_label(self) -> str:
        raise forms.ValidationError("Another connection of Acme is called so. Add what tells them apart.")


SHOWN: dict[str, Any] = {
    "when": WHEN,
    "sections": [{"label": "Health", "current": True}, {"label": "Syncs", "count": 1482}],
    "chips": [
        {"field": "Stage", "value": "Interview", "without": "?"},
        {"field": "Source", "is": "is not", "value": "Import", "without": "?"},
    ],
    "rows": [("Baker, night shift", "OPEN", 41), ("مهندس برمجيات أول", "DRAFT", 1017)],
    "facts": [("Read so far", "10,859 records"), ("Waited", "6 min 15 s")],
    "figures": [("Jobs", 38), ("Candidates", 4812)],
    "steps": [
        {"label": "Choose the ATS", "address": "?"},
        {"label": "Get the key"},
        {"label": "Check"},
        {"label": "Choose and name"},
    ],
    "checks": [
        {"state": "yes", "label": "Read jobs", "code": "vacancies:read", "words": "Yes, 38 jobs"},
        {
            "state": "no",
            "label": "Read notes",
            "code": "job-application-notes:read",
            "why": "Notes will not appear here.",
        },
        {"state": "checking", "label": "Read questions", "code": "vacancy-questions:read"},
        {"state": "not_tested", "label": "Create applications", "code": "job-applications:write"},
    ],
    "entries": [
        {
            "icon": "pencil-square",
            "words": "Changed in CATS",
            "by": "found by run 1,482",
            "when": WHEN,
            "changes": [
                {"name": "Source", "before": "Career portal", "after": "Referral"},
                {"name": "Mail", "before": None, "after": "ada@example.org"},
                {"name": "Title", "before": "Countess", "after": None},
            ],
        },
        {"icon": "plus-circle", "words": "First seen", "when": WHEN},
    ],
    "tiles": [
        {
            "id": "1",
            "name": "Ada Lovelace",
            "address": "?",
            "sub": "Career portal",
            "stay": "at least 12 d",
            "state": "PENDING",
        },
        {"id": "2", "name": "عبد الرحمن", "address": "?", "sub": "LinkedIn", "stay": "since 2 Nov", "state": "HIRED"},
        {"id": "3", "name": "Grace Hopper", "address": "?", "sub": "Agency", "pending": "Moving, queued", "why": "?"},
        {"id": "4", "name": "Kim", "address": "?", "refused": "Move refused", "words": "No", "why": "?", "move": "?"},
    ],
    "answer": {
        "id": 41820377,
        "name": "María José",
        "emails": [{"email": "mj@example.es"}],
        "empty": None,
        "hot": False,
        "long": "word " * 90,
    },
    "paths": ["name", "emails[].email"],
}


COUNTS = {"jobs": 86, "candidates": 12480, "applications": 18911, "running": 1, "broken": 1, "connections": 4}


@member("look")
def components(request: Request, slug: str, **kwargs: str) -> HttpResponse:
    """Every component once; as a fragment, only a badge."""
    request.frame_counts = COUNTS  # type: ignore[attr-defined]
    for level in request.GET.getlist("say"):
        messages.add_message(request, int(level), "Sync queued")
    template = engines["django"].from_string(
        (HERE / f"{'fragment' if request.htmx else 'components'}.html").read_text()
    )
    form = Link({"key": "0000", "every": "15", "models": ["candidates"], "label": "Homerun – Amsterdam"})
    return HttpResponse(template.render({**SHOWN, "form": form}, request))


@member("own")
def owners_only(request: Request, slug: str) -> HttpResponse:
    """Where support may not go."""
    return HttpResponse("Owners")


@support_only
def support(request: Request) -> HttpResponse:
    """A page that belongs to no tenant."""
    source = (
        '{% extends "base.html" %}{% load ui %}{% block title %}Support{% endblock %}'
        '{% block crumbs %}{% crumb "Support" %}{% endblock %}{% block main %}<h1>Support</h1>{% endblock %}'
    )
    return HttpResponse(engines["django"].from_string(source).render({}, request))


def refused(request: HttpRequest) -> HttpResponse:
    """Nobody may come here."""
    raise PermissionDenied


def broken(request: HttpRequest) -> HttpResponse:
    """What breaks."""
    raise ValueError("It broke")


tenant_pages = [
    *(
        path(f"{name}/", components, name=name)
        for name in ("connections", "link", "runs", "pipelines", "coverage", "keys", "people", "search")
    ),
    path("", components, name="overview"),
    path("audit/", owners_only, name="audit"),
    path("connections/<pk>/", components, name="connection"),
    path("<plural>/", components, name="records"),
    path("<plural>/<pk>/", components, name="record"),
]
urlpatterns = [
    path("", refused, name="home"),
    path("broken/", broken),
    path("support/", support, name="support"),
    path("accounts/", include("allauth.account.urls")),
    path("t/<slug:slug>/", include(tenant_pages)),
]
