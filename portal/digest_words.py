"""The words of the daily mail: what it gathers, told in the reader's own language form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import wiring
from portal.calendar import Precision, format_precise
from portal.due_lines import distance

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import Authority, Notice, User

SHOWN = 40
"""Lines in one mail; a longer list is the page's."""


def is_news(kind: str) -> bool:
    """Say whether a kind tells what has happened: its day is when it did, and nothing is late or due."""
    return any(each.name == kind for each in wiring.at_once())


@dataclass
class Letter:
    """What one reader is to be told today; `user` is empty for one who is only an address."""

    to: str
    user: User | None = None
    stands_in: bool = False
    """Whether she is someone's deputy today, and is told in her place too."""
    notices: list[int] = field(default_factory=list)
    shown: list[Notice] = field(default_factory=list)
    late: int = 0
    today: int = 0
    news: int = 0
    links: dict[int, str] = field(default_factory=dict)
    """Private links that go instead of the notices' public ones."""
    stop_url: str = ""

    @property
    def authority(self) -> Authority | None:
        """The one authority it is all about, if it is one."""
        owners = {notice.authority for notice in self.shown}
        return self.shown[0].authority if len(owners) == 1 else None

    @property
    def language(self) -> str:
        owner = self.shown[0].authority
        return str(self.user.language if self.user else owner.language_form if owner else settings.LANGUAGE_CODE)

    def url_of(self, notice: Notice) -> str:
        return self.links.get(notice.pk) or settings.BASE_URL + notice.link


def written(letter: Letter, today: dt.date) -> dict[str, str]:
    """Return subject, text and HTML."""
    with translation.override(letter.language):
        facts = facts_of(letter, today)
        return {
            "subject": facts["subject"],
            "text": render_to_string("emails/digest.txt", facts),
            "html": render_to_string("emails/digest.html", facts),
        }


def facts_of(letter: Letter, today: dt.date) -> dict[str, Any]:
    held: dict[str, list[dict[str, Any]]] = {"late": [], "today": [], "soon": [], "news": []}
    for notice in letter.shown:
        held[when(notice, today)].append(line_of(letter, notice, today))
    words = {"late": _("Late"), "today": _("Today"), "soon": _("Soon"), "news": _("New")}
    return {
        "subject": gist(letter, today),
        "groups": [(words[name], lines) for name, lines in held.items() if lines],
        "left_out": len(letter.notices) - len(letter.shown),
        "authority": letter.authority,
        "language": letter.language,
        "unsubscribe_url": letter.stop_url,
        **(for_user(letter) if letter.user else for_address(letter)),
    }


def when(notice: Notice, today: dt.date) -> str:
    if is_news(notice.kind):
        return "news"
    if notice.on_date < today:
        return "late"
    return "today" if is_today(notice.on_date, notice.precision, today) else "soon"


def is_today(day: dt.date, precision: str, today: dt.date) -> bool:
    """Say whether a thing is due today; a month that ends today was never due on a day."""
    return day == today and precision == Precision.DAY


def for_user(letter: Letter) -> dict[str, str]:
    answers_for = _("You get this e-mail because you answer for these deadlines, or lead those who do.")
    if letter.stands_in:
        answers_for = _(
            "You get this e-mail because you answer for these deadlines, lead those who do, or stand in for someone "
            "who is away."
        )
    works_on = _("You get this e-mail because you work on the case.")
    return {
        "link": settings.BASE_URL + reverse("waiting"),
        "link_text": _("See all that waits for you"),
        "choices_url": settings.BASE_URL + reverse("notice_choices"),
        "why": works_on if letter.news == len(letter.notices) else answers_for,
    }


def for_address(letter: Letter) -> dict[str, Any]:
    """Return what stands instead for one who was asked by e-mail and has no page of her own."""
    owner = letter.authority
    is_input = asks_for_input(letter)
    facts: dict[str, Any] = {"is_invited": True, "asked": asked_words(is_input), "why": why_words(owner, is_input)}
    if len(letter.shown) == 1:
        link_text = _("Give your input") if is_input else _("Answer")
        facts |= {"link": letter.url_of(letter.shown[0]), "link_text": link_text}
    return facts


def asks_for_input(letter: Letter) -> bool:
    """Say whether all of it is invitations to give input; else she is asked to answer for something too."""
    return all(notice.kind == "input_due" for notice in letter.shown)


def asked_words(is_input: bool) -> str:
    if is_input:
        return _(
            "We have asked for your input and have not heard from you yet. The link is your own: do not pass it on."
        )
    return _("We have asked you and have not heard from you yet. Each link is your own: do not pass it on.")


def why_words(owner: Authority | None, is_input: bool) -> str:
    if owner is None:
        if is_input:
            return _("You get this e-mail because you were asked for your input.")
        return _("You get this e-mail because you were asked to answer.")
    named = {"authority": owner.name}
    if is_input:
        return _("You get this e-mail because %(authority)s asked for your input.") % named
    return _("You get this e-mail because %(authority)s asked you to answer.") % named


def line_of(letter: Letter, notice: Notice, today: dt.date) -> dict[str, Any]:
    """Return one deadline, or one piece of news, as the mail shows it."""
    kind = wiring.kinds().get(notice.kind)
    owner = notice.authority.name if notice.authority and letter.authority is None else ""
    return {
        "title": notice.title,
        "kind": str(kind.label) if kind else "",
        "context": " · ".join(part for part in (notice.context, owner) if part),
        "date": format_precise(notice.on_date, Precision(notice.precision), letter.language, in_text=True),
        "distance": "" if is_news(notice.kind) else distance(notice.on_date, today, Precision(notice.precision)),
        "is_leaders": notice.occasion.startswith("leader-"),
        "url": letter.url_of(notice),
    }


def gist(letter: Letter, today: dt.date) -> str:
    """Return the subject: the one deadline itself, or how many there are and how many have passed."""
    if len(letter.notices) == 1:
        (only,) = letter.shown
        if is_news(only.kind):
            return only.title
        away = distance(only.on_date, today, Precision(only.precision))
        if letter.user is None:
            first = _("Reminder, give your input") if asks_for_input(letter) else _("Reminder, your answer")
        else:
            first = capfirst(away)
        return f"{first}: {only.title}"
    news, late, due_today = letter.news, letter.late, letter.today
    count = len(letter.notices) - news
    parts = []
    if count and late == count:
        parts.append(ngettext("%(count)d deadline is late", "%(count)d deadlines are late", count) % {"count": count})
    elif count:
        parts.append(ngettext("%(count)d deadline", "%(count)d deadlines", count) % {"count": count})
    if late and late != count:
        parts.append(ngettext("%(count)d is late", "%(count)d are late", late) % {"count": late})
    if due_today:
        parts.append(_("%(count)d today") % {"count": due_today})
    if news:
        parts.append(ngettext("%(count)d piece of news", "%(count)d pieces of news", news) % {"count": news})
    return ", ".join(parts)
