"""The dashboard's addresses: one list of each screen family; what belongs to a tenant begins `/t/<slug>/`."""

from types import ModuleType

from django.urls import URLPattern, URLResolver, include, path

from atsbridge.dashboard import (
    act_log,
    act_page,
    activity,
    acts,
    audit,
    batches,
    connection,
    connection_acts,
    coverage,
    home,
    invitation,
    keys,
    linking,
    moving,
    overview,
    people,
    pipelines,
    questions,
    record,
    records,
    runs,
    search,
    support,
)

FAMILIES: list[ModuleType] = [
    overview,
    linking,
    connection,
    connection_acts,
    questions,
    keys,
    people,
    audit,
    search,
    records,
    record,
    pipelines,
    moving,
    activity,
    runs,
    coverage,
    acts,
    act_log,
    act_page,
    batches,
]

urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *invitation.urlpatterns,
    *support.urlpatterns,
    path("t/<slug:slug>/", include([page for family in FAMILIES for page in family.urlpatterns])),
]
