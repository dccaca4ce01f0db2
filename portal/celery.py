"""The Celery app: the worker delivers, beat keeps the time."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def drop_broken_connections(**_facts: Any) -> None:
    """Begin each task with a connection that answers: the worker keeps its own, and the server may have restarted."""
    from django.db import close_old_connections

    close_old_connections()
