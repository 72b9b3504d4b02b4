"""The few reads across tenants (sign-in, machine keys, support, the sweeper) go through here; a test lists them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django_scopes import scopes_disabled


@contextmanager
def everywhere() -> Iterator[None]:
    """Let the queries inside see every tenant. Whoever calls this answers for what it shows to whom."""
    with scopes_disabled():
        yield
