"""Who is told of what happens to money, in the transaction of the deed. Titles name no amount, account or person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import translation

from portal import outbox
from portal.models import Event, Mandate, Membership, Notice, User
from portal.permissions import period_holds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from portal.models import Authority, Organisation


def contacts_of(organisation: Organisation, on: dt.date) -> list[User]:
    """Return everyone who acts for, or prepares things for, an organisation on this day, each once."""
    held = Mandate.objects.holding(on).filter(organisation=organisation, user__is_active=True).select_related("user")
    return list({mandate.user_id: mandate.user for mandate in held}.values())


def tell_contacts(
    organisation: Organisation, *, kind: str, subject: Any, occasion: str, on: dt.date, title: str | Callable[[], str],
    link: str, link_text: Any, template: str, but: Iterable[int] = (), **facts: Any,
) -> None:  # fmt: skip
    """Tell all who speak for an organisation, and its own address where that is none of theirs."""
    told = {"kind": kind, "subject": subject, "authority": organisation.authority, "occasion": occasion, "on_date": on,
            "title": title, "link": link, "link_text": link_text, "template": template, "organisation": organisation,
            **facts}  # fmt: skip
    people = contacts_of(organisation, on)
    for user in people:
        if user.pk not in set(but):
            outbox.notify(user, **told)
    if organisation.email and organisation.email.lower() not in {user.email.lower() for user in people}:
        outbox.notify(address=organisation.email, **told)


def staff_with(authority_id: int, roles: Iterable[str], on: dt.date) -> list[User]:
    """Return who holds one of these roles in an authority on this day, each once."""
    held = Membership.objects.filter(period_holds(on), authority=authority_id, role__in=list(roles), case=None)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))


def tell_staff(
    authority: Authority, roles: Iterable[str], *, kind: str, subject: Any, occasion: str, on: dt.date,
    title: str | Callable[[], str], link: str, link_text: Any, template: str, but: Iterable[int] = (), **facts: Any,
) -> None:  # fmt: skip
    """Tell everyone with one of these roles, except some."""
    skipped = set(but)
    for user in staff_with(authority.pk, roles, on):
        if user.pk not in skipped:
            outbox.notify(
                user, kind=kind, subject=subject, authority=authority, occasion=occasion, on_date=on, title=title,
                link=link, link_text=link_text, template=template, **facts,
            )  # fmt: skip


def tell_in_daily_mail(
    people: Iterable[User], subject: Any, *, kind: str, occasion: str, on: dt.date, title: Callable[[], str],
    context: str, link: str,
) -> None:  # fmt: skip
    """Let people read of something in their daily mail: once a day for each occasion."""
    for user in people:
        with translation.override(user.language):
            said = outbox.one_line(title())
        Notice.objects.get_or_create(
            user=user, address="", kind=kind, subject_type=subject._meta.label_lower, subject_id=subject.pk,
            on_date=on, occasion=occasion,
            defaults={
                "authority": subject.authority, "title": said, "context": outbox.one_line(context), "link": link,
                "waits_for_digest": True,
            },
        )  # fmt: skip


def record(kind: str, subject: Any, *, by: User | None, case: Any = None, **facts: Any) -> None:
    """Add a line to the history; `facts` hold numbers and codes only, never a person, an account number or a text."""
    Event.objects.create(
        authority_id=subject.authority_id, case=case, kind=kind, subject_type=subject._meta.label_lower,
        subject_id=subject.pk, actor_id=by.pk if by else None, facts=facts,
    )  # fmt: skip
