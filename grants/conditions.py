"""The deeds on conditions: copied to a grant, changed while it is assessed, and settled by one who answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import model_to_dict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants import held, notices, permissions, rules
from grants.models import BudgetLine, Condition, Grant, GrantReport, Stage
from grants.refusals import deed
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import Document, User

Kind, State = Condition.Kind, Condition.State
TERMS = (
    "kind", "title", "description", "classes", "counts_in_kind", "share_percent", "due_on", "holdback_percent",
    "position",
)  # fmt: skip
"""What a condition asks for: what a copy takes with it."""
REPORTED = (Kind.REPORT, Kind.HOLDBACK)
"""Kinds that end with a report the recipient sends."""


# ---- what a grant asks for ----


def lines_over(line: BudgetLine | None) -> list[int]:
    """Return the keys of a budget line and of those it is a part of; their conditions hold for it too."""
    keys = []
    while line is not None and line.pk not in keys:
        keys.append(line.pk)
        line = line.parent
    return keys


def asked_for(grant: Grant) -> list[Condition]:
    """Return the adopted conditions of the grant's scheme and line that bind its recipient in its year."""
    line = BudgetLine.objects.filter(account=grant.account_id).select_related("parent__parent").first()
    rows = Condition.objects.filter(
        Q(line=None) | Q(line__in=lines_over(line)), scheme=grant.scheme_id, grant=None, stage=Stage.ADOPTED,
        binds=Condition.Binds.RECIPIENT,
    )  # fmt: skip
    return [row for row in rows.order_by("position", "pk") if rules.holds_in(row.first_year, row.last_year, grant.year)]


def copy_to(grant: Grant) -> list[Condition]:
    """Give a proposed grant its own copies of what its scheme and line ask for; return those that are new.

    Copies of what no longer holds, because the grant's account or year was changed, are taken away again.
    """
    wanted = asked_for(grant)
    stale = grant.conditions.filter(copied_from__isnull=False).exclude(copied_from__in=wanted)
    for row in stale:
        _take_away(row)
    had = set(grant.conditions.values_list("copied_from", flat=True))
    return [_copy(row, grant) for row in wanted if row.pk not in had]


def _copy(row: Condition, grant: Grant) -> Condition:
    terms = {name: getattr(row, name) for name in TERMS}
    return _give(Condition(copied_from=row, **terms), grant)


def _give(condition: Condition, grant: Grant) -> Condition:
    """Save a new condition of a grant, with the report it waits for."""
    condition.grant, condition.scheme_id, condition.authority_id = grant, grant.scheme_id, grant.authority_id
    condition.save()
    _keep_report(condition)
    return condition


def _keep_report(condition: Condition) -> None:
    """Let a condition that ends with a report, and no other, await one with its title and date."""
    awaited = GrantReport.objects.filter(condition=condition, state=GrantReport.State.AWAITED)
    if condition.kind not in REPORTED:
        awaited.delete()
    elif GrantReport.objects.filter(condition=condition).exists():
        awaited.update(title=condition.title, due_on=condition.due_on)
    else:
        GrantReport.objects.create(
            authority_id=condition.authority_id, grant=condition.grant, condition=condition, title=condition.title,
            due_on=condition.due_on,
        )  # fmt: skip


def _take_away(condition: Condition) -> None:
    """Remove a condition and the report it waits for.

    Raises:
        ValidationError: the report is sent already.
    """
    if GrantReport.objects.filter(condition=condition).exclude(state=GrantReport.State.AWAITED).exists():
        raise ValidationError(_("A report is sent for “%(title)s”, so it stays.") % {"title": condition.title})
    GrantReport.objects.filter(condition=condition).delete()
    condition.delete()


def _of_proposed(grant: Grant | int, by: User) -> Grant:
    """Lock a grant whose conditions may still be drawn up.

    Raises:
        Handled: it is decided; its conditions are part of the decision.
    """
    found = held.grant(grant)
    held.answers_for(by, found, permissions.SETS_UP)
    if found.state != Grant.State.PROPOSED:
        raise held.Handled(_("The grant is decided, and its conditions with it. They can be met or waived."))
    return found


@deed
def add(grant: Grant, condition: Condition, *, by: User) -> Condition:
    """Give a proposed grant one more condition, of its own; the same once more is the one that stands there."""
    found = _of_proposed(grant, by)
    terms = {name: getattr(condition, name) for name in TERMS if name != "position"}
    if (same := found.conditions.filter(**terms).first()) is not None:
        return same
    condition.position = found.conditions.count()
    condition.full_clean(exclude=["scheme", "authority", "grant"], validate_constraints=False)
    _give(condition, found)
    notices.record("condition_added", found, by=by, case=found.case, condition=condition.pk, of_kind=condition.kind)
    return condition


@deed
def change(condition: Condition, *, by: User, version: int | None = None) -> Condition:
    """Save what was changed in a condition of a proposed grant."""
    assert condition.grant_id is not None
    found = _of_proposed(condition.grant_id, by)
    row = held.as_seen(Condition.objects.select_for_update(no_key=True).get(pk=condition.pk), version)
    if model_to_dict(row, TERMS) != model_to_dict(condition, TERMS):
        condition.save(update_fields=TERMS)
        _keep_report(condition)
        notices.record("condition_changed", found, by=by, case=found.case, condition=condition.pk)
    return condition


@deed
def remove(condition: Condition, *, by: User, version: int | None = None) -> None:
    """Take a condition away from a proposed grant; the history says that the scheme asked for it."""
    assert condition.grant_id is not None
    found = _of_proposed(condition.grant_id, by)
    row = Condition.objects.select_for_update(no_key=True).filter(pk=condition.pk).first()
    if row is None:
        raise held.Handled(_("The condition is removed already."))
    held.as_seen(row, version)
    facts = {"condition": row.pk, "of_kind": row.kind, "copied_from": row.copied_from_id}
    _take_away(row)
    notices.record("condition_removed", found, by=by, case=found.case, **facts)


@deed
def fetch_again(grant: Grant, *, by: User) -> list[Condition]:
    """Give a proposed grant the scheme's conditions it lacks: those adopted since, and those taken away by mistake."""
    found = _of_proposed(grant, by)
    new = copy_to(found)
    if new:
        notices.record("conditions_copied", found, by=by, case=found.case, number=len(new))
    return new


# ---- settled ----


@deed
def settle(
    condition: Condition, *, by: User, on: dt.date, state: str, note: str = "", document: Document | None = None,
    version: int | None = None, today: dt.date | None = None,
) -> Condition:  # fmt: skip
    """Say that a condition is met or waived, or open again; who speaks for the recipient is told.

    A condition that binds the authority itself is settled on its scheme, and tells nobody. Matching is met by what is
    documented, and is only ever waived.

    Raises:
        Handled: it stands so already, or was changed since it was read.
        ValidationError: this cannot be said of it.
    """
    today = today or timezone.localdate()
    grant = held.grant(condition.grant_id) if condition.grant_id else None
    row = held.as_seen(Condition.objects.select_for_update(no_key=True).get(pk=condition.pk), version)
    if grant is not None:
        held.answers_for(by, grant, permissions.DECIDES if state == State.WAIVED else permissions.SETS_UP)
    else:
        require(permissions.may(by, row.authority_id, permissions.DECIDES))
    _check(row, grant, state, note, document)
    is_open = state == State.OPEN
    row.state, row.settled_note, row.document = State(state), note, document
    row.settled_on, row.settled_by = (None, None) if is_open else (on, by)
    row.save()
    notices.record(
        "condition_settled", grant or row, by=by, case=grant.case if grant else None, condition=row.pk, state=str(state)
    )
    if grant is not None:
        _tell(row, grant, by, today)
    return row


def _check(
    row: Condition, grant: Grant | None, state: str, note: str, document: Document | None
) -> None:  # fmt: skip
    """Stop what cannot be said of a condition."""
    if state == row.state:
        raise held.stands(row)
    if grant is not None and grant.state in (Grant.State.DECLINED, Grant.State.ANNULLED):
        raise ValidationError(_("The grant does not stand any more, and nor do its conditions."), code="state")
    if state == State.MET and row.kind == Kind.MATCHING:
        raise ValidationError(
            {"state": _("This is met by what is documented. Read the papers, or waive it and say why.")}
        )
    if state == State.WAIVED and not note:
        raise ValidationError({"note": _("Say why the condition is waived.")})
    if state == State.MET and row.kind in (Kind.ATTESTED, *REPORTED) and not (note or document):
        raise ValidationError({"note": _("Say how you know that it is met, or choose a document.")})
    if document is not None and (grant is None or document.case_id != grant.case_id):
        raise ValidationError({"document": _("Choose a document of the grant’s own case.")})


def _tell(row: Condition, grant: Grant, by: User, today: dt.date) -> None:
    if grant.state == Grant.State.PROPOSED:
        return
    notices.tell_contacts(
        grant.organisation, kind="condition_settled", subject=grant, occasion=f"{row.pk}:{row.state}:{row.row_version}",
        on=today, but=[by.pk], template="condition_settled", state=row.state,
        title=lambda: _("A condition of your grant is settled"),
        link=reverse("own_grant", args=[grant.organisation_id, grant.pk]), link_text=gettext_lazy("See your grant"),
    )  # fmt: skip
