"""Many nominations of one nominee are one candidate: found by number or name, put together and taken apart by officers.

What is the same by number, or by name where neither has a number, is gathered at once. What is only alike is put
together by a person. The case of one that is gathered in another stays, with the documents that came to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from awards import rules
from awards.access_basis import DEFERRED_BASIS
from awards.candidates import telling
from awards.candidates.holding import held, lock_round, require_taking, require_undecided, root_of
from awards.models import Candidate, Kind, Nomination, PrizeRound, RoundCategory
from awards.refusals import Refused, deed
from grants.held import Handled, stale
from grants.notices import record
from portal.calendar import oslo_today
from portal.models import Case, Declaration, Event
from portal.models.case import Access

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from portal.models import User

State = Candidate.State
GATHERED, TAKEN_APART = "candidates_gathered", "candidates_taken_apart"
LONGEST_NAME = 200
NINE = re.compile(r"[0-9]{9}")


# ---- found or made ----


@deed
def find_or_make(
    category: RoundCategory, *, kind: str, name: str, number: str = "", email: str = "",
    register_copy: dict[str, Any] | None = None, by: User | None, now: dt.datetime,
) -> Candidate:  # fmt: skip
    """Return the candidate a nomination belongs to, made with its own case where the nominee is new in the category.

    The round is locked, so that two who nominate the same at once find one candidate. What the statutes say against
    the nominee is shown to the officer, who decides.

    Raises:
        Refused: the round takes no candidates now.
    """
    round_ = lock_round(category.round_id)
    found = _same(category, kind, name, number)
    if found is None:
        require_taking(round_)
        return _make(
            round_, category, kind=kind, name=name[:LONGEST_NAME], number=number, email=email,
            register_copy=register_copy, by=by, now=now,
        )  # fmt: skip
    _learn(found, email=email, register_copy=register_copy, now=now)
    found.round, found.category, found.authority = round_, category, round_.authority
    return found


def _same(category: RoundCategory, kind: str, name: str, number: str) -> Candidate | None:
    """Return the one in the category that is this nominee for certain; where it is gathered in another, that one."""
    rows = Candidate.objects.filter(category=category.pk).select_related("merged_into__merged_into", "case")
    if number:
        same = rows.filter(number=number).order_by("merged_into_id", "pk").first()
        if same is None:
            return None
        found = root_of(same)
        return found if found.category_id == category.pk else None
    key = rules.name_key(name)
    for row in rows.filter(kind=kind, number="").order_by("pk"):
        if rules.name_key(row.name) == key and (found := root_of(row)).category_id == category.pk:
            return found
    return None


def _make(
    round_: PrizeRound, category: RoundCategory, *, register_copy: dict[str, Any] | None, by: User | None,
    now: dt.datetime, **facts: Any,
) -> Candidate:  # fmt: skip
    """Make a candidate with a case of its own, whose title names nobody; a jury at work is told."""
    made = Candidate.objects.create(
        authority_id=round_.authority_id, round=round_, category=category, case=_a_case(round_, oslo_today(now)),
        place=place_in(register_copy), register_copy=register_copy,
        register_copied_at=now if register_copy else None, **facts,
    )  # fmt: skip
    made.authority = round_.authority
    made.case.reference = f"NP-{round_.year}-{made.pk}"
    made.case.save(update_fields=["reference"])
    record("candidate_made", made, by=by, case=made.case)
    if round_.state == PrizeRound.State.JUDGING:
        telling.came_late(round_, category, on=oslo_today(now))
    return made


def _a_case(round_: PrizeRound, on: dt.date) -> Case:
    """Open a candidate's case: access is deferred until the ceremony, and nobody is named in its title."""
    with translation.override(round_.authority.language_form):
        title = _("Nomination to %(prize)s %(year)s") % {"prize": round_.prize.name, "year": round_.year}
    made = Case.objects.create(
        authority_id=round_.authority_id, title=title[:200], public_title=title[:200], opened_on=on,
        officer_id=round_.officer_id, series=Case.Series.PRIZE, access=Access.DEFERRED, access_basis=DEFERRED_BASIS,
        invented=round_.invented,
    )  # fmt: skip
    made.authority = round_.authority
    return made


def place_in(register_copy: dict[str, Any] | None) -> str:
    """Return the place a copy of the register names, as it is written on an envelope."""
    return str((register_copy or {}).get("place") or "").capitalize()[:80]


def _learn(found: Candidate, *, email: str, register_copy: dict[str, Any] | None, now: dt.datetime) -> None:
    """Fill in what was not known of a candidate, from another nomination of it; what is known stays.

    Once she is told, nobody who nominates says where her mails go: an officer writes it.
    """
    changed = []
    if email and not found.email and found.informed_on is None:
        found.email = email
        changed.append("email")
    if register_copy and not found.register_copy:
        found.register_copy, found.register_copied_at = register_copy, now
        found.place = found.place or place_in(register_copy)
        changed += ["register_copy", "register_copied_at", "place"]
    if changed:
        found.save(update_fields=changed)


# ---- alike ----


def alike(rows: Iterable[Candidate]) -> list[tuple[Candidate, Candidate]]:
    """Return the pairs among candidates of one round that may be one nominee, within their category."""
    found: list[tuple[Candidate, Candidate]] = []
    fields: dict[int, list[Candidate]] = {}
    for row in rows:
        fields.setdefault(row.category_id, []).append(row)
    for field in fields.values():
        by_key = {row.pk: row for row in field}
        keys = [(row.pk, row.number, rules.name_key(row.name)) for row in field]
        found += [(by_key[one], by_key[other]) for one, other in rules.suggestions(keys)]
    return found


# ---- put together ----


@deed
def merge(one: Candidate, into: Candidate, *, seen: int | None = None, by: User, now: dt.datetime) -> Candidate:
    """Gather one candidate in another of its category: its nominations move, its case stays; return the other.

    What the nominee has answered counts for the one that is left: the latest answer.

    Raises:
        PermissionDenied: she does not handle prizes here.
        NotImpartial: she has not declared for the whole field, or is tied to one in it.
        Handled: it is gathered already, or somebody changed it since.
        Refused: they are of two categories, have two numbers, or the jury has come too far.
    """
    gone, left = (held(each, by=by) for each in (one, into))
    if gone.merged_into_id == left.pk:
        raise Handled(_("These two are gathered already."), code="again")
    if seen is not None and gone.row_version != seen:
        raise stale()
    _refuse_to_merge(gone, left)
    moved = list(gone.nominations.order_by("pk").values_list("pk", flat=True))
    takes_number = bool(gone.number and not left.number and left.kind == "organisation")
    _fold(gone, left)
    gone.save()
    carried = _carry_ties(gone, left, now)
    if takes_number:
        left.number = gone.number
        left.register_copy, left.register_copied_at = gone.register_copy, gone.register_copied_at
    left.save()
    Nomination.objects.filter(pk__in=moved).update(candidate=left)
    Candidate.objects.filter(merged_into=gone).update(merged_into=left)
    Case.objects.filter(pk=gone.case_id, closed_on=None).update(closed_on=oslo_today(now))  # nobody is asked about it
    record(GATHERED, gone, by=by, case=left.case, into=left.pk, nominations=moved, took_number=takes_number,
           ties=carried)  # fmt: skip
    return left


def _refuse_to_merge(gone: Candidate, left: Candidate) -> None:
    """Raise Refused where two candidates cannot be one."""
    require_taking(left.round)
    require_undecided(left.category_id)
    if gone.pk == left.pk or gone.round_id != left.round_id:
        raise Refused(_("Choose another candidate in the same round."), code="itself")
    if gone.merged_into_id is not None or left.merged_into_id is not None:
        raise Handled(_("One of these is gathered in another already. See how it stands."), code="again")
    if gone.category_id != left.category_id:
        raise Refused(_("They stand in different categories. Move one of them first."), code="category")
    if gone.number and left.number and gone.number != left.number:
        raise Refused(_("They have different organisation numbers, so they are two."), code="numbers")
    if gone.is_finalist:
        raise Refused(_("A finalist is not gathered in another."), code="finalist")


def _carry_ties(gone: Candidate, left: Candidate, now: dt.datetime) -> int:
    """Let who is tied to the one that goes be tied to the one that is left: they are one nominee; return how many.

    A tie that was ruled away is not carried, nor is a “no ties”: that is said of the one that is left, by each herself.
    """
    latest: dict[Any, Declaration] = {}
    rows = Declaration.objects.filter(case__in=[gone.case_id, left.case_id]).select_related("ruling")
    for row in rows.order_by("declared_at", "pk"):
        latest[(row.case_id, row.user_id, row.member_id)] = row
    carried = 0
    for (case, user, member), row in latest.items():
        there = latest.get((left.case_id, user, member))
        if case != gone.case_id or not _is_out(row) or (there is not None and _is_out(there)):
            continue
        Declaration.objects.create(
            authority_id=left.authority_id, case=left.case, user_id=user, member_id=member, answer=row.answer,
            tie=row.tie, text_version=row.text_version, registered_by_id=row.registered_by_id,
            declared_at=max(now, there.declared_at) if there is not None else now,
        )  # fmt: skip
        carried += 1
    return carried


def _is_out(row: Declaration) -> bool:
    """Say whether a declaration is of a tie that nobody has ruled away."""
    ruling = getattr(row, "ruling", None)
    return row.answer == Declaration.Answer.TIE and not (ruling is not None and ruling.is_impartial)


def _fold(gone: Candidate, left: Candidate) -> None:
    """Take one out of the field, and let what it knew and answered count for the one that is left."""
    with translation.override(gone.authority.language_form):
        why = _("Gathered with another nomination of the same.")
    gone.merged_into = left
    if gone.state != State.DECLINED:
        gone.state, gone.out_why = State.OUT, gone.out_why or why
    left.email, left.place = left.email or gone.email, left.place or gone.place
    if gone.informed_on and not left.informed_on:
        left.informed_on, left.informed_by = gone.informed_on, gone.informed_by
        left.answer_due_on = gone.answer_due_on
    if gone.answered_at and (left.answered_at is None or gone.answered_at > left.answered_at):
        left.answer, left.answered_at = gone.answer, gone.answered_at
        if left.state != State.OUT:
            left.state = State.DECLINED if gone.answer == Candidate.Answer.DECLINED else State.ACTIVE
        left.is_finalist = left.is_finalist and left.state == State.ACTIVE
    if gone.facts and gone.facts not in left.facts:
        left.facts = "\n\n".join(text for text in (left.facts, gone.facts) if text)[:8000]


# ---- taken apart ----


@deed
def take_apart(gone: Candidate, *, by: User, now: dt.datetime) -> Candidate:
    """Undo that a candidate was gathered in another: it takes part again, with the nominations that were its own.

    Raises:
        PermissionDenied: she does not handle prizes here.
        NotImpartial: she has not declared for the whole field, or is tied to one in it.
        Handled: it stands by itself already.
        Refused: the jury has come too far.
    """
    found = held(gone, by=by)
    if found.merged_into_id is None:
        raise Handled(_("It stands by itself already."), code="again")
    left = held(found.merged_into_id, by=by)
    require_taking(found.round)
    require_undecided(found.category_id)
    told: Any = _how_gathered(found)
    if told.get("took_number") and left.number == found.number:
        left.number, left.register_copy, left.register_copied_at = "", None, None
        left.save()
    found.merged_into, found.out_why = None, ""
    declined = found.answer == Candidate.Answer.DECLINED
    found.state = State.DECLINED if declined else State.ACTIVE
    found.save()
    Nomination.objects.filter(pk__in=told.get("nominations", []), candidate=left).update(candidate=found)
    Case.objects.filter(pk=found.case_id).update(closed_on=None)
    record(TAKEN_APART, found, by=by, case=found.case, of=left.pk)
    if found.state == State.ACTIVE and found.round.state == PrizeRound.State.JUDGING:
        telling.came_late(found.round, found.category, on=oslo_today(now))
    return found


def _how_gathered(found: Candidate) -> dict[str, Any]:
    """Return what the history says of how a candidate was gathered the last time."""
    rows = Event.objects.filter(subject_type="awards.candidate", subject_id=found.pk, kind=GATHERED)
    return dict(rows.order_by("-pk").values_list("facts", flat=True).first() or {})


@deed
def move_nomination(nomination: Nomination, to: Candidate | None, *, by: User, now: dt.datetime) -> Candidate:
    """Put a nomination under another candidate of the round, or under a new one by what was written; return it.

    Its files stay in the case they came to.

    Raises:
        PermissionDenied: she does not handle prizes here.
        NotImpartial: she has not declared for the field it leaves or the field it comes to, or is tied to one in them.
        Handled: it stands there already.
        Refused: it is another round's, or the jury has come too far.
    """
    before = held(nomination.candidate_id, by=by)
    require_taking(before.round)
    require_undecided(before.category_id)
    row = Nomination.objects.select_for_update(no_key=True, of=("self",)).get(pk=nomination.pk)
    if to is not None and row.candidate_id == to.pk:
        raise Handled(_("The nomination stands there already."), code="again")
    if row.candidate_id != before.pk:
        raise stale()
    after = held(to, by=by) if to is not None else _alone(before, row, by=by, now=now)
    if after.round_id != row.round_id or after.merged_into_id is not None:
        raise Refused(_("Choose another candidate in the same round."), code="itself")
    require_undecided(after.category_id)
    row.candidate = after
    row.save(update_fields=["candidate"])
    record("nomination_moved", after, by=by, case=after.case, nomination=row.pk, number=row.number, of=before.pk)
    return after


def _alone(before: Candidate, row: Nomination, *, by: User, now: dt.datetime) -> Candidate:
    """Make a candidate of what one nomination says.

    Raises:
        Refused: it is the only nomination, so there is nothing to take apart.
    """
    if not before.nominations.exclude(pk=row.pk).exists():
        raise Refused(_("It is the only nomination of this candidate."), code="alone")
    is_own = row.kind == Kind.ORGANISATION and NINE.fullmatch(row.typed_number) and row.typed_number != before.number
    number = row.typed_number if is_own else ""
    return _make(
        before.round, before.category, kind=row.kind, name=row.typed_name, number=number, email=row.nominee_email,
        register_copy=None, by=by, now=now,
    )  # fmt: skip


def cases_of(candidate: Candidate) -> Iterable[int]:
    """Return the cases where documents about a candidate lie: its own, and those of the ones gathered in it."""
    yield candidate.case_id
    yield from candidate.merged.order_by("pk").values_list("case_id", flat=True)
