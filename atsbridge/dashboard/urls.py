"""The dashboard's addresses: one list of each screen family; what belongs to a tenant begins `/t/<slug>/`."""

from types import ModuleType

from django.urls import URLPattern, URLResolver, include, path

from atsbridge.dashboard import audit, home, invitation, keys, people, search, support

FAMILIES: list[ModuleType] = [keys, people, audit, search]

urlpatterns: list[URLPattern | URLResolver] = [
    *home.urlpatterns,
    *invitation.urlpatterns,
    *support.urlpatterns,
    path("t/<slug:slug>/", include([page for family in FAMILIES for page in family.urlpatterns])),
]
