"""The shared ground as a Django app."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    default = True
    name = "portal"
    verbose_name = _("Portal")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pass


class PortalAdminConfig(admin_apps.AdminConfig):
    """Puts our tenant-aware site where Django's own admin site would stand."""

    default = False
    default_site = "portal.admin_site.PortalAdminSite"
