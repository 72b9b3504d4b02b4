"""The worker of the kill tests: the product's own app, which obeys orders to die, says who works on what, and whose
broker may misbehave.

ORDERS=FOLDER [COPIES=0,3] celery --app tests.killing.app worker
"""

import os
import random
from pathlib import Path
from typing import Any

from celery.signals import task_postrun, task_prerun

from atsbridge.celery import app
from tests.killing import points

__all__ = ["app"]

COPIES = [int(number) for number in os.environ.get("COPIES", "1").split(",")]
"""How often a message arrives that was sent once; each time one of these."""


WORKING = Path(os.environ["ORDERS"]) / "working"
WORKING.mkdir(exist_ok=True)


def misbehave() -> None:
    """Let the broker lose and repeat messages."""
    send: Any = app.amqp.send_task_message

    def send_some(*args: Any, **kwargs: Any) -> None:
        for _ in range(random.choice(COPIES)):
            send(*args, **kwargs)

    app.amqp.__dict__["send_task_message"] = send_some  # where the cached property keeps it


def begin(task: Any, args: tuple[str, ...], **more: Any) -> None:
    """Leave word of which row this process works on: whoever is killed leaves it for good."""
    if args:
        WORKING.joinpath(str(os.getpid())).write_text(f"{task.name} {args[1]}")


def end(**more: Any) -> None:
    """Take it back."""
    WORKING.joinpath(str(os.getpid())).unlink(missing_ok=True)


task_prerun.connect(begin, weak=False)
task_postrun.connect(end, weak=False)
points.arm(Path(os.environ["ORDERS"]))
if COPIES != [1]:
    misbehave()
