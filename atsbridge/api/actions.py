"""Actions as machines look at them: `GET /actions/{id}`."""

from uuid import UUID

from django.http import HttpResponse

from atsbridge.actions.models import Action
from atsbridge.api import outcomes
from atsbridge.api.errors import answer, machine, missing, only_reading
from atsbridge.tenants.access import Request, api_key


@machine
@api_key("read")
def one(request: Request, action_id: str) -> HttpResponse:
    """How far an action is, and what came of it."""
    if said := only_reading(request):
        return said
    try:
        action = Action.objects.filter(pk=UUID(action_id)).first()
    except ValueError:
        action = None
    if action is None:
        raise missing("There is no such action. Its id stood in X-Action-Id when it was asked for.")
    return answer(outcomes.whole(action))
