"""Applications that go to a meeting together: put together, ordered, sent with a recommendation, taken back.

Each deed holds the applications before the batch, and is done by who may handle every application in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants import held, notices
from grants.desk import gate, recommendation
from grants.desk.handling import handles
from grants.held import Handled
from grants.models import Application, Batch, BatchLine
from grants.refusals import deed
from portal import filing, impartiality_watch
from portal.calendar import oslo_today
from portal.letters.engine import register
from portal.models import Case, CaseStep, Document
from portal.models.case import Access
from portal.permissions import require
from portal.uploads import clean_name
from strategy.papers import word

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from grants.models import Scheme
    from portal.models import Body, User

State = Batch.State
ROWS = Batch.objects.select_related("scheme", "body", "case", "authority", "document", "editable", "made_by")


def hold(batch: Batch | int, *, by: User, seen: int | None = None, state: str = State.DRAFT) -> Batch:
    """Lock a batch for who may handle all in it, and return it as it is now.

    Raises:
        PermissionDenied: she has not the role.
        ClosedCase: she has not declared for one of the applications, or is tied to it.
        Handled: it is not in this state any more, or was changed since it was read.
    """
    key = batch if isinstance(batch, int) else batch.pk
    found = ROWS.select_for_update(no_key=True, of=("self",)).get(pk=key)
    found.case.authority = found.body.authority = found.scheme.authority = found.authority
    require(handles(by, found.authority_id))
    impartiality_watch.require(by, found.case)
    if found.state != state:
        raise held.stands(found)
    return held.as_seen(found, seen)


# ---- put together ----


@deed
def make(scheme: Scheme, *, body: Body, title: str, meets_on: dt.date, year: int, by: User, now: dt.datetime) -> Batch:
    """Begin a recommendation to one meeting, in a case of its own."""
    require(handles(by, scheme.authority_id))
    if body.authority_id != scheme.authority_id:
        raise ValidationError({"body": _("Choose one of your own bodies.")})
    today = oslo_today(now)
    if meets_on < today:
        raise ValidationError({"meets_on": _("Choose a day that has not passed.")})
    case = Case.objects.create(authority_id=scheme.authority_id, title=title, officer=by, opened_on=today)
    made = Batch.objects.create(
        authority_id=scheme.authority_id, scheme=scheme, year=year, body=body, case=case, title=title,
        meets_on=meets_on, made_by=by,
    )  # fmt: skip
    notices.record("batch_made", made, by=by, case=case)
    return made


@deed
def change(batch: Batch, *, title: str, meets_on: dt.date, by: User, now: dt.datetime, seen: int | None) -> Batch:
    """Change what it is called and when the body meets."""
    found = hold(batch, by=by, seen=seen)
    if meets_on < oslo_today(now):
        raise ValidationError({"meets_on": _("Choose a day that has not passed.")})
    found.title, found.meets_on = title, meets_on
    found.save()
    Case.objects.filter(pk=found.case_id).exclude(title=title).update(title=title)
    notices.record("batch_changed", found, by=by, case=found.case)
    return found


def candidates(batch: Batch) -> Any:
    """Return the applications that can be put in: of its scheme, assessed, and before no other meeting."""
    waiting = BatchLine.objects.exclude(batch__state=State.CLOSED).values("application")
    rows = Application.objects.filter(
        call__scheme=batch.scheme_id, state=Application.State.SUBMITTED, assessment__done_at__isnull=False
    )
    return rows.exclude(pk__in=waiting).order_by("received_on", "pk")


@deed
def add(batch: Batch, applications: Iterable[int], *, by: User, now: dt.datetime) -> list[BatchLine]:
    """Put applications in, last; what she may not handle, or what is not ready, is left out.

    Raises:
        ValidationError: none of them could be put in.
    """
    wanted = sorted(set(applications))
    locked = [held.application(key) for key in candidates(batch).filter(pk__in=wanted).values_list("pk", flat=True)]
    found = hold(batch, by=by)
    ready = set(candidates(found).filter(pk__in=wanted).values_list("pk", flat=True))
    mine = [row for row in locked if row.pk in ready and gate.standing(by, row) in gate.MAY]
    if not mine:
        raise ValidationError(_("None of these can be put in now. See which wait, and try again."))
    last = found.lines.aggregate(last=Max("position"))["last"]
    made = [
        BatchLine.objects.create(authority_id=found.authority_id, batch=found, application=row, position=place)
        for place, row in enumerate(mine, 0 if last is None else last + 1)
    ]
    impartiality_watch.require(by, found.case)
    found.save()
    notices.record("batch_filled", found, by=by, case=found.case, lines=len(made))
    return made


@deed
def remove(line: BatchLine, *, by: User, now: dt.datetime) -> Batch:
    """Take an application out; it can be put in again."""
    found = hold(line.batch_id, by=by)
    BatchLine.objects.filter(pk=line.pk, batch=found).delete()
    found.save()
    notices.record("batch_emptied", found, by=by, case=found.case, lines=1)
    return found


@deed
def move(line: BatchLine, *, up: bool, by: User, now: dt.datetime) -> Batch:
    """Let an application change places with the one before it, or after it."""
    found = hold(line.batch_id, by=by)
    rows = list(found.lines.order_by("position", "pk"))
    place = next((at for at, row in enumerate(rows) if row.pk == line.pk), None)
    if place is None:
        raise Handled(_("It is taken out already."), code="gone")
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows):
        if row.position != position:
            BatchLine.objects.filter(pk=row.pk).update(position=position)
    found.save()
    return found


@deed
def discard(batch: Batch, *, by: User, now: dt.datetime) -> None:
    """Drop a recommendation that was never sent; its applications wait as before."""
    found = hold(batch, by=by)
    notices.record("batch_discarded", found, by=by, case=found.case)
    Case.objects.filter(pk=found.case_id, closed_on=None).update(closed_on=oslo_today(now))
    found.delete()


# ---- sent ----


@deed
def send(batch: Batch, *, by: User, now: dt.datetime, seen: int | None = None) -> Batch:
    """Make the recommendation as PDF and Word file, and put each application before the body in its own case.

    Raises:
        ValidationError: it is empty, or an application in it is not ready.
    """
    keys = sorted(BatchLine.objects.filter(batch=batch).values_list("application_id", flat=True))
    for key in keys:
        held.application(key)
    found = hold(batch, by=by, seen=seen)
    lines = recommendation.lines_of(found)
    check_ready(lines)
    today = oslo_today(now)
    pdf, docx = recommendation.files_of(found)
    found.document = register(
        found.case, pdf, kind="recommendation", title=found.title, dated_on=today, direction=Document.Direction.INTERNAL
    )
    found.editable = _word_file(found, docx, today)
    for line in lines:
        line.step = _step(found, line)
        line.save(update_fields=["step"])
    found.state, found.sent_at = State.SENT, now
    found.save()
    notices.record("batch_sent", found, by=by, case=found.case, lines=len(lines))
    return found


def check_ready(lines: list[BatchLine]) -> None:
    """Refuse to send what no body can treat.

    Raises:
        ValidationError: with what is missing.
    """
    if not lines:
        raise ValidationError(_("Put in at least one application first."), code="empty")
    unready = [
        line.application.reference
        for line in lines
        if line.application.state != Application.State.SUBMITTED
        or getattr(getattr(line.application, "assessment", None), "done_at", None) is None
    ]
    if unready:
        words = ngettext(
            "%(which)s is not ready: it is withdrawn, decided, or its assessment is open. Take it out, or finish it.",
            "%(which)s are not ready: withdrawn, decided, or with an open assessment. Take them out, or finish them.",
            len(unready),
        )  # fmt: skip
        raise ValidationError(words % {"which": ", ".join(unready)}, code="unready")


def _step(batch: Batch, line: BatchLine) -> CaseStep:
    """Put the application before the body, in its own case."""
    with translation.override(batch.authority.language_form):
        words = recommendation.recommended_words(line.application)
    steps = CaseStep.objects.filter(case=line.application.case_id).aggregate(last=Max("stage"))
    return CaseStep.objects.create(
        authority_id=batch.authority_id, case_id=line.application.case_id, stage=(steps["last"] or 0) + 1,
        body=batch.body, activity=CaseStep.Activity.DECISION, starts_on=batch.meets_on,
        papers_sent_on=None, director_recommendation=words, invented=batch.invented,
    )  # fmt: skip


def _word_file(batch: Batch, made: bytes, today: dt.date) -> Document:
    file = filing.made(made, filename=clean_name(f"{batch.title}.docx"), content_type=word.CONTENT_TYPE)
    return filing.keep(
        batch.case, file, title=batch.title, direction=Document.Direction.INTERNAL, dated_on=today,
        access=Access.EXEMPT, access_basis=filing.EXEMPT_BASIS,
    )  # fmt: skip


@deed
def take_back(batch: Batch, *, by: User, now: dt.datetime, seen: int | None = None) -> Batch:
    """Take a recommendation back from the body, before anything of the meeting is registered.

    The files that were sent stay in the case, as they were sent.
    """
    found = hold(batch, by=by, seen=seen, state=State.SENT)
    steps = CaseStep.objects.filter(batch_line__batch=found)
    if steps.exclude(outcome=CaseStep.Outcome.PENDING).exists() or steps.filter(attendance__isnull=False).exists():
        raise Handled(_("The meeting is registered already. What it decided stays."), code="registered")
    keys = list(steps.values_list("pk", flat=True))
    found.lines.update(step=None)
    for step in CaseStep.objects.filter(pk__in=keys):
        step.delete()
    found.state, found.sent_at, found.document, found.editable = State.DRAFT, None, None, None
    found.save()
    notices.record("batch_taken_back", found, by=by, case=found.case)
    return found
