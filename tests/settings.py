"""What the tests run with: the values of `.env.example`, so that nobody's `.env` changes a result."""

import os
from pathlib import Path

import environ

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("DATABASE_URL", "sqlite:///.run/tests/main.sqlite3")
os.environ.setdefault("CELERY_BROKER_URL", "filesystem://.run/tests/broker")
os.environ.setdefault("DOUBT_SECONDS", "0.1")
environ.Env.read_env(ROOT / ".env.example")

from atsbridge.settings import *  # noqa: E402, F403
from atsbridge.settings import DATABASES  # noqa: E402

# A database per process, so that two runs side by side keep out of each other's way; for SQLite a file, as in life.
_name = f"atsbridge_test_{os.getpid()}"
DATABASES["default"]["TEST"] = {
    "NAME": ROOT / f".run/tests/{_name}.sqlite3" if "sqlite3" in DATABASES["default"]["ENGINE"] else _name
}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
