"""The desk's pages of plans, as the case pages' first page lists them."""

from django.utils.translation import gettext_lazy as _

PAGES = [(_("Plan documents"), "plan_imports")]
