"""What a production server loads: `granian --interface wsgi atsbridge.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atsbridge.settings")

application = get_wsgi_application()
