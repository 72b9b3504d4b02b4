"""The door for providers' webhooks: proved, stored, answered. What they mean is a task's business."""

from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django_scopes import scope

from atsbridge.api.errors import Refusal, answer, machine, missing
from atsbridge.connections.models import State
from atsbridge.connections.vault import VaultError
from atsbridge.sync import arrivals, hooks
from atsbridge.sync.models import Hook

GONE = Refusal(HTTPStatus.GONE, "This account is no longer linked here. Send nothing more to this address.")


@machine
def hook(request: HttpRequest, connector: str, token: str) -> HttpResponse:
    """POST /hooks/{connector}/{token}: 202 once it is stored, 410 when the account is linked no more."""
    if request.method != "POST":
        raise Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "Send webhooks by POST.", headers={"Allow": "POST"})
    found = hooks.find(connector, token)
    if found is None:
        raise GONE if hooks.was_ours(connector, token) else missing("There is no such address.")
    if found.connection.state == State.UNLINKING:
        raise GONE
    with scope(tenant=found.tenant):
        arrivals.receive(found, request.headers, _proved(request, found))
    return answer({"stored": True}, status=HTTPStatus.ACCEPTED)


def _proved(request: HttpRequest, found: Hook) -> bytes:
    """The body of a request that the provider signed; raises Refusal, and then nothing is stored."""
    speaks = found.connection.speaks.hooks
    assert speaks
    try:
        body, secret = request.body, hooks.secret(found)
    except RequestDataTooBig:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This is more than a webhook holds.") from None
    except UnreadablePostError:
        raise Refusal(HTTPStatus.BAD_REQUEST, "The request broke off.") from None
    except VaultError:
        raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "The signature cannot be checked now. Send it again.") from None
    if not speaks.verify(request.headers, body, secret):
        raise Refusal(HTTPStatus.UNAUTHORIZED, "The signature is not right.")
    return body
