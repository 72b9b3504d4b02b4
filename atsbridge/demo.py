"""`make demo`: the whole product on this machine, with both ATSs emulated, and no server needed.

    python -m atsbridge.demo --port 8000 [--reset]

It serves on loopback only and keeps its data in `.run/demo`; Ctrl-C ends everything that it started.
"""

import argparse
import base64
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".run" / "demo"
HOST = "127.0.0.1"
PASSWORD = "demo"  # noqa: S105 (the demo's people are imaginary, and it answers to this machine only)
READY = 60.0
"""Seconds that a server has to answer."""


def main() -> int:
    """Set everything up, start it, say how to get in, and wait for Ctrl-C."""
    options = _options()
    if options.reset and FOLDER.exists():
        shutil.rmtree(FOLDER)
    (FOLDER / "broker").mkdir(parents=True, exist_ok=True)
    ports = {"web": options.port, "homerun": options.port + 1, "cats": options.port + 2}
    taken = [port for port in ports.values() if not _free(port)]
    if taken:
        sys.stderr.write(f"Port {taken[0]} is in use. Take another one: make demo PORT=8100\n")
        return 1
    os.environ.update(_environment(ports))
    signal.signal(signal.SIGTERM, _interrupt)
    servers = Servers()
    try:
        return _run(servers, ports)
    except KeyboardInterrupt:
        return 0
    finally:
        servers.stop()


def _run(servers: "Servers", ports: dict[str, int]) -> int:
    keys = {slug: servers.emulator(slug, ports[slug]) for slug in ("homerun", "cats")}
    _manage("migrate", "--verbosity", "0")
    servers.start("web", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(ports["web"]), *_GRANIAN)
    for queue in range(_WORKERS):
        servers.start(f"worker{queue}", "celery", "--app", "atsbridge", "worker", *_WORKER, f"--hostname=demo{queue}@%h")
    servers.start("beat", "celery", "--app", "atsbridge", "beat", "--loglevel", "warning", "--pidfile=")
    seeded = json.loads(_manage("demo_seed", keys["cats"]).splitlines()[-1])
    _wait_for(ports["web"])
    sys.stdout.write(_screen(ports["web"], keys, seeded))
    sys.stdout.flush()
    return servers.watch()


_GRANIAN = ("--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "atsbridge.wsgi:application")
_WORKERS = 1
_WORKER = ("--loglevel", "warning", "--concurrency", "2", "--without-gossip", "--without-mingle", "--without-heartbeat")


class Servers:
    """The processes of the demo, each with its log in `.run/demo`."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> None:
        """Start a program of the environment; its output goes to its log."""
        program = str(Path(sys.executable).parent / command[0])
        with (FOLDER / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [program, *command[1:]], cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def emulator(self, slug: str, port: int) -> str:
        """Start an emulated ATS. Returns the key to paste."""
        command = [sys.executable, "manage.py", "emulate", slug, "--port", str(port)]
        with (FOLDER / f"{slug}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self.running[slug] = process
        assert process.stdout
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"The emulated {slug} did not start; {FOLDER / slug}.log says why.")
        key: str = json.loads(line)["key"]
        return key

    def watch(self) -> int:
        """Wait until something ends, which nothing should."""
        while True:
            for name, process in self.running.items():
                if process.poll() is not None:
                    sys.stderr.write(f"{name} ended; .run/demo/{name}.log says why.\n")
                    return 1
            time.sleep(0.5)

    def stop(self) -> None:
        """End every process that was started, gently and then for certain."""
        for process in self.running.values():
            _signal(process, signal.SIGTERM)
        until = time.monotonic() + 8
        for process in self.running.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()


def _signal(process: "subprocess.Popen[bytes]", number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description="Run atsbridge here with both ATSs emulated.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--reset", action="store_true", help="start over with empty data")
    return parser.parse_args()


def _environment(ports: dict[str, int]) -> dict[str, str]:
    """Settings of the demo; its two secrets are made once and kept beside its data."""
    kept = FOLDER / "secrets.json"
    if not kept.exists():
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        kept.write_text(json.dumps({"SECRET_KEY": secrets.token_urlsafe(50), "CREDENTIAL_KEYS": f"demo:{key}"}))
        kept.chmod(0o600)
    made: dict[str, str] = json.loads(kept.read_text())
    address = f"http://{HOST}:{ports['web']}"
    return made | {
        "DJANGO_SETTINGS_MODULE": "atsbridge.settings",
        "DEBUG": "true",
        "PUBLIC_URL": address,
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "CSRF_TRUSTED_ORIGINS": f"{address},http://localhost:{ports['web']}",
        "DATABASE_URL": "sqlite:///.run/demo/atsbridge.sqlite3",
        "CELERY_BROKER_URL": "filesystem://.run/demo/broker",
        "EMAIL_URL": "consolemail://",
        "DEFAULT_FROM_EMAIL": "atsbridge@localhost",
        "HOMERUN_API_URL": f"http://{HOST}:{ports['homerun']}/v2",
        "CATS_API_URL": f"http://{HOST}:{ports['cats']}/v3",
    }


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _manage(*words: str) -> str:
    done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"manage.py {words[0]} failed")
    return done.stdout


def _wait_for(port: int) -> None:
    until = time.monotonic() + READY
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The web server does not answer; .run/demo/web.log says why.")


def _screen(port: int, keys: dict[str, str], seeded: dict[str, Any]) -> str:
    address = f"http://{HOST}:{port}"
    people = "\n".join(f"    {email:<22} {role}" for email, role in seeded["people"].items())
    return f"""
  atsbridge is at {address}

  Sign in with the password “{PASSWORD}” as
{people}

  CATS is linked and syncing. Link Homerun yourself, with the key
    {keys["homerun"]}
  (the emulated CATS has the key {keys["cats"]})

  Machines read the same records. This key is new at each start:
    curl -H "Authorization: Bearer {seeded["key"]}" \\
      "{address}/unified/ats/jobs?integrated_account_id={seeded["connection"]}&limit=2"

  Ctrl-C stops everything. Data stays in .run/demo; make demo RESET=1 starts over.
"""


if __name__ == "__main__":
    sys.exit(main())
