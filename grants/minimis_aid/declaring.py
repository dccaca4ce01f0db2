"""What an applicant declares of earlier aid and linked companies, and what an officer makes of it.

What is declared is read from the application as it was sent. Aid counts until an officer says that it is the same as
a row we know, or no such aid; a link counts when she has confirmed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum.no import orgnr

from grants import held, notices, permissions
from grants.applying import content as typed
from grants.desk import gate
from grants.minimis_aid import reading, rules
from grants.models import AidAward, Application, DeclaredAid, Grant, RegisterAward, RegisterMatch, UndertakingLink
from grants.refusals import deed
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User

Resolution = DeclaredAid.Resolution
ANSWERS = frozenset([*permissions.SETS_UP])
"""Answers what is declared, and declares for a recipient who does not apply in the portal; never the operator."""


# ---- read from the application ----


def read_from(application: Application, *, on: dt.date) -> None:
    """Bring the declared rows up to date with what the application says now; the same twice changes nothing.

    Called where an application is sent or sent anew. A row an officer has answered stays.
    """
    said = typed.of(application.content)
    reading_of = typed.read(said, own_work_nok=None)
    _read_aid(application, said, reading_of)
    if application.organisation is not None and application.organisation.number:
        _read_links(application, said, on)


def _read_aid(application: Application, said: typed.Content, reading_of: typed.Reading) -> None:
    wanted: list[tuple[str, dt.date, int]] = [
        (row.giver.strip()[:200] or _("Not said"), day, amount)
        for row, (day, amount) in zip(said.earlier_aid, reading_of.earlier_aid, strict=True)
        if said.has_earlier_aid and row.is_minimis and day is not None and amount > 0
    ]
    for there in DeclaredAid.objects.filter(application=application).order_by("pk"):
        key = (there.giver, there.decided_on, there.amount_nok)
        if key in wanted:
            wanted.remove(key)
        elif not there.resolution and there.resolved_by_id is None:
            there.delete()
    number = application.organisation.number if application.organisation else ""
    DeclaredAid.objects.bulk_create(
        DeclaredAid(
            authority_id=application.authority_id, application=application, number=number, giver=giver, decided_on=day,
            amount_nok=amount, basis=rules.DE_MINIMIS,
        )
        for giver, day, amount in wanted
    )  # fmt: skip


def _read_links(application: Application, said: typed.Content, on: dt.date) -> None:
    """Add the links that are declared; one that is not declared any more, and no officer has answered, ends."""
    assert application.organisation is not None
    own = application.organisation.number
    rows = said.linked if said.has_linked else []
    wanted = {number: row for row in rows if (number := "".join(row.number.split())) != own and orgnr.is_valid(number)}
    mine = UndertakingLink.objects.filter(application=application)
    mine.filter(confirmed_on=None, ended_on=None).exclude(linked__in=wanted).update(ended_on=on)
    pair = Q(number=own, linked__in=wanted) | Q(linked=own, number__in=wanted)
    there = UndertakingLink.objects.filter(pair, authority=application.authority_id)
    there = there.filter(Q(ended_on=None) | Q(application=application))
    known = {number for row in there for number in (row.number, row.linked)}
    UndertakingLink.objects.bulk_create(
        UndertakingLink(
            authority_id=application.authority_id, number=own, linked=number, name=row.name.strip()[:200],
            why=row.why.strip()[:300], application=application, declared_on=on,
        )
        for number, row in wanted.items()
        if number not in known
    )  # fmt: skip


# ---- who may ----


def _answers(by: User, of: Application | Grant) -> None:
    """Check that who acts has the role, is impartial in the case, and does not act for the recipient herself."""
    require(permissions.may(by, of.authority_id, ANSWERS))
    if (application := reading.application_of(of)) is not None:
        gate.require_impartial(by, application)
    if of.organisation_id is not None:
        held.refuse_tied(by, of.organisation_id)


# ---- declared aid ----


@deed
def declare(
    of: Application | Grant, *, giver: str, decided_on: dt.date, amount_nok: int, basis: str, by: User,
    number: str = "",
) -> DeclaredAid:  # fmt: skip
    """Add what a recipient has told of earlier aid, by an officer; the same once more is the row that stands there."""
    _answers(by, of)
    named: dict[str, Any] = {"application": of} if isinstance(of, Application) else {"grant": of}
    row = DeclaredAid(
        authority_id=of.authority_id, number=number, giver=giver.strip(), decided_on=decided_on, amount_nok=amount_nok,
        basis=basis, **named,
    )  # fmt: skip
    row.full_clean(exclude=["authority", "application", "grant"], validate_constraints=False)
    same = {"giver": row.giver, "decided_on": decided_on, "amount_nok": amount_nok, "basis": basis, **named}
    if (there := DeclaredAid.objects.filter(**same).first()) is not None:
        return there
    row.save()
    notices.record("aid_declared", of, by=by, case=of.case, declared=row.pk)
    return row


def _of(row: DeclaredAid) -> Application | Grant:
    found = row.application or row.grant
    assert found is not None
    return found


def _locked_declared(row: DeclaredAid, by: User, seen: str | None) -> DeclaredAid:
    _answers(by, _of(row))
    found = DeclaredAid.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
    if seen is not None and seen != found.resolution:
        raise held.Handled(_("A colleague has answered this since you opened the page. See how it stands now."))
    return found


@deed
def resolve(
    row: DeclaredAid, *, resolution: str, by: User, why: str = "", award: AidAward | None = None,
    register: RegisterAward | None = None, seen: str | None = None,
) -> DeclaredAid:  # fmt: skip
    """Say that declared aid is the same as a row we know, or is no such aid; with no resolution it counts again.

    Raises:
        ValidationError: which row, or why, is missing; the row is another undertaking's.
    """
    found = _locked_declared(row, by, seen)
    if resolution == Resolution.OUTSIDE and not why.strip():
        raise ValidationError({"why": _("Say why it does not count.")})
    if resolution == Resolution.SAME and (award is None) == (register is None):
        raise ValidationError({"same": _("Choose which award it is the same as.")})
    if (known := award or register) is not None and known.number not in _members_for(found):
        raise ValidationError({"same": _("That award is another undertaking’s.")})
    is_same = resolution == Resolution.SAME
    others = reading.declared_for(_of(found)).exclude(pk=found.pk)
    taken = others.filter(same_award=award) if award else others.filter(same_register=register)
    if is_same and taken.exists():
        raise ValidationError({"same": _("One of them is matched with another row already.")})
    found.resolution, found.why = Resolution(resolution), "" if not resolution else why.strip()[:300]
    found.same_award, found.same_register = (award, register) if is_same else (None, None)
    found.resolved_by = by
    found.save()
    of = _of(found)
    notices.record("aid_declared_resolved", of, by=by, case=of.case, declared=found.pk, resolution=resolution)
    return found


def _members_for(row: DeclaredAid) -> list[str]:
    of = _of(row)
    own = of.organisation.number if of.organisation else ""
    return [*reading.members_of(own), *([row.number] if row.number else [])]


# ---- the register's rows and ours ----


@deed
def match(of: Application | Grant, register: RegisterAward, award: AidAward, *, by: User) -> RegisterMatch:
    """Say that the register's row is one of this authority's own awards, so that it is counted once.

    Raises:
        ValidationError: they are not of one undertaking, the award is another authority's, or one is matched already.
    """
    _answers(by, of)
    if award.authority_id != of.authority_id:
        raise ValidationError(_("That award is another authority’s. Its own officer says which row it is."))
    own = of.organisation.number if of.organisation else ""
    if not {register.number, award.number} <= {*reading.members_of(own)}:
        raise ValidationError(_("That award is another undertaking’s."))
    there = RegisterMatch.objects.filter(Q(register=register) | Q(award=award)).first()
    if there is not None:
        if (there.register_id, there.award_id) == (register.pk, award.pk):
            return there
        raise ValidationError(_("One of them is matched with another row already."))
    made = RegisterMatch.objects.create(
        authority_id=of.authority_id, register=register, award=award, matched_by=by, matched_at=timezone.now()
    )
    notices.record("aid_matched", of, by=by, case=of.case, award=award.pk)
    return made


@deed
def unmatch(of: Application | Grant, register: RegisterAward, *, by: User) -> None:
    """Take a match back that was wrong.

    Raises:
        ValidationError: the award is another undertaking’s, whose own case is where it is answered.
    """
    _answers(by, of)
    own = of.organisation.number if of.organisation else ""
    if register.number not in reading.members_of(own):
        raise ValidationError(_("That award is another undertaking’s."))
    RegisterMatch.objects.filter(register=register, authority=of.authority_id).delete()
    notices.record("aid_unmatched", of, by=by, case=of.case)


# ---- links ----


@deed
def link(
    of: Application | Grant, linked: str, *, name: str, why: str, by: User, on: dt.date
) -> UndertakingLink:  # fmt: skip
    """Add a linked company that an officer knows of; it counts from now, and is confirmed by her."""
    _answers(by, of)
    number, linked = of.organisation.number if of.organisation else "", "".join(linked.split())
    if not number:
        raise ValidationError({"linked": _("The recipient has no organisation number to link it with.")})
    if not orgnr.is_valid(linked) or linked == number:
        raise ValidationError({"linked": _("Enter another company’s organisation number, nine digits.")})
    pair = Q(number=number, linked=linked) | Q(number=linked, linked=number)
    row = UndertakingLink.objects.filter(pair, authority=of.authority_id, ended_on=None).first()
    row = row or UndertakingLink(
        authority_id=of.authority_id, number=number, linked=linked, name=name.strip(), why=why.strip(), declared_on=on,
        application=reading.application_of(of),
    )  # fmt: skip
    row.full_clean(exclude=["authority", "application", "confirmed_by"], validate_constraints=False)
    return _confirmed(row, of, by, on)


@deed
def confirm(of: Application | Grant, row: UndertakingLink, *, by: User, on: dt.date) -> UndertakingLink:
    """Confirm a declared link: from now the two count as one undertaking."""
    _answers(by, of)
    found = _locked_link(row, of)
    if found.ended_on is not None:
        raise held.Handled(_("The link is ended. Add it anew if it holds."), code="state")
    return _confirmed(found, of, by, on)


def _confirmed(row: UndertakingLink, of: Application | Grant, by: User, on: dt.date) -> UndertakingLink:
    if row.confirmed_on is not None:
        return row
    for number in sorted({row.number, row.linked}):
        reading.lock(number)
    row.confirmed_on, row.confirmed_by = on, by
    row.save()
    notices.record("undertaking_linked", of, by=by, case=of.case, link=row.pk)
    return row


@deed
def unlink(of: Application | Grant, row: UndertakingLink, *, by: User, on: dt.date) -> UndertakingLink:
    """Say that two companies are not one undertaking, or are no more; what was decided meanwhile stands."""
    _answers(by, of)
    found = _locked_link(row, of)
    if found.ended_on is None:
        found.ended_on = on
        found.save(update_fields=["ended_on"])
        notices.record("undertaking_unlinked", of, by=by, case=of.case, link=found.pk)
    return found


def _locked_link(row: UndertakingLink, of: Application | Grant) -> UndertakingLink:
    found = UndertakingLink.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
    if found.authority_id != of.authority_id:
        raise PermissionDenied
    own = {*reading.members_of(of.organisation.number if of.organisation else "")}
    applied = reading.application_of(of)
    if not own & {found.number, found.linked} and (applied is None or found.application_id != applied.pk):
        raise ValidationError(_("That link is another undertaking’s."), code="other")
    return found
