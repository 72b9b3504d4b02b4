"""What can be done about a record that stands beside others."""

from django import template
from django.template.context import Context

from atsbridge.dashboard.offers import Offer, offers
from atsbridge.records.models import Record

register = template.Library()


@register.simple_tag(takes_context=True)
def offered(context: Context, record: Record) -> list[Offer]:
    """The actions on a record of the same connection as the page's."""
    return offers(context["request"], record, context["record"].connection)
