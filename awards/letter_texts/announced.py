"""What winners and the other nominees are written when the prize is announced.

Law: the nominations were kept until the ceremony (offentleglova § 5), and each is assessed by itself after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from awards.letter_texts.head import day, letter
from portal.calendar import OSLO
from portal.letters.content import Block, Heading, LetterContent, Listing, Outcome, said, typed
from portal.money import format_nok

if TYPE_CHECKING:
    import datetime as dt

    from awards.models import Candidate, CategoryDecision
    from portal.models import User


def content(
    candidate: Candidate, decision: CategoryDecision, on: dt.date, *, nominations: int, signer: User | None = None
) -> LetterContent:
    """Return the letter to a nominee: that she won, that another did, or that nobody did this year."""
    round_ = candidate.round
    facts = {"prize": str(round_.prize), "year": round_.year}
    if decision.candidate_id == candidate.pk:
        title, blocks = _("Congratulations: %(prize)s %(year)s"), _won(candidate, decision)
    elif decision.candidate_id is None:
        title, blocks = _("Thank you for taking part: %(prize)s %(year)s"), _nobody(candidate, decision, nominations)
    else:
        title, blocks = _("Thank you for taking part: %(prize)s %(year)s"), _thanked(candidate, decision, nominations)
    return letter(
        candidate, title=title % facts, dated_on=on, blocks=[*blocks, *_about_the_papers(candidate)], signer=signer
    )


def facts_of(candidate: Candidate) -> list[tuple[str, str]]:
    """Return the prize, year, category and ceremony, as the letter is found again by."""
    round_ = candidate.round
    rows = [
        (_("Prize"), f"{round_.prize} {round_.year}"),
        (_("Category"), str(candidate.category)),
        (_("Ceremony"), day(round_.ceremony_at.astimezone(OSLO).date()) if round_.ceremony_at else ""),
        (_("Where"), round_.ceremony_place if round_.ceremony_at else ""),
    ]
    return [(label, value) for label, value in rows if value]


def _won(candidate: Candidate, decision: CategoryDecision) -> list[Block]:
    round_ = candidate.round
    facts = {"name": candidate.name, "prize": str(round_.prize), "year": round_.year}
    said_next = [
        _("Your name and the jury’s reasons are on our pages. They stay there, with the winners of other years."),
        _("You get a diploma. You find it with this letter when you open the link we sent by e-mail.")
        if candidate.email
        else _("You get a diploma. It comes with this letter."),
        _("Do you have a picture we may use on the page? Send it to us, and say who took it."),
    ]
    if amount := round_.statutes.money_nok:
        text = _("The prize money is %(amount)s. We decide it as a grant and write to you about how it is paid.")
        said_next.insert(1, text % {"amount": format_nok(amount)})
    return [
        Outcome(_("%(name)s wins %(prize)s %(year)s.") % facts, facts_of(candidate)),
        Heading(_("The jury’s reasons")), *typed(decision.reasons),
        Heading(_("What happens now")), Listing(said_next),
    ]  # fmt: skip


def _thanked(candidate: Candidate, decision: CategoryDecision, nominations: int) -> list[Block]:
    assert decision.candidate is not None
    facts = {"winner": decision.candidate.name, "category": str(candidate.category)}
    return [
        *_nominated(candidate, nominations),
        Outcome(_("The prize went to %(winner)s in the category %(category)s.") % facts, facts_of(candidate)),
        said(_("You can read the jury’s reasons on our pages. That someone put your name forward is an honour too.")),
    ]


def _nobody(candidate: Candidate, decision: CategoryDecision, nominations: int) -> list[Block]:
    text = _("The jury has decided that the category %(category)s has no winner this year.")
    return [
        *_nominated(candidate, nominations),
        Outcome(text % {"category": str(candidate.category)}, facts_of(candidate)),
        Heading(_("The jury’s reasons")), *typed(decision.reasons),
        said(_("The prize is announced again, and you can be nominated then too.")),
    ]  # fmt: skip


def _nominated(candidate: Candidate, nominations: int) -> list[Block]:
    """Return the first words: that she was nominated, how many times, and whether she went on to the last round."""
    facts = {"prize": str(candidate.round.prize), "year": candidate.round.year, "count": nominations}
    if nominations > 1:
        text = _("You were nominated for %(prize)s %(year)s. %(count)d nominations came in for you.")
    else:
        text = _("You were nominated for %(prize)s %(year)s.")
    lines = [text % facts]
    if candidate.state == candidate.State.OUT:
        lines.append(_("By the statutes you could not win this time: %(why)s") % {"why": candidate.out_why})
    elif candidate.is_finalist:
        lines.append(_("You were one of the finalists. Thank you for taking part."))
    else:
        lines.append(_("Thank you for taking part."))
    return [said(" ".join(lines))]


def _about_the_papers(candidate: Candidate) -> list[Block]:
    who = {"who": candidate.round.authority.full_name}
    return [
        Heading(_("What was written about you")),
        Listing([
            _("Until the ceremony nobody outside could read the nominations. Now we assess document by document what"
              " others may see (offentleglova §§ 3 and 5)."),
            _("You can ask to see all that %(who)s has about you, and to have errors put right.") % who,
            _("The nominations are kept as the archive rules say."),
        ]),
    ]  # fmt: skip
