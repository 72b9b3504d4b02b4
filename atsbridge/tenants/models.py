"""People, the tenants that they belong to, machine keys and the audit trail."""

import uuid
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from atsbridge.tenants.scoped import TenantManager


class Role(models.TextChoices):
    """What a person may do in a tenant: everything; link, act and manage; look."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    VIEWER = "viewer", "Viewer"


class PersonManager(BaseUserManager["Person"]):
    """Finds people by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """The person who signs in with this address."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Person":
        """A new person; without a password only a one-time link lets them in."""
        person = self.model(email=self.normalize_email(email).strip(), **fields)
        person.set_password(password) if password else person.set_unusable_password()
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who signs in, known by e-mail. Support staff see every tenant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    is_support = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="one_person_an_address"),)

    def __str__(self) -> str:
        return self.name or self.email


class Tenant(models.Model):
    """The customer whose data it is. default_source: where those come from who are created without a source."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    default_source = models.CharField(max_length=255, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """How far a tenant's events are numbered.

    number: the last one given. forgotten: the highest one that is kept no more. kept_since: no event that is kept is
    older; the sweeper looks again when that is too long ago."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="+", primary_key=True)
    number = models.BigIntegerField(default=0)
    forgotten = models.BigIntegerField(default=0)
    kept_since = models.DateTimeField(default=timezone.now, db_index=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.number}"


class Membership(models.Model):
    """One person's role in one tenant."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tenant", "person"), name="one_membership_each"),)

    def __str__(self) -> str:
        return f"{self.person} in {self.tenant}: {self.role}"


class Invitation(models.Model):
    """A one-time link that signs somebody in and makes them a member (or, without a tenant, support staff).

    Only a digest of the link's token is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, null=True, blank=True, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    def __str__(self) -> str:
        return f"{self.email} to {self.tenant or 'support'}"


class ApiKey(models.Model):
    """A machine's key to one tenant. Only a digest is kept; `prefix` is what people recognise it by. default_source:
    the tenant's, where it has none of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    can_write = models.BooleanField(default=True)
    default_source = models.CharField(max_length=255, blank=True, default="")
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_from = models.GenericIPAddressField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditEntry(models.Model):
    """One thing that somebody did or looked at, told as a sentence to the tenant's owners.

    kind: a dotted word such as `connection.linked` or `support.visit`. subject: what it was done to, in words.
    page: the path that a support visit looked at."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="audit")
    at = models.DateTimeField(default=timezone.now)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    who = models.CharField(max_length=254)
    as_support = models.BooleanField(default=False)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=300, blank=True)
    page = models.CharField(max_length=500, blank=True)
    connection_id = models.UUIDField(null=True, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        indexes = (models.Index(fields=("tenant", "-at", "-id"), name="audit_by_time"),)

    def __str__(self) -> str:
        return f"{self.who}: {self.kind} {self.subject}"
