"""Whom the municipality honours, as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AwardsConfig(AppConfig):
    name = "awards"
    verbose_name = _("Prizes")
    default_auto_field = "django.db.models.BigAutoField"
