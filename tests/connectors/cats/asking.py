"""Asks an emulated CATS directly."""

from typing import Any

import httpx

from connectors.cats.emulator import Emulator


class Caller:
    """Asks an emulator over its transport, with its key unless told otherwise."""

    def __init__(self, emulator: Emulator) -> None:
        self.client = httpx.Client(transport=emulator.transport(), base_url="https://cats.test")
        self.key = emulator.key

    def __call__(self, path: str, *, auth: str | None = None, method: str = "GET", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Token {self.key}" if auth is None else auth}
        return self.client.request(method, f"/v3{path}", headers=headers, **more)

    def search(self, kind: str, tree: Any, query: str = "per_page=100") -> list[dict[str, Any]]:
        """The rows of one page of a search."""
        answer = self(f"/{kind}/search?{query}", method="POST", json=tree)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json().get("_embedded", {}).get(kind, [])
        return rows

    def write(self, method: str, path: str, body: Any, status: int) -> str:
        """Send a write that must be answered so; the last segment of its Location, else what a refusal says."""
        answer = self(path, method=method, json=body)
        assert answer.status_code == status, answer.text
        if status >= 400:
            return said(answer)[1]
        assert answer.content == b""
        return str(answer.headers.get("Location", "")).rpartition("/")[2]


def effects(emulator: Emulator) -> list[tuple[str, dict[str, Any]]]:
    """What writing did."""
    return [(effect.what, effect.changed) for effect in emulator.effects]


def feed(ask: Caller, query: str = "") -> list[tuple[str, int]]:
    """The events so far: which, and of what."""
    rows = ask(f"/events{query}").json().get("_embedded", {}).get("events", [])
    return [(row["event"], row[f"{row['event'].partition('.')[0]}_id"]) for row in rows]


def said(answer: httpx.Response) -> tuple[int, str]:
    """What a refusal says."""
    return answer.status_code, answer.json()["message"]
