"""Where somebody lands: in their tenant, before a choice of tenants, at support's home, or before a friendly word."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from atsbridge.tenants.access import Request
from atsbridge.tenants.people import tenants_of


@login_required
def home(request: Request) -> HttpResponse:
    """Go on to the tenant that was looked at last, or ask which."""
    tenants = {tenant.slug: tenant for tenant in tenants_of(request.user)}
    last = tenants.get(request.session.get("tenant", ""))
    if last or len(tenants) == 1:
        return redirect("overview", (last or next(iter(tenants.values()))).slug)
    if request.user.is_support and not tenants:
        return redirect("support")
    return render(request, "home/choose.html", {"tenants": list(tenants.values())})


urlpatterns = [path("", home, name="home")]
