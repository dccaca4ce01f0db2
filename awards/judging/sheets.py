"""A member's points in a category: saved one candidate at a time, handed in as a whole, changed later with a reason.

A member who signs in gives her own. For one who does not, an officer who may handle the field registers what she gave
on paper.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards import gate, permissions
from awards.judging import field
from awards.models import Candidate, JuryOpinion, JuryScore, JurySheet, PrizeRound, RoundCategory
from awards.refusals import WORDS, Refused, deed
from grants import notices
from grants.held import Handled, stale
from portal.calendar import oslo_today
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from portal.models import BodyMembership, User

LONGEST_COMMENT, LONGEST_WHY = 2000, 400


# ---- deeds ----


@deed
def save(
    seat: BodyMembership, candidate: Candidate, points: Mapping[int, int], *, comment: str = "", abstains: bool = False,
    changed_why: str = "", by: User, now: dt.datetime, seen: str | None = None,
) -> JuryOpinion:  # fmt: skip
    """Keep what a member thinks of a candidate, as far as she has come.

    Raises:
        NotImpartial: she has not declared for the whole field, or is tied to one in it.
        Handled: the jury is not at work, the nominee takes no part, or another page has saved it since.
        ValidationError: keyed by the field.
    """
    category, registered_by = hold(seat, candidate.category_id, by=by, now=now)
    row = Candidate.objects.select_for_update(no_key=True, of=("self",)).get(pk=candidate.pk)
    if row.category_id != category.pk:
        raise Handled(WORDS["opinion_of_its_category"], code="opinion_of_its_category")
    if row.state != Candidate.State.ACTIVE or row.merged_into_id is not None:
        raise Handled(_("This nominee takes no part any more."), code="out")
    sheet = sheet_of(category, seat, registered_by)
    opinion = JuryOpinion.objects.select_for_update(no_key=True).filter(sheet=sheet, candidate=row).first()
    if seen is not None and seen != mark_of(opinion):
        raise stale()
    _check(category.round, points, comment, abstains, is_whole=sheet.handed_in_at is not None)
    if opinion is not None and content_of(opinion) == (abstains, comment, dict(points)):
        return opinion
    opinion = opinion or JuryOpinion(authority_id=row.authority_id, sheet=sheet, candidate=row)
    if sheet.handed_in_at is not None:
        _say_why(opinion, changed_why, now)
        notices.record("jury_opinion_changed", sheet, by=by, case=row.case)
    opinion.abstains, opinion.comment = abstains, comment
    opinion.save()
    _give(opinion, points)
    return opinion


@deed
def hand_in(seat: BodyMembership, category: RoundCategory | int, *, by: User, now: dt.datetime) -> JurySheet:
    """Hand in a member's sheet: from now on she sees the others', and changes her own only with a reason.

    Raises:
        NotImpartial: she has not declared for the whole field, or is tied to one in it.
        Handled: it is handed in already, or the jury is not at work.
        ValidationError: points are missing.
    """
    key = category if isinstance(category, int) else category.pk
    held, registered_by = hold(seat, key, by=by, now=now)
    if not field.is_scored(held.round):
        raise Handled(_("The jury discusses, and gives no points. There is nothing to hand in."), code="discussion")
    sheet = sheet_of(held, seat, registered_by)
    if sheet.handed_in_at is not None:
        raise Handled(_("The sheet is handed in already."), code="again")
    place = field.place_of(held.round, seat, held.pk, wanted=len(field.criteria_of(held.round)))
    if not place.lines:
        raise ValidationError(_("There is no candidate in this category."), code="empty")
    if place.left:
        left = place.left
        words = ngettext("Points are missing for %(n)d candidate.", "Points are missing for %(n)d candidates.", left)
        raise ValidationError(words % {"n": left}, code="missing")
    sheet.handed_in_at = now
    sheet.save()
    notices.record("jury_sheet_handed_in", sheet, by=by, case=held.round.case, candidates=len(place.lines))
    return sheet


# ---- taking hold ----


def hold(seat: BodyMembership, category_id: int, *, by: User, now: dt.datetime) -> tuple[RoundCategory, User | None]:
    """Lock a round and one of its categories for what a member says in it; return who registers for her, if another.

    Raises:
        PermissionDenied: it is not her seat, nor hers to register.
        NotImpartial: the category is not open to the member, or to who registers.
        Handled: the jury is not at work.
    """
    of_round = RoundCategory.objects.values_list("round_id", flat=True).get(pk=category_id)
    rows = PrizeRound.objects.select_related("statutes", "case", "prize", "authority")
    round_ = rows.select_for_update(no_key=True, of=("self",)).get(pk=of_round)
    category = RoundCategory.objects.select_for_update(no_key=True, of=("self",)).get(pk=category_id)
    category.round = round_
    registered_by = _acts_for(seat, category, by=by, on=oslo_today(now))
    if round_.state not in field.WORKS:
        raise Handled(WORDS["judged_in_time"], code="judged_in_time")
    field.require_open(category, seat)
    return category, registered_by


def _acts_for(seat: BodyMembership, category: RoundCategory, *, by: User, on: dt.date) -> User | None:
    """Return nobody where a member acts herself; else the officer who registers for one who does not sign in."""
    if seat.user_id is not None and seat.user_id == by.pk:
        own = permissions.seat_of(by, category.round, on)
        require(own is not None and own.pk == seat.pk)
        return None
    require(permissions.may(by, category.authority_id, permissions.SETS_UP))
    require(seat.body_id == category.round.jury_id)
    if field.signs_in(seat, on):
        raise Refused(_("This member signs in, and gives the points herself."), code="own")
    gate.require_impartial(by, category)
    if field.is_blind(by, category, on):
        raise Refused(_("Give your own points first. Then you register for others."), code="own_first")
    return by


def sheet_of(category: RoundCategory, seat: BodyMembership, registered_by: User | None) -> JurySheet:
    """Return a member's sheet in a locked category, made if it is the first she says; locked."""
    rows = JurySheet.objects.select_for_update(no_key=True, of=("self",))
    found = rows.filter(category=category, member=seat.pk).first()
    return found or JurySheet.objects.create(
        authority_id=category.authority_id, category=category, member=seat, registered_by=registered_by
    )


# ---- what is said ----


def content_of(opinion: JuryOpinion) -> tuple[bool, str, dict[int, int]]:
    given = dict(JuryScore.objects.filter(opinion=opinion).values_list("criterion_id", "points"))
    return opinion.abstains, opinion.comment, given


def mark_of(opinion: JuryOpinion | None) -> str:
    """Return a short mark of what stands, so that a page that has grown old is known; points count too."""
    if opinion is None:
        return "0"
    abstains, comment, points = content_of(opinion)
    return blake2b(repr((abstains, comment, sorted(points.items()))).encode(), digest_size=8).hexdigest()


def _check(round_: PrizeRound, points: Mapping[int, int], comment: str, abstains: bool, *, is_whole: bool) -> None:
    """Refuse what the statutes do not ask for.

    Raises:
        ValidationError: keyed by the field.
    """
    wrong: dict[str, Any] = {}
    criteria = {one.pk: one for one in field.criteria_of(round_)} if field.is_scored(round_) else {}
    if set(points) - set(criteria):
        raise ValidationError(WORDS["jury_score_fits_its_criterion"], code="criteria")
    for key, given in points.items():
        if not 0 <= given <= criteria[key].most_points:
            wrong[f"points-{key}"] = _("Give from 0 to %(most)d points.") % {"most": criteria[key].most_points}
    if abstains and points:
        wrong["abstains"] = _("You abstain, and have given points. Choose one of them.")
    if len(comment) > LONGEST_COMMENT:
        wrong["comment"] = _("The text is too long. We take at most %(most)d characters.") % {"most": LONGEST_COMMENT}
    if is_whole and not abstains:
        wrong |= {f"points-{key}": _("Give points here too, or abstain.") for key in criteria if key not in points}
    if wrong:
        raise ValidationError(wrong)


def _say_why(opinion: JuryOpinion, why: str, now: dt.datetime) -> None:
    if not why.strip():
        raise ValidationError({"changed_why": WORDS["opinion_changed_with_reason"]})
    opinion.changed_why, opinion.changed_at = why.strip()[:LONGEST_WHY], now


def _give(opinion: JuryOpinion, points: Mapping[int, int]) -> None:
    """Store the points as they are now; the opinion is saved before them, since it says why they may change."""
    opinion.scores.exclude(criterion__in=points).delete()
    before = {row.criterion_id: row for row in opinion.scores.all()}
    for key, given in points.items():
        row = before.get(key) or JuryScore(authority_id=opinion.authority_id, opinion=opinion, criterion_id=key)
        if row.pk is None or row.points != given:
            row.points = given
            row.save()
