"""What is told about mandates, and to whom, in the transaction of the deed. Subjects of mails name no person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import outbox
from portal.desk import at_desk
from portal.models import Mandate, Notice

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from portal.models import MandateInvitation, MandateRequest, Organisation, User

MANDATE, REQUEST, INVITATION = "portal.mandate", "portal.mandaterequest", "portal.mandateinvitation"


def own_page() -> dict[str, Any]:
    return {"link": reverse("my_mandates"), "link_text": gettext_lazy("See whom you may act for")}


def page_of(organisation: Organisation) -> dict[str, Any]:
    return {
        "link": reverse("organisation_page", args=[organisation.pk]),
        "link_text": gettext_lazy("See who may act for it"),
    }


def given(mandate: Mandate, *, by: User, today: dt.date, who_act: Iterable[Mandate], new_here: bool = False) -> None:
    """Tell the holder of a new mandate, and those who act for the organisation already."""
    organisation = mandate.organisation
    facts: dict[str, Any] = {
        "kind": "mandate_given", "subject": mandate, "authority": organisation.authority, "on_date": today,
        "organisation": organisation, "mandate": mandate,
    }  # fmt: skip
    if by.pk != mandate.user_id:
        outbox.notify(
            mandate.user, **facts, **own_page(), template="mandate_given", occasion="given", new_here=new_here,
            title=lambda: told_holder(mandate) % {"name": organisation.name},
        )  # fmt: skip
    for user in others(who_act, mandate.user_id, by.pk):
        outbox.notify(
            user, **facts, **page_of(organisation), template="mandate_joined", occasion="joined",
            title=lambda: told_others(mandate) % {"name": organisation.name},
        )  # fmt: skip


def told_holder(mandate: Mandate) -> str:
    return _("You may act for %(name)s") if mandate.acts else _("You may prepare things for %(name)s")


def told_others(mandate: Mandate) -> str:
    if mandate.acts:
        return _("There is someone new who may act for %(name)s")
    return _("There is someone new who may prepare things for %(name)s")


def ended(
    organisation: Organisation, mandates: list[Mandate], *, by: User, today: dt.date, who_act: Iterable[Mandate]
) -> None:
    """Tell those whose mandates ended, unless they did it themselves, and all who act for the organisation."""
    facts: dict[str, Any] = {
        "kind": "mandate_ended", "authority": organisation.authority, "on_date": today, "organisation": organisation,
    }  # fmt: skip
    gone = {mandate.user_id for mandate in mandates}
    for mandate in mandates:
        if mandate.user_id != by.pk:
            outbox.notify(
                mandate.user, **facts, **own_page(), subject=mandate, template="mandate_ended", occasion="ended",
                title=lambda: _("Your mandate for %(name)s has ended") % {"name": organisation.name}, mandate=mandate,
            )  # fmt: skip
    for user in others(who_act, by.pk, *gone):
        outbox.notify(
            user, **facts, **page_of(organisation), subject=mandates[0], template="mandate_left", occasion="left",
            title=lambda: _("A mandate for %(name)s has ended") % {"name": organisation.name}, count=len(mandates),
        )  # fmt: skip


def others(mandates: Iterable[Mandate], *but: int) -> list[User]:
    """Return who holds these mandates, each once, but for some."""
    return list({mandate.user_id: mandate.user for mandate in mandates if mandate.user_id not in but}.values())


# ---- requests ----


def asked(request: MandateRequest, today: dt.date) -> None:
    """Let those at the desk read in the daily mail that someone asks; never the one who asks."""
    for user in at_desk(request.authority_id, today):
        if user.pk == request.user_id:
            continue
        with translation.override(user.language):
            title = _("Someone asks to act for %(name)s") % {"name": request.name}
        Notice.objects.create(
            authority=request.authority, user=user, kind="mandate_asked", subject_type=REQUEST, subject_id=request.pk,
            on_date=today, occasion="asked", title=outbox.one_line(title), waits_for_digest=True,
            link=reverse("mandate_request", args=[request.authority.slug, request.pk]),
        )  # fmt: skip


def is_answered(request: MandateRequest) -> None:
    """Take the request out of the daily mails that have not gone: it no longer waits."""
    told_of = Notice.objects.filter(subject_type=REQUEST, subject_id=request.pk, kind="mandate_asked")
    told_of.filter(waits_for_digest=True).update(waits_for_digest=False)


def refused(request: MandateRequest, today: dt.date) -> None:
    """Tell the one who asked that the answer is no, and why."""
    outbox.notify(
        request.user, kind="mandate_refused", subject=request, authority=request.authority, occasion="refused",
        on_date=today, title=lambda: _("We could not give you a mandate for %(name)s") % {"name": request.name},
        **own_page(), template="mandate_refused", request=request,
    )  # fmt: skip


# ---- invitations ----


def invited(invitation: MandateInvitation, raw: str, *, until: dt.datetime, today: dt.date) -> None:
    """Mail the invitation with its private link; the link stands in the mail alone."""
    organisation, inviter = invitation.organisation, invitation.invited_by.user
    before = Notice.objects.filter(kind="mandate_invited", subject_type=INVITATION, subject_id=invitation.pk).count()
    outbox.notify(
        address=invitation.address, kind="mandate_invited", subject=invitation, authority=organisation.authority,
        occasion=f"{before + 1}", on_date=today, link="", link_text="", template="mandate_invited",
        title=lambda: _("You are invited to prepare things for %(name)s") % {"name": organisation.name},
        invitation=invitation, organisation=organisation, inviter=inviter, until=until,
        url=settings.BASE_URL + reverse("mandate_invitation", args=[raw]),
    )  # fmt: skip


def declined(invitation: MandateInvitation, today: dt.date) -> None:
    """Tell the one who invited that the answer is no."""
    organisation = invitation.organisation
    outbox.notify(
        invitation.invited_by.user, kind="mandate_invited", subject=invitation, authority=organisation.authority,
        occasion="declined", on_date=today, **page_of(organisation), template="mandate_declined",
        title=lambda: _("An invitation for %(name)s was declined") % {"name": organisation.name},
        invitation=invitation, organisation=organisation,
    )  # fmt: skip
