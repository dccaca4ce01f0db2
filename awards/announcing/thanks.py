"""Those who took part hear of it: winners and the other nominees by letter, who nominated by mail.

Each letter is a transaction of its own, written by the worker after the ceremony; nobody is written to twice.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.letter_texts import announced
from awards.models import Candidate, CategoryDecision, Nomination, PrizeRound, Winner
from awards.refusals import deed
from grants import notices
from portal import keys, outbox
from portal.calendar import oslo_today
from portal.letters import engine
from portal.models import Document, Event, Letter, LinkKey, User
from portal.models.case import Access

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.letters.content import LetterContent

log = structlog.get_logger("awards.thanks")
ANNOUNCED, ALL_THANKED = "prize_announced", "prize_all_thanked"
WON, THANKED = "prize_won", "prize_thanks"
"""Kinds of letters, and of the notices that carry them."""
HOLDS = dt.timedelta(days=90)
"""How long the link to a letter opens."""
TITLES = {
    True: gettext_lazy("Congratulations: you have won %(prize)s"),
    False: gettext_lazy("Thank you for taking part in %(prize)s"),
}
TRIED_FOR = dt.timedelta(days=30)
"""How long the worker goes on with a letter that cannot be laid out."""


WRITTEN_TO = Q(merged_into=None) & (
    Q(state=Candidate.State.ACTIVE) | Q(state=Candidate.State.OUT, informed_on__isnull=False)
)

# ---- who ----


def nominees_of(round_: PrizeRound) -> QuerySet[Candidate]:
    """Return who is written to: who takes part, and who knows that she was nominated but cannot win by the statutes.

    Who declined has asked to be left alone.
    """
    return Candidate.objects.filter(WRITTEN_TO, round=round_)


def waiting(round_: PrizeRound) -> QuerySet[Candidate]:
    return nominees_of(round_).filter(thanked_on=None)


def nominators_of(round_: PrizeRound) -> dict[str, User | None]:
    """Return the addresses of who nominated, each once whatever its case, with the user who sent it signed in."""
    rows = Nomination.objects.filter(round=round_, dismissed_why="").exclude(nominator_email="")
    found: dict[str, User | None] = {}
    for row in rows.select_related("sent_by").order_by("pk"):
        key = row.nominator_email.strip().lower()
        found[key] = found.get(key) or row.sent_by
    return found


# ---- the letters ----


def content_of(candidate: Candidate, *, on: dt.date, signer: User | None) -> LetterContent:
    """Return the letter to a nominee as it reads on this day, in the authority’s language form; nothing is kept."""
    decision = CategoryDecision.objects.select_related("candidate").get(category=candidate.category_id)
    count = candidate.nominations.filter(dismissed_why="").count()
    with translation.override(candidate.round.authority.language_form):
        return announced.content(candidate, decision, on, nominations=count, signer=signer)


def draft_of(candidate: Candidate, *, on: dt.date, signer: User) -> bytes:
    """Return the letter to a nominee as it would read today, marked as a draft; nothing is kept."""
    content = content_of(candidate, on=on, signer=signer)
    with translation.override(candidate.round.authority.language_form):
        content.notice = _("This is a draft. Nothing is sent, and nothing is announced.")
    return engine.pdf(content)


@deed
def thank(candidate: int, *, by: User | None, now: dt.datetime) -> Letter | None:
    """Write to one nominee, once: the letter lies in her case, and a mail with a link to it goes where she reads mail.

    Raises:
        PdfError: the letter could not be laid out; nothing is kept.
    """
    rows = Candidate.objects.select_related(
        "round__prize", "round__statutes", "round__authority", "round__officer", "category__category", "case",
    )  # fmt: skip
    found = rows.select_for_update(no_key=True, of=("self",)).get(pk=candidate)
    round_, on = found.round, oslo_today(now)
    is_to_have_it = waiting(round_).filter(pk=found.pk).exists()
    if round_.state != PrizeRound.State.ANNOUNCED or not is_to_have_it:
        return None
    won = Winner.objects.filter(decision__candidate=found).first()
    content = content_of(found, on=on, signer=by)
    with translation.override(round_.authority.language_form):
        letter = engine.store(
            found.case, WON if won else THANKED, content, title=f"{content.title}: {found.name}", dated_on=on, by=by,
            public_title=_("Letter in case %(reference)s") % {"reference": found.case.reference or found.case_id},
            access=Access.OPEN if won else found.case.access, access_basis="" if won else found.case.access_basis,
        )  # fmt: skip
    found.thanked_on = on
    found.save(update_fields=["thanked_on"])
    notices.record("nominee_thanked", found, by=by, case=found.case)
    if found.email:
        _mail(found, won, now)
    return letter


def _mail(candidate: Candidate, won: Winner | None, now: dt.datetime) -> None:
    """Tell a nominee that a letter waits, with her own link to it; the link stands in the mail alone."""
    round_ = candidate.round
    place = [round_.authority.slug, round_.prize.slug, round_.year]
    raw = keys.issue(LinkKey.Purpose.NOMINEE, now=now, subject_id=candidate.pk, lifetime=HOLDS)
    try:
        outbox.notify(
            address=candidate.email, kind=WON if won else THANKED, subject=candidate, authority=round_.authority,
            occasion="thanks", on_date=oslo_today(now), link="", link_text="",
            title=lambda: str(TITLES[won is not None]) % {"prize": round_},
            template="prize_won" if won else "prize_thanks", round=round_, candidate=candidate, winner=won,
            url=settings.BASE_URL + reverse("nominee_page", args=[*place, raw]),
            page=settings.BASE_URL + (won.get_absolute_url() if won else round_.get_absolute_url()),
        )  # fmt: skip
    except ValidationError:  # the address is wrong: the letter lies in the case and is posted
        log.warning("a nominee’s address takes no mail", candidate=candidate.pk)


def thank_nominators(round_: PrizeRound, *, now: dt.datetime) -> int:
    """Thank who nominated, each address once for the round however often this is asked for; return how many."""
    assert round_.announced_at is not None
    told = 0
    for address, user in nominators_of(round_).items():
        to: dict[str, Any] = {"user": user} if user is not None else {"address": address}
        try:
            notice = outbox.notify(
                **to, kind=THANKED, subject=round_, authority=round_.authority, occasion="nominated",
                on_date=oslo_today(round_.announced_at), link=round_.get_absolute_url(),
                link_text=gettext_lazy("See who won"), template="prize_thanks_nominator", round=round_,
                title=lambda: _("Thank you for your nomination to %(prize)s") % {"prize": round_},
            )  # fmt: skip
        except ValidationError:
            continue
        told += notice is not None
    return told


# ---- all of them ----


def rest(now: dt.datetime, *, of: PrizeRound | None = None, most: int | None = None) -> dict[str, int]:
    """Write all letters that wait after announced rounds, or so many; return what was done. Safe to run again."""
    counts = {"letters": 0, "mails": 0, "failed": 0}
    for event in _unfinished(now, of):
        rows = PrizeRound.objects.select_related("prize__authority", "authority")
        round_ = rows.filter(pk=event.subject_id, state=PrizeRound.State.ANNOUNCED).first()
        if round_ is None:
            continue
        by = User.objects.filter(pk=event.actor_id).first()
        for pk in list(waiting(round_).order_by("pk").values_list("pk", flat=True)[:most]):
            try:
                counts["letters"] += thank(pk, by=by, now=now) is not None
            except engine.PdfError as error:
                counts["failed"] += 1
                log.error("a nominee has no letter", candidate=pk, error=str(error)[:200])
        counts["mails"] += thank_nominators(round_, now=now)
        if not waiting(round_).exists():
            notices.record(ALL_THANKED, round_, by=None, case=round_.case)
    return counts


def _unfinished(now: dt.datetime, of: PrizeRound | None) -> list[Event]:
    """Return what was announced here lately and is not thanked for; rounds that came in another way are left alone."""
    done = Event.objects.filter(
        kind=ALL_THANKED, subject_type=OuterRef("subject_type"), subject_id=OuterRef("subject_id")
    )
    rows = Event.objects.filter(kind=ANNOUNCED, subject_type=PrizeRound._meta.label_lower, at__gt=now - TRIED_FOR)
    if of is not None:
        rows = rows.filter(subject_id=of.pk)
    return list(rows.filter(~Exists(done)).order_by("pk"))


def progress(round_: PrizeRound) -> dict[str, Any]:
    """Return how far the letters have come, and those that are to be printed and posted."""
    counts = nominees_of(round_).aggregate(
        all=Count("pk"), written=Count("pk", filter=Q(thanked_on__isnull=False)),
    )  # fmt: skip
    by_post = Letter.objects.filter(
        case__candidate__in=nominees_of(round_).filter(email=""), kind__in=[WON, THANKED]
    ).select_related("document", "case__candidate__category__category")
    return {**counts, "waits": counts["all"] - counts["written"], "by_post": list(by_post.order_by("pk"))}


# ---- handed out to herself ----


def own_papers(candidate: Candidate) -> dict[str, Document]:
    """Return what a nominee may have by her own link once it is announced: her letter, and the diploma if she won."""
    if candidate.round.state != PrizeRound.State.ANNOUNCED:
        return {}
    letters = Letter.objects.filter(case=candidate.case_id, kind__in=[WON, THANKED]).select_related("document")
    letter = letters.order_by("pk").first()
    found = {"brev": letter.document} if letter is not None else {}
    won = Winner.objects.filter(decision__candidate=candidate).select_related("diploma").first()
    if won is not None and won.diploma is not None:
        found["diplom"] = won.diploma
    return found


def own_paper(candidate: Candidate, which: str) -> Document:
    """Return one of them.

    Raises:
        Http404: there is none like it.
    """
    if (found := own_papers(candidate).get(which)) is None:
        raise Http404
    return found
