"""`make demo`: the whole product on this machine, with both ATSs emulated, and no server needed.

    python -m atsbridge.demo --port 8000 [--reset] [--folder .run/demo] [--jobs 40 --people 2000] [--life 20]

It serves on loopback only and keeps its data in one folder; Ctrl-C ends everything that it started.
"""

import argparse
import base64
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from atsbridge.demo_servers import HOST, ROOT, Servers, Stopped

PASSWORD = "demo"  # noqa: S105 (the demo's people are imaginary, and it answers to this machine only)
EMULATED = ("homerun", "cats")
PORTS = 65_535
OURS = "secrets.json"
"""The file that tells a folder of the demo from any other."""

GRANIAN = ("granian", "--interface", "wsgi", "--host", HOST, "--workers", "1", "--blocking-threads", "4", "--no-ws")
WORKER = ("celery", "--app", "atsbridge", "worker", "--loglevel", "warning", "--pool", "threads", "--concurrency", "2")
LONELY = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--hostname=demo@%h")
BEAT = ("celery", "--app", "atsbridge", "beat", "--loglevel", "warning", "--pidfile=")


def main() -> int:
    """Set everything up, start it, say how to get in, and wait for Ctrl-C."""
    options = _options()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        with _held(options.folder), Servers(options.folder) as servers:
            return _run(servers, options)
    except KeyboardInterrupt:
        return 0
    except Stopped as reason:
        sys.stderr.write(f"{reason}\n")
        return 1


def _run(servers: Servers, options: argparse.Namespace) -> int:
    at = ports(options.port)
    _refuse_taken(at)
    _folder(options.folder, reset=options.reset)
    servers.environment = os.environ | environment(options.folder, at)
    account = ("--jobs", str(options.jobs), "--people", str(options.people), "--changes", str(options.life))
    emulators = {slug: servers.emulator(slug, at[slug], *account) for slug in EMULATED}
    servers.manage("migrate", "--verbosity", "0")
    servers.manage("collectstatic", "--no-input", "--verbosity", "0")
    servers.start("web", *GRANIAN, "--port", str(at["web"]), "--log-level", "warning", "atsbridge.wsgi:application")
    servers.start("worker", *WORKER, *LONELY)
    servers.start("beat", *BEAT, f"--schedule={options.folder / 'beat'}")
    keys = {slug: servers.said(emulator)["key"] for slug, emulator in emulators.items()}
    both = ("--homerun", keys["homerun"]) if options.life else ()
    seeded = json.loads(servers.manage("demo_seed", keys["cats"], PASSWORD, *both).splitlines()[-1])
    servers.answers(f"http://{HOST}:{at['web']}/accounts/login/")
    sys.stdout.write(_screen(options.folder, at["web"], keys, seeded))
    sys.stdout.flush()
    return servers.watch()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description="Run atsbridge here with both ATSs emulated.")
    parser.add_argument("--port", type=int, default=8000, help="of the web server; the emulators take the next two")
    parser.add_argument("--reset", action="store_true", help="start over with empty data")
    parser.add_argument("--folder", type=Path, default=ROOT / ".run" / "demo", help="where its data is kept")
    parser.add_argument("--jobs", type=int, default=40, help="that each emulated ATS has")
    parser.add_argument("--people", type=int, default=2000, help="that each emulated ATS has")
    parser.add_argument(
        "--life",
        type=int,
        default=0,
        metavar="N",
        help="let people change N things a minute in each account; then both are linked, each record announced",
    )
    options = parser.parse_args()
    if not 0 < options.port <= PORTS - len(EMULATED):
        parser.error(f"argument --port: a number from 1 to {PORTS - len(EMULATED)}")
    options.folder = options.folder.resolve()
    return options


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder: two demos on one folder would do each other's work, and one could delete it under the other."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stopped("A demo is running here already. Stop it with Ctrl-C first.") from None
        yield


def ports(first: int) -> dict[str, int]:
    """Answer where the web server and the emulators are."""
    return {name: first + place for place, name in enumerate(("web", *EMULATED))}


def _refuse_taken(at: dict[str, int]) -> None:
    for port in at.values():
        if not _free(port):
            raise Stopped(f"Port {port} is in use. The demo takes three in a row: make demo PORT={at['web'] + 100}")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _folder(folder: Path, *, reset: bool) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / OURS).exists():
        raise Stopped(f"{folder} holds something else than a demo; name another folder.")
    if reset and folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def environment(folder: Path, at: dict[str, int]) -> dict[str, str]:
    """Answer the settings of the demo; its two secrets are made once and kept beside its data."""
    kept = folder / OURS
    if not kept.exists():
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        kept.touch(mode=0o600)
        kept.write_text(json.dumps({"SECRET_KEY": secrets.token_urlsafe(50), "CREDENTIAL_KEYS": f"demo:{key}"}))
    made: dict[str, str] = json.loads(kept.read_text())
    address = f"http://{HOST}:{at['web']}"
    return made | {
        "DJANGO_SETTINGS_MODULE": "atsbridge.settings",
        "DEBUG": "false",
        "PUBLIC_URL": address,
        "HOOKS_URL": address,  # the emulators are on this machine
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "CSRF_TRUSTED_ORIGINS": f"{address},http://localhost:{at['web']}",
        "DATABASE_URL": f"sqlite:///{folder / 'atsbridge.sqlite3'}",
        "CELERY_BROKER_URL": f"filesystem://{folder / 'broker'}",
        "EMAIL_URL": "consolemail://",
        "DEFAULT_FROM_EMAIL": "atsbridge@localhost",
        "HOMERUN_API_URL": f"http://{HOST}:{at['homerun']}/v2",
        "CATS_API_URL": f"http://{HOST}:{at['cats']}/v3",
    }


def _screen(folder: Path, port: int, keys: dict[str, str], seeded: dict[str, Any]) -> str:
    address = f"http://{HOST}:{port}"
    people = "\n".join(f"    {email:<22} {role}" for email, role in seeded["people"].items())
    linked = "CATS is linked and syncing. Link Homerun yourself, with the key"
    if len(seeded["connections"]) > 1:
        linked = "Both are linked and syncing, and people change things there. Homerun has the key"
    return f"""
  atsbridge is at {address}

  Sign in with the password “{PASSWORD}” as
{people}

  {linked}
    {keys["homerun"]}
  (the emulated CATS has the key {keys["cats"]})

  Machines read the same records. This key is new at each start:
    curl -H "Authorization: Bearer {seeded["key"]}" \\
      "{address}/unified/ats/jobs?integrated_account_id={seeded["connections"]["cats"]}&limit=2"

  Ctrl-C stops everything. Data stays in {os.path.relpath(folder)}; make demo RESET=1 starts over.
"""


if __name__ == "__main__":
    sys.exit(main())
