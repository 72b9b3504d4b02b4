"""The broker that needs no server: messages as files in a folder, each put there whole.

kombu's own transport writes a message where it is read from, so a worker may take it half-written and die of it.
"""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes a message beside the queue, then moves it in."""

    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:  # type: ignore[override]  # its bases differ
        folder = Path(self.data_folder_out)
        try:
            handle, part = tempfile.mkstemp(suffix=".part", dir=folder)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(dumps(message))
            Path(part).replace(folder / f"{_order()}_{Path(part).stem}.{queue}.msg")
        except OSError as error:
            raise ChannelError(f"Cannot put a message into {folder}") from error


class Transport(filesystem.Transport):
    """`filesystem://`, as `settings.py` sets it up."""

    Channel = Channel


def register() -> None:
    """Let `filesystem://` mean this transport."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"


def _order() -> str:
    """Names sort by time: kombu takes the first."""
    return f"{time.monotonic_ns():020}"
