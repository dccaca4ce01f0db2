"""Project wiring and the ground that strategy, grants and awards stand on."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
