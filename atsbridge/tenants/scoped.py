"""The manager of every row that belongs to a tenant."""

from typing import TYPE_CHECKING, TypeVar

from django.db import models
from django_scopes import ScopedManager

M = TypeVar("M", bound=models.Model, covariant=True)

if TYPE_CHECKING:
    _Scoped = models.Manager
else:
    _Scoped = type(ScopedManager(tenant="tenant"))


class TenantManager(_Scoped[M]):
    """Sees the open scope's tenant only, and raises where no scope is open."""
