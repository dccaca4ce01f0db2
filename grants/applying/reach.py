"""Whose an application is: those who hold a mandate for its organisation, or the founder who began it.

To others it does not exist. Deeds ask again, on rows they hold: organisation first, then the application.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import Http404

from grants.models import Application
from portal.acting_for import mandates
from portal.calendar import oslo_today
from portal.models import Organisation, Reach
from portal.permissions import require

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User
    from portal.strength import Mark

ROWS = Application.objects.select_related(
    "authority", "call__scheme", "call__authority", "organisation__authority", "applicant", "case", "edited_by"
)
"""What one's own pages need of an application; drafts too."""


@dataclass(frozen=True)
class Own:
    """An application as one who wrote it, or prepares for who did, has it; `acts`: she may send and bind."""

    application: Application
    acts: bool
    organisation: Organisation | None

    @property
    def authority(self) -> Any:
        return self.application.authority


def mine(user: Any, on: dt.date) -> Q:
    """Return the condition that an application is one's own on this day."""
    held = mandates.held_by(user, on).order_by().values("organisation")
    return Q(organisation__in=held) | Q(applicant=user.pk)


def own(user: Any, pk: int, today: dt.date, *, mark: Mark | None = None) -> Own:
    """Return an application that is this person's own; without a mark, as surely known as she can be.

    Raises:
        Http404: there is none such of hers; whether it exists is not told.
    """
    found = ROWS.filter(pk=pk).first()
    if found is None or not getattr(user, "is_authenticated", False) or not user.is_active:
        raise Http404
    reach = reach_to(found, user, today, mark=mark)
    if reach is None:
        raise Http404
    return Own(found, reach == Reach.ACTS, found.organisation)


def reach_to(application: Application, user: Any, on: dt.date, *, mark: Mark | None) -> Reach | None:
    """Return what a person may do with an application: a founder acts for herself, others by their mandate."""
    if application.organisation_id is not None:
        held = mandates.reach_in(user, application.organisation_id, on=on, mark=mark)
        if held is not None:
            return held
    if application.applicant_id == user.pk:
        return Reach.ACTS if mandates.lets_act(mark, application.authority) else Reach.DRAFTS
    return None


def held(own: Own | Application, *, by: User, now: dt.datetime, acting: bool = False) -> Own:
    """Return an application held until the commit, its organisation first, for one whose own it still is.

    Raises:
        Http404: it is not hers any more, or is deleted.
        PermissionDenied: she prepares only, or her session is not sure enough, and `acting` is asked for.
    """
    row = own.application if isinstance(own, Own) else own
    if row.organisation_id is not None:
        list(Organisation.objects.select_for_update(no_key=True).filter(pk=row.organisation_id).values_list("pk"))
    found = ROWS.select_for_update(no_key=True, of=("self",)).filter(pk=row.pk).first()
    if found is None:
        raise Http404
    reach = reach_to(found, by, oslo_today(now), mark=getattr(by, "mark", None))
    if reach is None:
        raise Http404
    require(not acting or reach == Reach.ACTS)
    return Own(found, reach == Reach.ACTS, found.organisation)
