"""An exchange with a provider as text. What was secret in it was blacked out before it was stored."""

from datetime import datetime
from http import HTTPStatus

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils import timezone

from atsbridge.connections import exchanges
from atsbridge.connections.models import Exchange
from atsbridge.dashboard import addresses

register = template.Library()

LONG = 65_536


@register.filter
def exact_time(moment: datetime) -> str:
    """The time of day to the millisecond."""
    return timezone.localtime(moment).isoformat(timespec="milliseconds")[11:23]


@register.filter
def readable(query: str) -> str:
    """A query with its brackets and commas as people write them; the opened exchange shows what was sent."""
    return query.replace("%5B", "[").replace("%5D", "]").replace("%2C", ",")


@register.simple_tag(takes_context=True)
def exchange_address(context: Context, exchange: Exchange, opened: str) -> str:
    """The address that shows an exchange whole, or folds it again."""
    value = None if str(exchange.id) == opened else str(exchange.id)
    return f"{addresses.changed(context['request'], exchange=value)}#exchange-{exchange.id}"


@register.simple_tag
def exchange_request(exchange: Exchange) -> str:
    """The request: its line and headers."""
    query = f"?{exchange.query}" if exchange.query else ""
    return "\n".join([f"{exchange.method} /{exchange.path.lstrip('/')}{query}", *_headers(exchange.request_headers)])


@register.simple_tag
def exchange_answer(exchange: Exchange) -> str:
    """The answer: its status, headers, and the body where it was kept."""
    if exchange.status is None:
        return f"No answer. {exchange.error}"
    body = exchanges.body(exchange)[:LONG]
    lines = [_status(exchange.status), *_headers(exchange.response_headers)]
    return "\n".join([*lines, "", body] if body else lines)


@register.simple_tag
def kept_days() -> int:
    """For how many days the bodies of exchanges are kept."""
    return int(min(settings.EXCHANGE_KEEP_DAYS, settings.FORGET_DAYS))


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _headers(headers: dict[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in sorted(headers.items())]
