"""Addresses of this page with something changed, and which part of a page was asked for."""

from django.http import HttpRequest, QueryDict

from atsbridge.tenants.access import Request


def changed(request: HttpRequest, **changes: str | None) -> str:
    """This page's address with other parameters; None leaves one out, and so does a new filter the page's cursor."""
    parameters = request.GET.copy()
    for name in ("cursor", *changes):
        parameters.pop(name, None)
    kept = QueryDict(mutable=True)
    for name, value in [*parameters.items(), *changes.items()]:
        if value:
            kept[name] = str(value)
    return f"{request.path}?{kept.urlencode()}" if kept else request.path


def outward(address: str | None) -> str:
    """A provider's address if it is one that may be gone to, else nothing: never a script."""
    return address if address and address.startswith(("https://", "http://")) else ""


def part(request: Request, template: str, name: str) -> str:
    """The template's part for htmx, the whole page for everybody else."""
    return f"{template}#{name}" if request.htmx and not request.htmx.boosted else template
