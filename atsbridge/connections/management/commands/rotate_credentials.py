"""manage.py rotate_credentials"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from atsbridge.connections.rotation import rotate
from atsbridge.connections.vault import VaultError, sealing_key


class Command(BaseCommand):
    """Seals every credential anew with the first key."""

    help = (
        "Encrypts every stored credential anew with the first key of CREDENTIAL_KEYS, while the product runs. Put the"
        " new key first, restart, run this, then take the old key away. The last line is JSON: {key,"
        " credentials, attempts, fingerprints}, each number counting what changed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, telling how far it is."""
        try:
            done = rotate(lambda at, total: self.stdout.write(f"{at} of {total} looked at"))
        except VaultError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"key": sealing_key(), **done}))
