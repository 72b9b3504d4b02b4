"""The dashboard's addresses: one list of each screen family; what belongs to a tenant begins `/t/<slug>/`."""

from types import ModuleType

from django.urls import include, path

from atsbridge.dashboard import home

FAMILIES: list[ModuleType] = []

urlpatterns = [
    *home.urlpatterns,
    path("t/<slug:slug>/", include([page for family in FAMILIES for page in family.urlpatterns])),
]
