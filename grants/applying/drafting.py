"""A draft: begun by one who may, written together by all who have a mandate, seen by no one else.

Nobody at the fund sees it, not even that it is there. Each deed locks the organisation, then the application, and asks
for the mandate as it stands now; two windows never overwrite each other unseen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from grants import fund_rules
from grants.applying import content as typed
from grants.applying import reach
from grants.models import Application, Call
from grants.refusals import Refused, deed
from portal.acting_for import mandate_evidence, mandates
from portal.calendar import oslo_today
from portal.integrations import register
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

    from grants.applying.content import Content
    from grants.applying.reach import Own
    from portal.models import Organisation, User

DRAFT, SUBMITTED = Application.State.DRAFT, Application.State.SUBMITTED
SOLE = frozenset({"ENK"})
ASSOCIATIONS = frozenset({"FLI", "STI", "SAM", "KBO", "ESEK", "BRL", "KIRK"})
"""Forms of the business register that are no companies; what is neither these nor sole traders is a company."""


class Overtaken(Exception):
    """Someone, or another window, has saved something else since it was read; `application` is how it stands now."""

    def __init__(self, application: Application) -> None:
        self.application = application


class SentMeanwhile(Exception):
    """It was sent, or the supplement answered, since it was read: nothing can be written now."""

    def __init__(self, application: Application) -> None:
        self.application = application


# ---- who may ----


def kind_of(organisation: Organisation | None) -> str:
    """Return which kind of applicant this is, as the call names them; nothing where the form is not known."""
    if organisation is None:
        return str(Call.Applicants.FOUNDER)
    form = organisation.form.upper()
    if form in SOLE:
        return str(Call.Applicants.SOLE)
    if form in ASSOCIATIONS:
        return str(Call.Applicants.ASSOCIATION)
    return str(Call.Applicants.COMPANY) if form else ""


def obstacle(call: Call, organisation: Organisation | None) -> str:
    """Return why this applicant cannot apply to the call, in words; nothing where it can."""
    kind = kind_of(organisation)
    if organisation is None and kind not in call.applicants:
        return _("Founders without an organisation number cannot apply here.")
    if kind and kind not in call.applicants:
        return _("This call is not for %(kind)s.") % {"kind": Call.Applicants(kind).label.lower()}
    return trouble(organisation)


def trouble(organisation: Organisation | None) -> str:
    """Return what stops a bankrupt, dissolving or deleted company, in words; nothing where all is well."""
    found = ((organisation.register_copy or {}).get("troubles") or []) if organisation is not None else []
    if not (words := mandate_evidence.words_of(found)):
        return ""
    why = " ".join(str(word) for word in words)
    return _("%(why)s It cannot apply. Talk with us if the register is wrong.") % {"why": why}


def look_up(organisation: Organisation | None, now: dt.datetime) -> None:
    """Renew the dated copy of the register; where it does not answer, the copy there is must do."""
    if organisation is None or not organisation.number:
        return
    try:
        looked = mandate_evidence.look_up(organisation.number)
    except register.RegisterError:
        return
    copy = looked.copy if looked else {**(organisation.register_copy or {}), "troubles": ["deleted"]}
    with transaction.atomic():
        held = mandates.locked(organisation.pk)
        held.register_copy, held.register_copied_at = copy, now
        held.form = (looked.form if looked else held.form)[:10]
        held.save(update_fields=["register_copy", "register_copied_at", "form"])
    organisation.register_copy, organisation.register_copied_at = copy, now
    organisation.form = held.form


def is_open(call: Call, now: dt.datetime) -> bool:
    return fund_rules.is_open(call.opens_at, call.closes_at, call.published_at is not None, now)


def takes(application: Application, now: dt.datetime) -> bool:
    """Say whether a draft can be sent now: the call is open, or has let this one in."""
    until = application.let_in_until
    is_let_in = application.let_in_by_id is not None and (until is None or now <= until)
    call = application.call
    return is_open(call, now) or (is_let_in and call.published_at is not None and call.opens_at <= now)


def may_write(application: Application) -> bool:
    """Say whether the content can be changed: a draft's, and a sent one's while something is asked for."""
    if application.state == DRAFT:
        return True
    return application.state == SUBMITTED and application.supplements.filter(state="open").exists()


# ---- beginning ----


def start(
    call: Call, *, by: User, organisation: Organisation | None, eligibility: dict[str, bool], now: dt.datetime
) -> Application:
    """Begin an application; pressed twice, the same empty draft.

    Raises:
        PermissionDenied: she has no mandate for the organisation.
        Refused: the call is not open, is not for this kind of applicant, or the company is in trouble.
    """
    if organisation is not None:
        look_up(organisation, now)
    return _begin(call, by=by, organisation=organisation, eligibility=eligibility, now=now)


@deed
def _begin(
    call: Call, *, by: User, organisation: Organisation | None, eligibility: dict[str, bool], now: dt.datetime
) -> Application:
    held = _applicant(call, organisation, by=by, now=now)
    refuse_closed(call, now)
    if why := obstacle(call, held):
        raise Refused(why, code="applicant")
    before = Application.objects.filter(call=call, state=DRAFT, organisation=held, title="", row_version=0)
    if held is None:
        before = before.filter(applicant=by)
    if (found := before.filter(edited_by=by).first()) is not None:
        return found
    return _made(call, held, empty(call, by), by=by, now=now, eligibility=eligibility)


def _applicant(call: Call, organisation: Organisation | None, *, by: User, now: dt.datetime) -> Organisation | None:
    """Return the organisation, held, for one who has a mandate for it at the call's authority."""
    if organisation is None:
        return None
    require(organisation.authority_id == call.authority_id)
    require(mandates.held_by(by, oslo_today(now)).filter(organisation=organisation.pk).exists())
    return mandates.locked(organisation.pk)


def refuse_closed(call: Call, now: dt.datetime) -> None:
    """Refuse to begin outside the time of the call.

    Raises:
        Refused: the call is not open.
    """
    if not is_open(call, now):
        raise Refused(_("The call is not open now."), code="closed")


def empty(call: Call, by: User) -> Content:
    """Return what a new application begins with: who to talk with, and the usual lines of the tables."""
    costs = [typed.Cost(kind) for kind in typed.COSTS if kind in (typed.BOUGHT, typed.MATERIAL) or (
        kind == typed.OWN_WORK and call.own_work_nok)]  # fmt: skip
    payers = [typed.FUND, typed.OWN, *([typed.OWN_WORK] if call.own_work_nok else []), typed.PUBLIC]
    return typed.Content(
        contact_name=by.name, contact_email=by.email, costs=costs, financing=[typed.Money(payer) for payer in payers]
    )


def _made(
    call: Call, organisation: Organisation | None, content: Content, *, by: User, now: dt.datetime, **facts: Any
) -> Application:
    copy = organisation.register_copy if organisation else None
    return Application.objects.create(
        authority_id=call.authority_id, call=call, statutes_id=call.statutes_id, organisation=organisation,
        applicant=None if organisation else by, applicant_name=(organisation.name if organisation else by.name)[:200],
        content=typed.stored(content), title=content.title.strip()[:160], created_at=now, edited_at=now, edited_by=by,
        language=by.language if by.language in ("nb", "nn") else call.authority.language_form,
        register_copy=copy, register_copied_at=organisation.register_copied_at if organisation and copy else None,
        **facts,
    )  # fmt: skip


@deed
def copy(own: Own, *, into: Call, by: User, now: dt.datetime) -> Application:
    """Begin an application to an open call with what an earlier one says; dates and what is declared are left out.

    Answers follow where the new call asks the same question in the same words. Files do not follow.

    Raises:
        Refused: the call is not open, is another authority's, or not for this applicant.
    """
    row = reach.held(own, by=by, now=now).application
    require(row.authority_id == into.authority_id)
    refuse_closed(into, now)
    if why := obstacle(into, row.organisation):
        raise Refused(why, code="applicant")
    said = typed.of(row.content)
    said.starts_on = said.ends_on = ""
    said.declared, said.answers = False, _answers_for(said, row.call, into)
    before = Application.objects.filter(call=into, state=DRAFT, copied_from=row, row_version=0, edited_by=by)
    if (found := before.first()) is not None:
        return found
    made = _made(into, row.organisation, said, by=by, now=now, copied_from=row)
    made.language = row.language
    made.save(update_fields=["language"])
    made.refresh_from_db(fields=["row_version"])
    return made


def _answers_for(said: Content, call: Call, into: Call) -> dict[str, str]:
    """Return the answers that fit the questions of another call: same kind, same words."""
    before = {(row.kind, row.text): said.answers.get(str(row.pk), "") for row in call.questions.all()}
    found = {str(row.pk): before.get((row.kind, row.text), "") for row in into.questions.all()}
    return {pk: answer for pk, answer in found.items() if answer}


# ---- writing ----


@deed
def save(
    own: Own, content: Content, *, seen: int | None, by: User, now: dt.datetime, language: str = ""
) -> Application:
    """Keep what was typed; saving the same once more changes nothing.

    While a supplement is asked for, the name and the figures of the application stay until it is answered.

    Raises:
        Overtaken: someone has saved something else since it was read.
        SentMeanwhile: it is sent, and nothing more is asked for.
    """
    row = reach.held(own, by=by, now=now).application
    if not may_write(row):
        raise SentMeanwhile(row)
    new, language = typed.stored(content), language or row.language
    if new == typed.stored(typed.of(row.content)) and language == row.language:
        return row
    if seen != row.row_version:
        raise Overtaken(row)
    row.content, row.language, row.edited_at, row.edited_by, row.warned_at = new, language, now, by, None
    if row.state == DRAFT:
        row.title = content.title.strip()[:160]
    row.save(update_fields=["content", "language", "edited_at", "edited_by", "warned_at", "title"])
    row.refresh_from_db(fields=["row_version"])
    return row


# ---- leaving ----


@deed
def discard(own: Own, *, seen: int | None, by: User, now: dt.datetime) -> None:
    """Delete a draft with its files.

    Raises:
        Overtaken: it was changed since it was read.
        SentMeanwhile: it is sent.
    """
    row = reach.held(own, by=by, now=now).application
    if row.state != DRAFT:
        raise SentMeanwhile(row)
    if seen is not None and seen != row.row_version:
        raise Overtaken(row)
    forget(row)


def forget(application: Application) -> None:
    """Remove a held draft and the history's copies of it; its files go when the deed is committed.

    Raises:
        ValidationError: it is sent.
    """
    from grants.applying import old_drafts

    if application.state != DRAFT:
        raise ValidationError(_("What is sent is not deleted."), code="sent")
    for file in application.files.all():
        if file.file:
            transaction.on_commit(lambda stored=file.file: stored.storage.delete(stored.name), robust=True)  # type: ignore[misc]
    application.files.all().delete()
    pk = application.pk
    application.delete()
    old_drafts.erase_traces(pk, "draft deleted")
