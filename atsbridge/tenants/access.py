"""From a request to its tenant, its person (or machine) and their rights; every view of the product begins here.

A decorated view has the attribute `right`, so that a test which walks the URLs knows what each one asks for.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
    QueryDict,
)
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails
from django_scopes import scope

from atsbridge.tenants import keys
from atsbridge.tenants.audit import visit
from atsbridge.tenants.models import ApiKey, Membership, Person, Role, Tenant

RIGHTS: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset({"look", "sync", "act", "manage", "own"}),
    Role.ADMIN: frozenset({"look", "sync", "act", "manage"}),
    Role.VIEWER: frozenset({"look"}),
}
SUPPORT_RIGHTS = frozenset({"look", "sync"})
SAFE = ("GET", "HEAD", "OPTIONS")
SEEN_EVERY = timedelta(minutes=5)

type View = Callable[..., HttpResponseBase]


class Request(HttpRequest):
    """What a decorated view is handed. `support`: they look as support staff, being no member."""

    user: Person
    htmx: HtmxDetails
    tenant: Tenant
    membership: Membership | None
    support: bool
    rights: frozenset[str]
    api_key: ApiKey


def member(right: str) -> Callable[[View], View]:
    """Let in who has this right (look, sync, act, manage, own) in the tenant of the URL; strangers see a 404.

    What asks for no more than looking takes no POST.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: Request, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            _without_nul(request)
            tenant = Tenant.objects.filter(slug=slug).first()
            if tenant is None:
                raise Http404
            with scope(tenant=tenant):
                _enter(request, tenant)
                _require(request, right)
                if right == "look" and request.method not in SAFE:
                    return HttpResponseNotAllowed(SAFE)
                return _private(view(request, slug, *args, **kwargs))

        inner.right = right  # type: ignore[attr-defined]
        return inner

    return decorate


def support_only(view: View) -> View:
    """Let in support staff; to everybody else the page does not exist."""

    @wraps(view)
    def inner(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if not request.user.is_support:
            raise Http404
        _without_nul(request)
        _see(request.user)
        return _private(view(request, *args, **kwargs))

    inner.right = "support"  # type: ignore[attr-defined]
    return inner


def api_key(right: str) -> Callable[[View], View]:
    """Let in a machine whose bearer key may `read` or `write`, and open the scope of the key's tenant."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
            key = keys.find(secret.strip()) if scheme.lower() == "bearer" else None
            if key is None:
                return _refuse(HTTPStatus.UNAUTHORIZED, "Send a valid API key: Authorization: Bearer ats_…")
            if right == "write" and not key.can_write:
                return _refuse(HTTPStatus.FORBIDDEN, "This API key may only read. Make one that may write.")
            request.tenant, request.api_key = key.tenant, key
            with scope(tenant=key.tenant):
                keys.note_use(key, get_client_ip(request))
                return view(request, *args, **kwargs)

        inner.right = right  # type: ignore[attr-defined]
        inner.csrf_exempt = True  # type: ignore[attr-defined]  # a key is no cookie: no other site can send it
        return inner

    return decorate


def _enter(request: Request, tenant: Tenant) -> None:
    """Find what the person is in this tenant; a stranger's request learns nothing of it, not even for its 404 page."""
    membership = Membership.objects.filter(person=request.user).first()
    rights = SUPPORT_RIGHTS if request.user.is_support else frozenset()
    rights |= RIGHTS[membership.role] if membership else frozenset()
    if not rights:
        raise Http404
    request.tenant, request.membership, request.rights = tenant, membership, rights
    request.support = membership is None
    _see(request.user)
    if membership and request.session.get("tenant") != tenant.slug:
        request.session["tenant"] = tenant.slug


def _require(request: Request, right: str) -> None:
    """Stop who lacks the right; note a visit of support before anything is shown. Polling, by htmx, is no visit."""
    if right not in request.rights:
        raise PermissionDenied
    if request.support and request.method == "GET" and (not request.htmx or request.htmx.boosted):
        visit(request.tenant, request.user, request.path)


def _without_nul(request: Request) -> None:
    """Leave out of what is asked for the one character that PostgreSQL refuses and nobody means."""
    query = request.META.get("QUERY_STRING", "")
    if "%00" in query:
        request.GET = QueryDict(query.replace("%00", ""), encoding=request.encoding)


def _see(person: Person) -> None:
    """Keep when a person was last here, to five minutes."""
    now = timezone.now()
    if person.seen_at is None or person.seen_at < now - SEEN_EVERY:
        Person.objects.filter(pk=person.pk).update(seen_at=now)


def _to_sign_in(request: Request) -> HttpResponseBase:
    """Send to the sign-in page and back; a fragment sends its whole page, a form goes to where its page begins."""
    if request.htmx:
        page = request.htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(redirect_to_login(page).url)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """Keep a page out of shared caches, and apart from the fragment that has the same URL."""
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _refuse(status: HTTPStatus, message: str) -> HttpResponse:
    """A machine's refusal in the shape of every error of the API."""
    response = JsonResponse({"statusCode": status, "error": status.phrase, "message": message}, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
