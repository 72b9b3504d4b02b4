"""Asking an emulated Homerun as any client would, without our connector."""

from typing import Any

from werkzeug.test import Client, TestResponse

from connectors.homerun.emulator import Emulator


def ask(emulator: Emulator, path: str, *, key: str | None = None, method: str = "GET", **more: Any) -> TestResponse:
    """One answer."""
    headers = {"Authorization": f"Bearer {emulator.key if key is None else key}"}
    return Client(emulator).open(path, method=method, headers=headers, base_url="https://api.homerun.co", **more)


def data(emulator: Emulator, path: str) -> Any:
    """What stands under `data` in a good answer."""
    answer = ask(emulator, path)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return answer.json["data"]


def small(**switches: Any) -> Emulator:
    """Twelve jobs and 120 people without a limit."""
    return Emulator(jobs=12, people=120, **{"limit": 10**6, **switches})
