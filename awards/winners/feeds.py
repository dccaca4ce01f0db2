"""The winners as an Atom feed: of the prizes everyone may read, and only those that are announced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from awards.models import Winner
    from portal.models import Authority

IN_FEED = 50


def feed(authority: Authority, winners: list[Winner], page: str, own_address: str) -> str:
    """Return the winners as a feed, in the active language."""
    atom = Atom1Feed(
        title=_("Winners of prizes from %(name)s") % {"name": authority.full_name}, link=page, feed_url=own_address,
        description=_("Who won, and why."), language=authority.language_form, author_name=authority.full_name,
    )  # fmt: skip
    for winner in winners:
        link = settings.BASE_URL + winner.get_absolute_url()
        when = winner.decision.category.round.announced_at if winner.decision else None
        facts = {"prize": f"{winner.prize} {winner.year}", "category": winner.category_name, "name": winner.name}
        title = _("%(prize)s, %(category)s: %(name)s") if winner.category_name else _("%(prize)s: %(name)s")
        said = [winner.reasons, _("invented for the demo") if winner.invented else ""]
        atom.add_item(
            title=title % facts, link=link, unique_id=link, description=" ".join(filter(None, said)), pubdate=when,
            updateddate=when,
        )  # fmt: skip
    return atom.writeString("utf-8")
