"""What stands in the environment, turned into what Django asks for; only `settings.py` calls this."""

import base64
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

EXAMPLES = {
    "SECRET_KEY": "example-secret-key-for-development-only",
    "CREDENTIAL_KEYS": "example:ZXhhbXBsZS1rZXktZm9yLWRldmVsb3BtZW50LW9ubHk=",
}
"""What `.env.example` says, and what a development run takes when nothing is said."""

SQLITE = {
    "transaction_mode": "IMMEDIATE",  # a transaction that writes waits its turn instead of failing half-way
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY",
}


class Environment(environ.Env):  # type: ignore[misc]  # django-environ has no types
    """The environment; it remembers each name it is asked for, so that a test can compare them with `.env.example`."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        """Read one name."""
        self.names.add(var)
        return super().get_value(var, *args, **kwargs)

    def secret(self, name: str, *, own: bool) -> str:
        """Read a secret; `own` refuses the one that everybody knows."""
        example = EXAMPLES[name]
        value: str = self.str(name, default=example)
        if not value or (own and example.rpartition(":")[2] in value):
            raise ImproperlyConfigured(
                f"{name} is missing or still the one of .env.example. Make your own with the command that stands beside"
                " it there, and set it in the environment or in .env. On your own machine, a copy of that file will do."
            )
        return value


def credential_keys(text: str) -> dict[str, bytes]:
    """Take `id:base64 of 32 bytes, …` apart, in order: the first encrypts, all decrypt. No error repeats a key."""
    pairs = [pair.strip().partition(":") for pair in text.split(",")]
    try:
        keys = {name: base64.b64decode(key, validate=True) for name, _, key in pairs}
    except ValueError:
        keys = {}
    if len(keys) != len(pairs) or not all(name and len(key) == 32 for name, key in keys.items()):
        raise ImproperlyConfigured(
            "CREDENTIAL_KEYS has to be a comma separated list of id:key, each id once, each key the base64 of 32 bytes."
            " Make a key with the command that stands beside it in .env.example."
        )
    return keys


def hooks_url(told: str, public_url: str) -> str:
    """Answer where providers' webhooks reach us, "" for nowhere; `auto` is the public address if others reach it."""
    if told != "auto":
        return "" if told == "none" else told.rstrip("/")
    address = urlsplit(public_url)
    return public_url if address.scheme == "https" and address.hostname not in ("localhost", "127.0.0.1") else ""


def database(config: dict[str, Any], base: Path) -> dict[str, Any]:
    """Complete a database's address: a file below `base` for SQLite, elsewhere a connection that is kept."""
    if config["ENGINE"] != "django.db.backends.sqlite3":
        return {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, **config}
    if config["NAME"] != ":memory:":
        config["NAME"] = base / config["NAME"]
        config["NAME"].parent.mkdir(parents=True, exist_ok=True)
    return {**config, "OPTIONS": SQLITE}


def broker(url: str, base: Path) -> tuple[str, dict[str, Any]]:
    """Answer a broker's address and options; `filesystem://FOLDER`, which needs no server, gets its folders made."""
    elsewhere, _, folder = url.partition("filesystem://")
    if elsewhere:
        return url, {}
    root = base / (folder or ".run/broker")
    for name in ("queue", "processed", "control"):
        (root / name).mkdir(parents=True, exist_ok=True)
    return "filesystem://localhost", {
        "data_folder_in": str(root / "queue"),
        "data_folder_out": str(root / "queue"),
        "processed_folder": str(root / "processed"),
        "control_folder": str(root / "control"),
        "polling_interval": 0.02,
    }


def cache(broker_url: str, base: Path) -> dict[str, Any]:
    """Answer where all processes count sign-ins together: in the broker's Redis or folder, else in a folder of ours."""
    if broker_url.startswith(("redis://", "rediss://")):
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": broker_url,
            "KEY_PREFIX": "atsbridge",
        }
    folder = broker_url.removeprefix("filesystem://") if broker_url.startswith("filesystem://") else ".run"
    return {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(base / (folder or ".run/broker") / "cache"),
    }


def mailer(config: dict[str, Any]) -> dict[str, Any]:
    """Say in the words of `MAILERS` what django-environ says in those of the `EMAIL_*` settings it replaces."""
    if not config["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
        return {"BACKEND": config["EMAIL_BACKEND"]}
    options = {
        "host": config["EMAIL_HOST"],
        "port": config["EMAIL_PORT"],
        "username": config["EMAIL_HOST_USER"],
        "password": config["EMAIL_HOST_PASSWORD"],
        "use_tls": config.get("EMAIL_USE_TLS", False),
        "use_ssl": config.get("EMAIL_USE_SSL", False),
        "timeout": 10,
    }
    return {"BACKEND": config["EMAIL_BACKEND"], "OPTIONS": options}
