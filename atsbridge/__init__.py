"""The product: people link their applicant tracking systems, machines read them in one shape."""

from atsbridge.celery import app as celery

__all__ = ["celery"]
