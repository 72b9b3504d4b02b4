"""Mails to a tenant's owners: when a connection needs them, when it is healthy again, when its key expires soon.

    queued ──taken──▶ sending ──the mail server took it──▶ sent
                        │ ├──it is no longer true, or they are no owner──▶ moot
                        │ ├──the mail server says no, again and again──▶ failed
                        │ └──nobody knows whether it went──▶ lost
                        └──no mail server there──▶ queued, for a while later

A row is made in the transaction that changes what it tells, and marked before it is sent: nobody is told twice.
"""

import smtplib
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from atsbridge.connections.models import Connection, Notice, State
from atsbridge.tenants import people
from atsbridge.tenants.across import everywhere

SUBJECTS = {
    "needs_relink": "{connection} needs relinking",
    "works_again": "{connection} works again",
    "expires": "The key of {connection} expires on {connection.expires_on:%-d %B %Y}",
}
ADDRESSES = {"needs_relink": "connection_relink", "works_again": "connection", "expires": "connection_relink"}
"""Where a mail leads to."""
PATIENCE = 8
STUCK = timedelta(minutes=10)
"""After this silence whoever was sending is taken for dead; the mail may have gone, so it is not sent again."""
TOLD = ("queued", "sending", "sent", "lost")
"""Who may have been told, or will be."""


def needs_relink(connection: Connection) -> None:
    """It is the owners' turn; call it in the transaction that says so."""
    for person in people.owners(connection.tenant_id):
        _queue(connection, person.pk, "needs_relink", connection.state_since.isoformat())


def works_again(connection: Connection) -> None:
    """It is healthy again, for those who were told that it was not; call it in the transaction that says so."""
    told = Notice.objects.filter(connection=connection, kind="needs_relink", state__in=TOLD)
    for person_id, about in told.values_list("person", "about"):
        _queue(connection, person_id, "works_again", about)


def expires(connection: Connection) -> None:
    """Its key has not long to go; call it in the transaction that notes the warning."""
    assert connection.expires_on
    for person in people.owners(connection.tenant_id):
        _queue(connection, person.pk, "expires", connection.expires_on.isoformat())


def _queue(connection: Connection, person_id: UUID, kind: str, about: str) -> None:
    same = {"connection": connection, "person_id": person_id, "kind": kind, "about": about}
    Notice.objects.get_or_create(**same, defaults={"tenant_id": connection.tenant_id})


def latest(connection: Connection) -> QuerySet[Notice]:
    """Who is told that a connection needs relinking, or that its key expires, and how far that is."""
    refused = connection.state == State.NEEDS_RELINK
    about = connection.state_since if refused else connection.expires_on
    mine = Notice.objects.filter(connection=connection, kind="needs_relink" if refused else "expires")
    mine = mine.filter(about=about.isoformat()) if about else mine.none()
    return mine.select_related("person").order_by("person__name", "person__email")


def due(settle: timedelta, most: int) -> list[tuple[UUID, UUID]]:
    """(tenant, notice) of the mails to ring for, in every tenant; those that somebody died over are given up."""
    now = timezone.now()
    with everywhere():
        Notice.objects.filter(state="sending", rung_at__lt=now - STUCK).update(
            state="lost", error="Whoever was sending it stopped", ended_at=now
        )
        quiet = Q(rung_at__isnull=True) | Q(rung_at__lt=now - settle)
        waiting = Notice.objects.filter(quiet, state="queued", not_before__lte=now).order_by("not_before")
        found = list(waiting.values_list("tenant_id", "pk")[:most])
        Notice.objects.filter(pk__in=[pk for _, pk in found], state="queued").update(rung_at=now)
    return found


def send(notice_id: UUID) -> None:
    """Send one, if it waits and is still true; what came of it stands in its row. Call it outside any transaction."""
    now = timezone.now()
    mine = Notice.objects.filter(pk=notice_id, state="queued", not_before__lte=now)
    if not mine.update(state="sending", rung_at=now, tries=F("tries") + 1):
        return
    notice = Notice.objects.select_related("connection", "tenant", "person").get(pk=notice_id)
    if _is_true(notice) and people.owners(notice.tenant_id).filter(pk=notice.person_id).exists():
        _send(notice)
    else:
        _end(notice, "moot")


def _is_true(notice: Notice) -> bool:
    """Whether it still holds; whoever heard nothing of a refusal need not hear that it is over."""
    connection = notice.connection
    if notice.kind == "needs_relink":
        return connection.state == State.NEEDS_RELINK and connection.state_since.isoformat() == notice.about
    if connection.state not in (State.ACTIVE, State.PAUSED):
        return False
    if notice.kind == "expires":
        return connection.expires_on is not None and connection.expires_on.isoformat() == notice.about
    told = Notice.objects.filter(connection=connection, person=notice.person_id, about=notice.about)
    return told.filter(kind="needs_relink", state__in=("sending", "sent", "lost")).exists()


def _send(notice: Notice) -> None:
    mailer = mailers.default
    try:
        mailer.open()
    except OSError as error:  # smtplib's errors are OSErrors too
        _again(notice, f"No mail server: {error}")
        return
    try:
        mailer.send_messages([_mail(notice)])
    except smtplib.SMTPServerDisconnected as error:
        _end(notice, "lost", str(error))
    except smtplib.SMTPException as error:
        _again(notice, f"The mail server refused it: {error}")
    except OSError as error:
        _end(notice, "lost", str(error))
    else:
        _end(notice, "sent")
    with suppress(OSError):
        mailer.close()


def _mail(notice: Notice) -> EmailMessage:
    connection, tenant = notice.connection, notice.tenant
    subject = " ".join(SUBJECTS[notice.kind].format(connection=connection).split())
    link = settings.PUBLIC_URL + reverse(ADDRESSES[notice.kind], args=[tenant.slug, connection.pk])
    facts = {"connection": connection, "tenant": tenant, "link": link, "ats": connection.speaks.name}
    text = render_to_string(f"connections/mail/{notice.kind}.txt", facts)
    return EmailMessage(subject, text, None, [notice.person.email])


def _again(notice: Notice, error: str) -> None:
    """Try again after growing pauses, up to an hour; it did surely not go."""
    if notice.tries >= PATIENCE:
        _end(notice, "failed", error)
        return
    pause = timedelta(minutes=min(60, 2**notice.tries))
    mine = Notice.objects.filter(pk=notice.pk, state="sending")
    mine.update(state="queued", error=error[:500], not_before=timezone.now() + pause)


def _end(notice: Notice, state: str, error: str = "") -> None:
    mine = Notice.objects.filter(pk=notice.pk, state="sending")
    mine.update(state=state, error=error[:500], ended_at=timezone.now())
