"""Where a one-time link leads: somebody joins a tenant or the support staff, or is told why they cannot yet."""

from django import forms
from django.contrib.auth import login
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache

from atsbridge.tenants import invitations
from atsbridge.tenants.models import Invitation, Person


class JoinForm(forms.Form):
    """What a new person tells about themselves; one who has an account may choose a new password, or leave it."""

    name = forms.CharField(max_length=200, label="Your name", widget=forms.TextInput({"autocomplete": "name"}))
    password = forms.CharField(label="Password", widget=forms.PasswordInput({"autocomplete": "new-password"}))

    def __init__(self, *args: object, invited: Invitation, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.invited = invited
        self.fields["password"].help_text = password_validators_help_texts()[1]
        if invitations.account(invited):
            del self.fields["name"]
            self.fields["password"].required = False
            self.fields["password"].label = "New password"
            self.fields["password"].help_text = "Leave it empty to keep the one that you have."

    def clean(self) -> None:
        """Hold the password against what is known of the person."""
        facts, password = self.cleaned_data, self.cleaned_data.get("password")
        if password:
            try:
                validate_password(password, Person(email=self.invited.email, name=facts.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Ask somebody to join, or join. Nothing is used up by looking: mail programs open links, too."""
    found = invitations.find(token)
    if found is None:
        return _answer(request, {"invitation": None}, 404)
    signed_in = isinstance(request.user, Person)
    if isinstance(request.user, Person) and request.user.email.lower() != found.email:
        return _answer(request, {"invitation": found, "other": request.user}, 403 if request.method == "POST" else 200)
    if not signed_in and not invitations.signs_in(found):
        return _answer(request, {"invitation": found, "sign_in": True}, 403 if request.method == "POST" else 200)
    form = None if signed_in else JoinForm(request.POST or None, invited=found)
    if request.method == "POST" and (form is None or form.is_valid()):
        return _join(request, found, form.cleaned_data if form else {})
    return _answer(request, {"invitation": found, "form": form})


def _join(request: HttpRequest, found: Invitation, told: dict[str, str]) -> HttpResponse:
    try:
        person = invitations.accept(found, **told)
    except invitations.UsedError:
        return _answer(request, {"invitation": None}, 404)
    login(request, person)
    return redirect("overview", found.tenant.slug) if found.tenant else redirect("support")


def _answer(request: HttpRequest, facts: dict[str, object], status: int = 200) -> HttpResponse:
    return render(request, "account/invitation.html", facts, status=status)


urlpatterns = [path("invitation/<slug:token>/", invitation, name="invitation")]
