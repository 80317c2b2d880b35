"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from kith.core import clock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.settings")
clock.begin()
application = get_wsgi_application()
