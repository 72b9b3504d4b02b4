"""What a connection's mappings need beside the rows, kept once per connection."""

import json
from datetime import timedelta
from typing import Any

from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.records.digest import clean, digest
from atsbridge.records.models import Beside
from atsbridge.records.rows import Reader


def keep(connection: Connection, answers: dict[str, Any]) -> None:
    """Store the answers that stand beside the rows."""
    cleaned = clean(answers)
    mark = digest(cleaned.encoded, instants=connection.speaks.mixed_offsets)
    Beside.objects.update_or_create(
        connection=connection,
        defaults={
            "tenant_id": connection.tenant_id,
            "answers": cleaned.encoded.decode(),
            "digest": mark,
            "read_at": timezone.now(),
        },
    )


def known(connection: Connection, within: timedelta) -> bool:
    """Whether the answers were read lately."""
    return Beside.objects.filter(connection=connection, read_at__gt=timezone.now() - within).exists()


def answers(connection: Connection) -> dict[str, Any]:
    """What is known beside the rows, and what people say that it means."""
    return reader(connection).beside


def renewed(old: Reader, connection: Connection) -> Reader:
    """The same reader, or one that knows what people have said meanwhile; asked under the connection's lock."""
    return old if old.meanings == connection.meanings else reader(connection)


def reader(connection: Connection) -> Reader:
    """How this connection's rows are read now."""
    kept = Beside.objects.filter(connection=connection).first()
    return Reader.of(connection, json.loads(kept.answers) if kept else {}, kept.digest if kept else "")
