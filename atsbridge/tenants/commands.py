"""What the operators' commands share: names for tenants, and one JSON object as the last line."""

import json
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from atsbridge.tenants.models import Tenant


class JsonCommand(BaseCommand):
    """A command whose last line is one JSON object, what `answer` returns; CommandError goes to stderr, with exit 1."""

    failed = False
    """Set by an `answer` that has something to say and still did not get what was asked for: exit 1."""

    def handle(self, *args: Any, **options: Any) -> str:
        """Answer with the object as a line."""
        line = json.dumps(self.answer(**options), ensure_ascii=False)
        if self.failed:
            self.stdout.write(line)
            raise SystemExit(1)
        return line

    def answer(self, *args: Any, **options: Any) -> dict[str, Any]:
        """Do what the command is for, and return what its last line says."""
        raise NotImplementedError


def tenant_of(text: str) -> Tenant:
    """The tenant of this name or id; CommandError where there is none."""
    try:
        found = Tenant.objects.filter(pk=uuid.UUID(text)).first()
    except ValueError:
        found = Tenant.objects.filter(name__iexact=text).first() or Tenant.objects.filter(slug=text).first()
    if found is None:
        raise CommandError(f"There is no tenant {text!r}. Make it with: manage.py tenant NAME --owner E-MAIL")
    return found


def address(text: str) -> str:
    """An e-mail address; CommandError where it is none."""
    try:
        validate_email(text)
    except ValidationError as error:
        raise CommandError(f"{text!r} is not an e-mail address.") from error
    return text
