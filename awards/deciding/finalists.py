"""The shortlist: which candidates go on, as the jury chose them; they are published when the public vote opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.deciding import holding
from awards.models import Candidate, PrizeStatutes, VoteCount
from awards.refusals import Refused, deed
from grants import notices

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from awards.deciding.holding import Held
    from awards.models import RoundCategory
    from portal.models import User


@deed
def choose(category: RoundCategory, ids: Iterable[int], *, by: User, now: dt.datetime) -> list[Candidate]:
    """Let these candidates go on, and no others; the same choice once more changes nothing.

    Raises:
        ValidationError: more than the statutes allow, one alone in a public vote, or one who takes no part.
    """
    held = holding.category(category, by=by, states=(holding.State.JUDGING,))
    holding.undecided(held)
    refuse_voted(held)
    wanted, statutes = set(ids), held.round.statutes
    rows = Candidate.objects.select_for_update(no_key=True).filter(category=held.category).order_by("pk")
    field = {one.pk: one for one in rows if one.state == Candidate.State.ACTIVE and one.merged_into_id is None}
    if wanted - set(field):
        raise Refused(_("One of those you chose takes no part any more. See how it stands."), code="gone")
    _check(statutes, len(wanted))
    changed = [one for one in field.values() if one.is_finalist != (one.pk in wanted)]
    for one in changed:
        one.is_finalist = one.pk in wanted
        one.save(update_fields=["is_finalist"])
    if changed:
        notices.record("finalists_chosen", held.category, by=by, case=held.round.case, finalists=len(wanted))
    return [one for one in field.values() if one.is_finalist]


@deed
def describe(category: RoundCategory, texts: Mapping[int, str], *, by: User, now: dt.datetime) -> int:
    """Keep what everyone reads of the finalists when the vote opens; return how many texts were changed.

    Raises:
        ValidationError: keyed by the candidate: the text is too long.
    """
    held = holding.category(category, by=by, states=(holding.State.JUDGING,))
    holding.undecided(held)
    refuse_voted(held)
    longest = Candidate._meta.get_field("public_text").max_length or 0
    told = _("The text is too long. We take at most %(most)d characters.") % {"most": longest}
    if wrong := {str(key): told for key, text in texts.items() if len(text) > longest}:
        raise ValidationError(wrong)
    rows = Candidate.objects.select_for_update(no_key=True).filter(category=held.category, is_finalist=True)
    changed = [one for one in rows.order_by("pk") if texts.get(one.pk, one.public_text) != one.public_text]
    for one in changed:
        one.public_text = texts[one.pk]
        one.save(update_fields=["public_text"])
    if changed:
        notices.record("finalists_described", held.category, by=by, case=held.round.case, finalists=len(changed))
    return len(changed)


def refuse_voted(held: Held) -> None:
    """Stop a change of those the public has voted on.

    Raises:
        Refused: the vote is counted.
    """
    if VoteCount.objects.filter(round=held.round).exists():
        raise Refused(_("The public has voted on the finalists. They stay."), code="counted")


def _check(statutes: PrizeStatutes, number: int) -> None:
    if statutes.finalists is None:
        raise Refused(_("The statutes name no finalists."), code="none")
    if number > statutes.finalists:
        words = ngettext(
            "The statutes allow %(n)d finalist in a category.", "The statutes allow %(n)d finalists in a category.",
            statutes.finalists,
        )  # fmt: skip
        raise ValidationError(words % {"n": statutes.finalists}, code="many")
    if number == 1 and statutes.vote != PrizeStatutes.Vote.NONE:
        raise ValidationError(_("A public vote is among two or more. Choose two at least, or none."), code="few")
