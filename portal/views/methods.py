"""Which ways a page is asked for: read, or read and acted on; HEAD reads like GET."""

from typing import Any

from django.views.decorators.http import require_http_methods

read_or_act = require_http_methods(["GET", "HEAD", "POST"])


def sent(request: Any) -> Any:
    """Return what a form was sent with, or nothing where the page is only read."""
    return request.POST if request.method == "POST" else None
