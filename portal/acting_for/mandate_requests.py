"""Requests to act for an organisation, and what officers make of them; and mandates that came on paper.

A request says nothing of what the authority knows: the answer is the same for an organisation it has never heard of.
The request's row is locked first, then the organisation, so that of two officers the second is told.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal import filing, permissions
from portal.acting_for import mandate_evidence, mandate_notices, mandates
from portal.calendar import add_working_days, oslo_today
from portal.models import Case, Document, Mandate, MandateRequest, Organisation, Reach
from portal.models.case import Access
from portal.signing_in import accounts

if TYPE_CHECKING:
    from portal.acting_for.mandate_evidence import Looked
    from portal.models import Authority, User
    from portal.uploads import Checked

ANSWER_WITHIN = 5
"""Working days."""
PER_DAY, MOST_WAITING = 5, 10
"""How many requests one person sends in a day, and how many of hers may wait."""
REFERENCE = "FULLMAKT-"
"""What the reference of a case with mandates starts with; the organisation's own number here follows."""
State, Source = MandateRequest.State, Mandate.Source
ROWS = MandateRequest.objects.select_related("authority", "user", "decided_by", "mandate__document__case")


class Answered(Exception):
    """Someone else has answered or withdrawn the request meanwhile; `words` say who and when."""

    def __init__(self, request: MandateRequest) -> None:
        super().__init__(request.pk)
        self.words = who_was_first(request)


@dataclass(frozen=True)
class Ruling:
    """What an officer decided to give: for how long, how far it reaches, and what it rests on."""

    source: str
    reach: str
    valid_to: dt.date
    role: str = ""
    upload: Checked | None = None
    document: Document | None = None


def who_was_first(request: MandateRequest) -> str:
    """Return the sentence for the one who came second."""
    when = date_format(timezone.localtime(request.decided_at), "j.n. \\k\\l. H.i") if request.decided_at else ""
    facts = {"who": request.decided_by or _("Someone"), "when": when}
    if request.state == State.WITHDRAWN:
        return _("The request was withdrawn %(when)s. There is nothing more to answer.") % facts
    if request.state == State.REFUSED:
        return _("%(who)s said no to this request %(when)s. Nothing is changed.") % facts
    return _("%(who)s confirmed this request %(when)s. Nothing is changed.") % facts


# ---- asking ----


@transaction.atomic
def ask(
    authority: Authority, looked: Looked, *, user: User, role: str, message: str, born: dt.date | None, method: str,
    now: dt.datetime,
) -> MandateRequest:  # fmt: skip
    """Ask an authority to act for an organisation that the register knows; the desk answers within five working days.

    `born` is when the one who asks was born, as her sign-in said; it is compared and forgotten.

    Raises:
        ValidationError: she has asked already, acts already, or has asked for many.
    """
    refuse_needless(authority, looked.number, user, now)
    try:
        with transaction.atomic():
            made = MandateRequest.objects.create(
                authority=authority, user=user, number=looked.number, name=looked.name[:200], role=role,
                message=message, asked_at=now, due_on=add_working_days(oslo_today(now), ANSWER_WITHIN),
                evidence=mandate_evidence.evidence_of(looked, born=born, method=method, now=now),
            )  # fmt: skip
    except IntegrityError as error:
        raise ValidationError(asked_already()) from error
    mandates.record("mandate_asked", made, by=user)
    mandate_notices.asked(made, oslo_today(now))
    return made


def asked_already() -> str:
    return _("You have asked for this already. We answer that request first.")


def refuse_needless(authority: Authority, number: str, user: User, now: dt.datetime) -> None:
    """Refuse a request that asks for what she has, or more requests than one person sends.

    Raises:
        ValidationError: with a sentence that says only what she knows herself.
    """
    acts = mandates.held_by(user, oslo_today(now)).filter(authority=authority, reach=Reach.ACTS)
    ends_late = acts.filter(organisation__number=number, valid_to__gt=oslo_today(now) + dt.timedelta(days=30))
    if ends_late.exists():
        raise ValidationError(_("You may act for this organisation already."))
    hers = MandateRequest.objects.filter(user=user)
    if hers.filter(authority=authority, number=number, state=State.WAITING).exists():
        raise ValidationError(asked_already())
    lately = hers.filter(asked_at__gt=now - dt.timedelta(days=1)).count()
    if lately >= PER_DAY or hers.filter(state=State.WAITING).count() >= MOST_WAITING:
        raise ValidationError(_("You have asked for many mandates. Wait until some of them are answered."))


@transaction.atomic
def withdraw_request(request_id: int, *, by: User, now: dt.datetime) -> bool:
    """Take one's own request back; say whether it still waited.

    Raises:
        PermissionDenied: it is another's.
    """
    request = ROWS.select_for_update(of=("self",)).get(pk=request_id)
    permissions.require(request.user_id == by.pk)
    if request.state != State.WAITING:
        return False
    settle(request, State.WITHDRAWN, by=by, now=now)
    return True


# ---- answering ----


def waiting(request_id: int, by: User) -> MandateRequest:
    """Return a request that waits, locked, for one who answers it.

    Raises:
        PermissionDenied: she does not decide at the authority, or it is her own.
        Answered: it waits no more.
    """
    request = ROWS.select_for_update(of=("self",)).get(pk=request_id)
    permissions.require(mandates.may_decide(by, request.authority_id) and request.user_id != by.pk)
    if request.state != State.WAITING:
        raise Answered(request)
    return request


def settle(request: MandateRequest, state: str, *, by: User, now: dt.datetime, **facts: Any) -> None:
    """Note the answer, and that the request no longer waits for anyone."""
    request.state, request.decided_at, request.decided_by = state, now, by
    for name, value in facts.items():
        setattr(request, name, value)
    request.save(update_fields=["state", "decided_at", "decided_by", *facts])
    mandates.record(f"mandate_request_{state}", request, by=by)
    mandate_notices.is_answered(request)


@transaction.atomic
def refuse(request_id: int, *, reason: str, by: User, now: dt.datetime) -> MandateRequest:
    """Say no, with a reason that the one who asked gets just as it stands.

    Raises:
        Answered: another was first.
        ValidationError: no reason is given.
    """
    request = waiting(request_id, by)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, so that the person knows what to do.")})
    settle(request, State.REFUSED, by=by, now=now, reason=reason.strip())
    mandate_notices.refused(request, oslo_today(now))
    return request


@transaction.atomic
def confirm(request_id: int, ruling: Ruling, *, by: User, now: dt.datetime) -> Mandate:
    """Say yes: the mandate rests on the register's answer, or on a document.

    Raises:
        Answered: another was first.
        ValidationError: what it should rest on is missing, or it would hold too long.
    """
    request = waiting(request_id, by)
    refuse_groundless(request, ruling)
    looked = request.evidence.get("register")
    organisation = mandates.organisation_of(request.authority, request.number, name=request.name, unit=looked, now=now)
    made = give(organisation, request.user, ruling, evidence=request.evidence, by=by, now=now)
    settle(request, State.CONFIRMED, by=by, now=now, mandate=made)
    return made


def refuse_groundless(request: MandateRequest, ruling: Ruling) -> None:
    """Refuse what rests on the register where nobody with a role was born the day the one who asks was.

    Raises:
        ValidationError: keyed by `source`.
    """
    if ruling.source == Source.REGISTER and not mandate_evidence.fits_a_role(request.evidence):
        raise ValidationError(
            {"source": _("The register does not show that this person acts for the organisation. Use a document.")}
        )


def give(
    organisation: Organisation, user: User, ruling: Ruling, *, evidence: dict[str, Any], by: User, now: dt.datetime,
    new_here: bool = False,
) -> Mandate:  # fmt: skip
    """Give what an officer has decided, in a locked organisation, and tell those it concerns."""
    today = oslo_today(now)
    refuse_period(ruling, today)
    facts: dict[str, Any] = {"evidence": evidence, "role": ruling.role, "valid_to": ruling.valid_to}
    if ruling.source == Source.OFFICER:
        facts |= {"reach": ruling.reach, "document": document_of(organisation, ruling, by=by, now=now)}
    else:
        facts["reach"] = Reach.ACTS
    made = mandates.give(organisation, user, source=ruling.source, by=by, now=now, verified_by=by, **facts)
    who_act = mandates.acting_in(organisation.pk, today)
    mandate_notices.given(made, by=by, today=today, who_act=who_act, new_here=new_here)
    return made


def refuse_period(ruling: Ruling, today: dt.date) -> None:
    """Refuse a last day that has passed, or lies too far ahead.

    Raises:
        ValidationError: keyed by `valid_to`.
    """
    last = mandates.last_day(ruling.source, today)
    if not today <= ruling.valid_to <= last:
        text = _("Give a day from today to %(last)s.") % {"last": date_format(last, "j. F Y")}
        raise ValidationError({"valid_to": text})


# ---- the document and its case ----


def case_of(organisation: Organisation) -> Case | None:
    """Return the case where documents about mandates for the organisation lie, if there is one yet."""
    return Case.objects.filter(authority=organisation.authority_id, reference=f"{REFERENCE}{organisation.pk}").first()


def documents_in_case(organisation: Organisation | None) -> list[Document]:
    """Return the papers about mandates for the organisation, the newest first."""
    case = case_of(organisation) if organisation else None
    return list(Document.objects.filter(case=case).order_by("-dated_on", "-pk")) if case else []


def document_of(organisation: Organisation, ruling: Ruling, *, by: User, now: dt.datetime) -> Document:
    """Return the document the mandate rests on: one that lies in the organisation's case, or the one just sent.

    Raises:
        ValidationError: keyed by `file`; there is none, or the one chosen lies elsewhere.
    """
    case = case_of(organisation)
    if ruling.document is not None and case is not None and ruling.document.case_id == case.pk:
        return ruling.document
    if ruling.upload is None:
        raise ValidationError({"file": _("Send the document the mandate rests on, or choose one.")})
    case = case or open_case(organisation, by=by, now=now)
    with translation.override(organisation.authority.language_form):
        title, basis = _("Mandate for %(name)s") % {"name": organisation.name}, exemption()
        public_title = _("Mandate")
    return filing.keep(
        case, ruling.upload, title=title, public_title=public_title, direction=Document.Direction.INCOMING,
        dated_on=oslo_today(now), access=Access.EXEMPT, access_basis=basis,
    )  # fmt: skip


def exemption() -> str:
    """Return why papers about mandates are exempt from access: what they hold of persons.

    Law: offentleglova § 13, with forvaltningsloven (1967) § 13; checked 2026-11-21.
    """
    return _("Freedom of Information Act section 13, see Public Administration Act section 13")


def open_case(organisation: Organisation, *, by: User, now: dt.datetime) -> Case:
    """Make the organisation's case about mandates, exempt from access; the organisation is locked."""
    with translation.override(organisation.authority.language_form):
        case = Case.objects.create(
            authority=organisation.authority, reference=f"{REFERENCE}{organisation.pk}", officer=by,
            title=(_("Mandates for %(name)s") % {"name": organisation.name})[:200], opened_on=oslo_today(now),
            public_title=_("Case about mandates"), access=Access.EXEMPT, access_basis=exemption(),
            invented=organisation.invented,
        )  # fmt: skip
    mandates.record("case_opened", case, by=by, case=case)
    return case


# ---- what came on paper ----


@transaction.atomic
def register(
    authority: Authority, looked: Looked, ruling: Ruling, *, address: str, name: str, by: User, now: dt.datetime,
    once: str,
) -> Mandate:  # fmt: skip
    """Register a mandate that came on paper; who is new here gets an account without a password, and a mail.

    `once` is the mark of one opened form: pressed twice, it gives the mandate that the first press made.

    Raises:
        PermissionDenied: she does not decide at the authority, or would register her own.
        ValidationError: keyed by field; the address can have no mandate, or it would hold too long.
    """
    permissions.require(mandates.may_decide(by, authority.pk))
    organisation = mandates.organisation_of(authority, looked.number, name=looked.name, unit=looked.copy, now=now)
    if before := Mandate.objects.filter(authority=authority, verified_by=by, evidence__once=once).first():
        return before
    holder = accounts.holder_of(address)
    if holder is not None and (holder.is_superuser or not holder.is_active):
        raise ValidationError({"address": _("This address cannot be given a mandate.")})
    if holder is not None and holder.pk == by.pk:
        raise ValidationError({"address": _("Nobody confirms her own mandate. Ask a colleague.")})
    user = holder or accounts.make(address, name)[0]
    evidence = {"register": looked.copy, "looked_at": now.isoformat(), "once": once}
    return give(organisation, user, ruling, evidence=evidence, by=by, now=now, new_here=holder is None)
