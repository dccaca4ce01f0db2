"""Django as the bench needs it: the portal's settings, one more address, and a cache of its own."""

from __future__ import annotations

import os
import warnings


def set_up() -> None:
    """Start Django on the portal's settings with the ceiling's address added."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    warnings.filterwarnings("ignore", message="No directory at")  # no collected static files: the bench asks for none
    import django
    from django.conf import settings

    settings.ROOT_URLCONF = "tests.bench.urls"
    # another database behind the same cache server must never lend this one its entries
    settings.CACHES["default"]["KEY_PREFIX"] = settings.DATABASES["default"]["NAME"]
    django.setup()
