"""Who belongs to the tenant, who is invited, and in which role."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from atsbridge.dashboard.forms import pointed
from atsbridge.tenants import invitations
from atsbridge.tenants import people as members
from atsbridge.tenants.access import Request, member
from atsbridge.tenants.audit import audit
from atsbridge.tenants.models import Invitation, Membership, Role

KEEP_AN_OWNER = "A tenant keeps an owner. Make somebody else an owner first."


class InviteForm(forms.Form):
    """Who is to be invited, as what."""

    email = forms.EmailField(max_length=254, label="E-mail address")
    role = forms.ChoiceField(choices=list(reversed(Role.choices)), label="Role")

    def clean_email(self) -> str:
        """Refuse who is here already."""
        email = str(self.cleaned_data["email"]).lower()
        if Membership.objects.filter(person__email__iexact=email).exists():
            raise forms.ValidationError("They belong to this tenant already. Change their role in the list.")
        return email


class RoleForm(forms.Form):
    """A member's role."""

    role = forms.ChoiceField(choices=Role.choices)


@member("look")
def people(request: Request, slug: str) -> HttpResponse:
    """Everybody in the tenant, and the invitations that nobody has accepted yet."""
    return _people(request, InviteForm())


@never_cache
@member("own")
@require_POST
def invite(request: Request, slug: str) -> HttpResponse:
    """Invite somebody: the link is mailed, and shown this once to whoever invites."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _people(request, pointed(form), status=422)
    email, role = form.cleaned_data["email"], form.cleaned_data["role"]
    invitation, link = invitations.invite(request.tenant, email, role, by=request.user)
    audit(request.tenant, request.user, "person.invited", f"{email} as {invitation.get_role_display().lower()}")
    return _people(request, InviteForm(), invited=invitation, link=link, mailed=invitations.mail(invitation, link))


@member("own")
@require_POST
def withdraw(request: Request, slug: str, pk: uuid.UUID) -> HttpResponse:
    """Take an invitation back: its link leads nowhere."""
    invitation = get_object_or_404(invitations.waiting(request.tenant), pk=pk)
    Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).delete()
    audit(request.tenant, request.user, "person.uninvited", invitation.email)
    messages.success(request, f"The invitation of {invitation.email} is withdrawn; its link works no more.")
    return redirect("people", slug)


@member("own")
@require_POST
def role(request: Request, slug: str, person_id: uuid.UUID) -> HttpResponse:
    """Give a member another role."""
    membership, form = _member(person_id), RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose owner, admin or viewer.")
        return redirect("people", slug)
    new = Role(form.cleaned_data["role"])
    try:
        members.change_role(membership, new)
    except members.LastOwnerError:
        messages.error(request, KEEP_AN_OWNER)
        return redirect("people", slug)
    audit(request.tenant, request.user, "person.role_changed", f"{membership.person} to {new.label.lower()}")
    messages.success(request, f"{membership.person} is now {new.label.lower()}.")
    return redirect("people", slug)


@member("own")
def remove(request: Request, slug: str, person_id: uuid.UUID) -> HttpResponse:
    """Take somebody out of the tenant, after asking."""
    membership = _member(person_id)
    if request.method != "POST":
        return render(request, "people/remove.html", {"membership": membership})
    try:
        members.remove(membership)
    except members.LastOwnerError:
        messages.error(request, KEEP_AN_OWNER)
        return redirect("people", slug)
    audit(request.tenant, request.user, "person.removed", str(membership.person))
    messages.success(request, f"{membership.person} does not belong to {request.tenant} any more.")
    return redirect("home") if membership.person == request.user else redirect("people", slug)


def _member(person_id: uuid.UUID) -> Membership:
    return get_object_or_404(Membership.objects.select_related("person", "tenant"), person=person_id)


def _people(request: Request, form: InviteForm, status: int = 200, **facts: object) -> HttpResponse:
    everybody = {
        "members": members.members(request.tenant),
        "waiting": invitations.waiting(request.tenant),
        "roles": Role.choices,
        "form": form,
        "owns": "own" in request.rights,
    }
    return render(request, "people/index.html", everybody | facts, status=status)


urlpatterns = [
    path("people/", people, name="people"),
    path("people/invite/", invite, name="invite"),
    path("people/invitations/<uuid:pk>/withdraw/", withdraw, name="invitation_withdraw"),
    path("people/<uuid:person_id>/role/", role, name="person_role"),
    path("people/<uuid:person_id>/remove/", remove, name="person_remove"),
]
