"""The Celery app: tasks ring bells, what is to be done stands in tables (configured in `settings.py`)."""

import os

from celery import Celery

from atsbridge import folder

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atsbridge.settings")

folder.register()
app = Celery("atsbridge")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
