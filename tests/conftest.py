"""What every test stands on: the markers that a run offers, and the cast.

The cast: Alice owns Acme and Bob may look at it, Charlie owns Globex, Sam is support staff. Each is a browser in which
its `person` is signed in.
"""

import shutil
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from hypothesis.configuration import set_hypothesis_home_dir

from atsbridge.tenants import keys
from atsbridge.tenants.models import Membership, Person, Role, Tenant

set_hypothesis_home_dir(settings.RUN_DIR / "hypothesis")
hypothesis.settings.register_profile("here", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("here")  # a busy machine is no fault of what is tested

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

OFFERED = {
    "journey": CHROMIUM is not None,
    "sqlite": settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"),
    "postgres": settings.DATABASES["default"]["ENGINE"].endswith("postgresql"),
    "redis": settings.CELERY_BROKER_URL.startswith("redis"),
    "rabbitmq": settings.CELERY_BROKER_URL.startswith("amqp"),
}
"""What a marked test needs → whether this run has it. `.ci/test` runs the suite once with each."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run does not offer; another run of `.ci/test` has it, or says plainly that nobody does."""
    out = [item for item in items if any(item.get_closest_marker(each) and not OFFERED[each] for each in OFFERED)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser of the journeys stands."""
    assert CHROMIUM is not None
    return CHROMIUM


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Forget the sign-ins that were counted, so that one test's throttle stops no other."""
    cache.clear()
    yield
    cache.clear()


class Browser(Client):
    """A browser; `person` is signed in."""

    person: Person


def browser(
    email: str, name: str, *, tenant: Tenant | None = None, role: Role = Role.OWNER, support: bool = False
) -> Browser:
    """A browser with a new person signed in, a member of the tenant if one is given."""
    somebody = Browser()
    somebody.person = Person.objects.create_user(email, name=name, is_support=support)
    if tenant:
        Membership.objects.create(tenant=tenant, person=somebody.person, role=role)
    somebody.force_login(somebody.person)
    return somebody


@pytest.fixture
def acme(db: None) -> Tenant:
    """The tenant that most tests are about."""
    return Tenant.objects.create(name="Acme", slug="acme")


@pytest.fixture
def globex(db: None) -> Tenant:
    """Another tenant: nothing of Acme's may ever be seen from here."""
    return Tenant.objects.create(name="Globex", slug="globex")


@pytest.fixture
def alice(acme: Tenant) -> Browser:
    """Owner of Acme."""
    return browser("alice@acme.example", "Alice Adams", tenant=acme)


@pytest.fixture
def bob(acme: Tenant) -> Browser:
    """Viewer in Acme."""
    return browser("bob@acme.example", "Bob Brown", tenant=acme, role=Role.VIEWER)


@pytest.fixture
def charlie(globex: Tenant) -> Browser:
    """Owner of Globex."""
    return browser("charlie@globex.example", "Charlie Clark", tenant=globex)


@pytest.fixture
def sam(db: None) -> Browser:
    """Support staff."""
    return browser("sam@atsbridge.example", "Sam Stone", support=True)


@pytest.fixture
def acme_key(acme: Tenant) -> str:
    """A machine's key to Acme that may read and write."""
    return keys.create(acme, "Acme's machine")[1]


@pytest.fixture
def globex_key(globex: Tenant) -> str:
    """A machine's key to Globex."""
    return keys.create(globex, "Globex's machine")[1]
