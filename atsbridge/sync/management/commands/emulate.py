"""manage.py emulate CONNECTOR --port P [--jobs N --people N --seed S --limit N --changes N --calls-taken PERCENT]"""

import gc
import json
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import connectors
from connectors.emulation import serve

MOST = 200_000
NO_LIMIT = 10**9
PORTS = 65_535


def _amount(text: str, most: int = MOST) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else -1
    if not 0 <= number <= most:
        raise ArgumentTypeError(f"a number from 0 to {most}")
    return number


def _percent(text: str) -> int:
    return _amount(text, 90)


def _port(text: str) -> int:
    return _amount(text, PORTS)  # the resolver takes 99999 for 34463


def _imagined(options: dict[str, Any]) -> Any:
    """The account; the collector looks at none of its many objects, now or later."""
    make = connectors.emulator(options["connector"])
    gc.disable()
    emulator = make(jobs=options["jobs"], people=options["people"], seed=options["seed"])
    gc.freeze()
    gc.enable()
    return emulator


class Command(BaseCommand):
    """Serves an emulated ATS over HTTP on loopback until it is interrupted."""

    help = "Serve an emulated ATS on 127.0.0.1. Prints its address and key as one JSON object, then serves."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Which ATS, where, how large."""
        parser.add_argument("connector", metavar="CONNECTOR", choices=list(connectors.REGISTRY))
        parser.add_argument("--port", type=_port, required=True)
        parser.add_argument("--jobs", type=_amount, default=40)
        parser.add_argument("--people", type=_amount, default=2000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--limit", type=_amount, help="calls in the provider's window, 0 for no limit")
        parser.add_argument("--changes", type=_amount, default=0, help="how much people change a minute")
        parser.add_argument("--calls-taken", type=_percent, default=0, help="per cent of the limit that others take")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the data, then serve."""
        if options["limit"] == 0 and options["calls_taken"]:
            raise CommandError("--calls-taken is a share of a limit: --limit 0 has none")
        emulator = _imagined(options)
        if options["limit"] is not None:
            emulator.limit = options["limit"] or NO_LIMIT
        emulator.timely, emulator.calls_taken = True, options["calls_taken"]
        try:
            server = serve(emulator, options["port"])
        except (OSError, SystemExit) as error:
            raise CommandError(f"Port {options['port']} cannot be used") from error
        address = f"http://127.0.0.1:{server.port}{emulator.base_path}"
        self.stdout.write(json.dumps({"address": address, "key": emulator.key}), ending="\n")
        self.stdout.flush()
        emulator.life.go_on(options["changes"])
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            server.shutdown()
