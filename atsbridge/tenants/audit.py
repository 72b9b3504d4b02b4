"""The audit trail: who did what, and which pages support staff looked at."""

import uuid
from datetime import timedelta

from django.utils import timezone

from atsbridge.tenants.models import AuditEntry, Person, Tenant

VISIT = "support.visit"
VISIT_LASTS = timedelta(minutes=30)


def audit(
    tenant: Tenant,
    person: Person | None,
    kind: str,
    subject: str = "",
    connection_id: uuid.UUID | None = None,
    as_support: bool = False,
) -> AuditEntry:
    """Note that a person (None: a command or the schedule) did something to what the words of `subject` name."""
    return AuditEntry.objects.create(
        tenant=tenant,
        person=person,
        who=str(person or "A command")[:254],
        as_support=as_support,
        kind=kind,
        subject=subject.replace("\x00", "\N{REPLACEMENT CHARACTER}")[:300],
        connection_id=connection_id,
    )


def visit(tenant: Tenant, person: Person, page: str) -> None:
    """Note that somebody of support looked at a page: once per person, tenant and page in 30 minutes."""
    page = page[:500]
    since = timezone.now() - VISIT_LASTS
    if not AuditEntry.objects.filter(person=person, kind=VISIT, page=page, at__gt=since).exists():
        AuditEntry.objects.create(tenant=tenant, person=person, who=str(person), as_support=True, kind=VISIT, page=page)
