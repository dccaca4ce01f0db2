"""The web application for the bench's gunicorn: the portal with the ceiling's address added."""

from django.core.handlers.wsgi import WSGIHandler

from tests.bench.wiring import set_up

set_up()
application = WSGIHandler()
