"""The worker of the kill tests: the product's own app, which obeys orders to die and whose broker may misbehave.

ORDERS=FOLDER [COPIES=0,3] celery --app tests.killing.app worker
"""

import os
import random
from pathlib import Path
from typing import Any

from atsbridge.celery import app
from tests.killing import points

__all__ = ["app"]

COPIES = [int(number) for number in os.environ.get("COPIES", "1").split(",")]
"""How often a message arrives that was sent once; each time one of these."""


def misbehave() -> None:
    """Let the broker lose and repeat messages."""
    send: Any = app.amqp.send_task_message

    def send_some(*args: Any, **kwargs: Any) -> None:
        for _ in range(random.choice(COPIES)):
            send(*args, **kwargs)

    app.amqp.__dict__["send_task_message"] = send_some  # where the cached property keeps it


points.arm(Path(os.environ["ORDERS"]))
if COPIES != [1]:
    misbehave()
