"""The WSGI application that granian serves."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from kith.core import clock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.settings")
#: A report that is being drawn gives the interpreter to others after so many seconds: who waits for the database between its
#: steps had to wait 5 ms for it after each of them.
sys.setswitchinterval(0.0005)
clock.begin()
application = get_wsgi_application()
