"""Why a nominee cannot win, in words: the same to who nominates and to who handles it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from awards.rules import Obstacle, won_lately

if TYPE_CHECKING:
    from awards.rules import Nominee, Terms, Win

PLAIN: dict[Obstacle, Any] = {
    Obstacle.ITSELF: gettext_lazy("The municipality does not give its prize to itself."),
    Obstacle.PUBLIC: gettext_lazy("It belongs to the public sector, and cannot win."),
    Obstacle.BANKRUPT: gettext_lazy("It is bankrupt."),
    Obstacle.DISSOLVING: gettext_lazy("It is being dissolved."),
    Obstacle.DELETED: gettext_lazy("It is deleted from the business register."),
    Obstacle.ELSEWHERE: gettext_lazy("It has its address in another municipality."),
    Obstacle.NO_ACCOUNTS: gettext_lazy("It has sent no annual accounts, and the statutes ask for them."),
}


def words(obstacle: Obstacle, nominee: Nominee, terms: Terms) -> str:
    """Return in plain words why a nominee cannot win."""
    if obstacle is Obstacle.KIND:
        return _of_kind(terms)
    if obstacle is Obstacle.TOO_YOUNG:
        years = terms.smallest_age or 0
        said = ngettext("It is younger than %(n)d year.", "It is younger than %(n)d years.", years)
        return said % {"n": years}
    if obstacle is Obstacle.WON_LATELY and (win := won_lately(nominee, terms)) is not None:
        return _of_win(win, nominee, terms)
    return str(PLAIN[obstacle])


KINDS: dict[frozenset[str], Any] = {
    frozenset({"company"}): gettext_lazy("Only companies can be nominated."),
    frozenset({"association"}): gettext_lazy("Only associations and foundations can be nominated."),
    frozenset({"person"}): gettext_lazy("Only persons can be nominated."),
    frozenset({"company", "association"}): gettext_lazy(
        "Only companies, associations and foundations can be nominated."
    ),
    frozenset({"company", "person"}): gettext_lazy("Only companies and persons can be nominated."),
    frozenset({"association", "person"}): gettext_lazy("Only associations, foundations and persons can be nominated."),
}


def _of_kind(terms: Terms) -> str:
    """Say whom the statutes let be nominated."""
    return str(KINDS.get(terms.nominees) or _("The statutes do not let this one be nominated."))


def _of_win(win: Win, nominee: Nominee, terms: Terms) -> str:
    """Say when it won and under which name, and what binds the two where only one has a number."""
    said = ngettext(
        "It won in %(year)d as “%(name)s”, and can win again after %(n)d year.",
        "It won in %(year)d as “%(name)s”, and can win again after %(n)d years.",
        terms.repeat_years,
    ) % {"year": win.year, "name": win.name, "n": terms.repeat_years}
    if bool(win.number) == bool(nominee.number):
        return said
    return said + " " + _("The names are the same, and only one of the two has an organisation number here.")
