"""Settings read the environment in one place, say so in `.env.example`, and refuse what would be unsafe."""

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from atsbridge.environment import EXAMPLES, broker, credential_keys, hooks_url, mailer
from atsbridge.settings import env

ROOT = Path(settings.BASE_DIR)
EXAMPLE = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
OWN = {
    "SECRET_KEY": "a-long-one-of-our-own-" + "0123456789" * 5,
    "CREDENTIAL_KEYS": "2026:" + base64.b64encode(bytes(range(32))).decode(),
    "PUBLIC_URL": "https://hub.example.org",
}


def start(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start a process of its own that has nothing but this environment, in development's database and broker."""
    kept = {name: os.environ[name] for name in ("PATH", "DATABASE_URL", "CELERY_BROKER_URL")}
    return subprocess.run(
        [sys.executable, *(command or ("-c", "import atsbridge.settings"))],
        env=kept | {"DEBUG": "false"} | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_lists_exactly_the_names_that_settings_read():
    assert set(EXAMPLE) == env.names


def test_the_example_has_a_value_for_every_name():
    assert [name for name, value in EXAMPLE.items() if not value] == []


def test_the_example_secrets_are_the_refused_ones():
    assert {name: EXAMPLE[name] for name in EXAMPLES} == EXAMPLES


def test_nothing_else_reads_the_environment():
    reads = re.compile(r"os\.(environ\b(?!\.setdefault)|getenv)|environ\.Env")
    sources = [path for package in ("atsbridge", "connectors") for path in (ROOT / package).rglob("*.py")]
    sources.remove(ROOT / "atsbridge/demo.py")  # it sets the environment of what it starts
    assert [path.name for path in sources if reads.search(path.read_text())] == ["environment.py"]


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("value", ["", None, "the example"])
def test_production_refuses_to_start_without_a_secret_of_its_own(name, value):
    given = {**OWN, name: EXAMPLE[name] if value == "the example" else value or ""}
    if value is None:
        del given[name]

    refused = start(**given)

    assert refused.returncode == 1
    assert re.search(rf"ImproperlyConfigured: {name} is missing .* \.env\.example", refused.stderr)


def test_production_refuses_the_example_key_under_another_id():
    renamed = EXAMPLE["CREDENTIAL_KEYS"].replace("example:", "2026:")
    assert "CREDENTIAL_KEYS is missing or" in start(**{**OWN, "CREDENTIAL_KEYS": renamed}).stderr


def test_nothing_set_refuses_and_development_starts():
    assert "ImproperlyConfigured" in start().stderr
    assert start(DEBUG="true").returncode == 0


def test_production_starts_with_secrets_and_passes_the_deploy_check():
    checked = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", **OWN)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_first_credential_key_comes_first():
    one, two = bytes(32), b"k" * 32
    text = f"new:{base64.b64encode(two).decode()}, old:{base64.b64encode(one).decode()}"
    assert list(credential_keys(text).items()) == [("new", two), ("old", one)]


KEY = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize("text", ["a", "a:", f":{KEY}", f"a:{KEY}!", "a:c2hvcnQ=", f"a:{KEY},a:{KEY}", f"a:{KEY},"])
def test_a_malformed_credential_key_is_refused_without_being_repeated(text):
    with pytest.raises(ImproperlyConfigured, match="comma separated list of id:key") as refusal:
        credential_keys(text)
    assert KEY not in str(refusal.value)


def test_a_broker_without_a_server_has_its_folders_made(tmp_path):
    url, options = broker(f"filesystem://{tmp_path}/broker", tmp_path)

    assert url == "filesystem://localhost"
    assert options["data_folder_in"] == options["data_folder_out"] == str(tmp_path / "broker" / "queue")
    assert {Path(value).parent for name, value in options.items() if "folder" in name} == {tmp_path / "broker"}
    assert all(Path(value).is_dir() for name, value in options.items() if "folder" in name)
    assert broker("redis://127.0.0.1:6379/0", tmp_path) == ("redis://127.0.0.1:6379/0", {})


def test_mail_goes_where_its_address_says():
    assert mailer(env.email_url_config("smtp+tls://bob:secret@mail.example.org:587")) == {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": "mail.example.org",
            "port": 587,
            "username": "bob",
            "password": "secret",
            "use_tls": True,
            "use_ssl": False,
            "timeout": 10,
        },
    }
    assert mailer(env.email_url_config("consolemail://")) == {
        "BACKEND": "django.core.mail.backends.console.EmailBackend",
    }


@pytest.mark.parametrize(("host", "secure"), [("127.0.0.1", "False"), ("hub.example.org", "True")])
def test_only_what_this_machine_alone_reaches_does_without_tls(host, secure):
    said = "from atsbridge import settings as s; print(s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE)"
    done = start("-c", said, **OWN | {"PUBLIC_URL": "http://127.0.0.1:8000", "ALLOWED_HOSTS": host})
    assert done.stdout.split() == [secure, secure]


@pytest.mark.parametrize(
    ("told", "public", "reached"),
    [
        ("auto", "https://hub.example.org", "https://hub.example.org"),
        ("auto", "http://hub.example.org", ""),
        ("auto", "https://localhost:8443", ""),
        ("https://calls.example.org/", "http://10.0.0.5", "https://calls.example.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("none", "https://hub.example.org", ""),
    ],
)
def test_providers_are_told_an_address_that_they_can_reach_or_none(told, public, reached):
    assert hooks_url(told, public) == reached


STARTS = """
import sys
from importlib.metadata import packages_distributions

hidden = {name for name, homes in packages_distributions().items() if not {home.lower() for home in homes} & LOCKED}

class Hiding:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Hiding())
import django
django.setup()
import atsbridge.celery, atsbridge.urls, celery.bin.worker, granian.cli, psycopg
import kombu.transport.filesystem, kombu.transport.pyamqp, kombu.transport.redis
"""
"""What production starts, whichever database and broker it has, where nothing but LOCKED is installed."""


def test_production_starts_with_what_its_lock_installs():
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / ".locks/production.txt").read_text(), re.MULTILINE))
    locked |= {name.replace("-", "_") for name in locked}

    done = start("-c", f"LOCKED = {locked!r}{STARTS}", DJANGO_SETTINGS_MODULE="atsbridge.settings", **OWN)

    assert (done.returncode, done.stderr) == (0, "")
