"""The desk's pages of prizes, as the case pages' first page lists them."""

from django.utils.translation import gettext_lazy as _

PAGES = [(_("Prizes"), "prize_desk")]
