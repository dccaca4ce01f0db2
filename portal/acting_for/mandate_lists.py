"""What the pages about mandates read: each list with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import export, permissions
from portal.acting_for import mandate_requests, mandates
from portal.answer_lists import Asked
from portal.integrations import openid
from portal.models import Authority, IdentityProvider, Mandate, MandateRequest, Organisation, Way

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.models import Case

PER_PAGE = 50
MOST_REQUESTS, MOST_ANSWERED, MOST_OLD = 200, 10, 10
SOON = dt.timedelta(days=30)
HOW_TO_RENEW = {
    Mandate.Source.ANSATTPORTEN: gettext_lazy("Sign in with Ansattporten again, and choose the organisation."),
    Mandate.Source.REGISTER: gettext_lazy("Ask for it again before it runs out."),
    Mandate.Source.OFFICER: gettext_lazy("Ask for it again before it runs out, and send a new document."),
    Mandate.Source.INVITED: gettext_lazy("Ask one who acts for the organisation to invite you again."),
}
RESTS_ON = {
    Mandate.Source.ANSATTPORTEN: gettext_lazy("Ansattporten: you chose the organisation when you signed in"),
    Mandate.Source.REGISTER: gettext_lazy("Your role in the business register, confirmed by an officer"),
    Mandate.Source.OFFICER: gettext_lazy("A document that an officer has confirmed"),
    Mandate.Source.INVITED: gettext_lazy("An invitation from one who acts for the organisation"),
}


# ---- a person's own ----


def of_person(user: Any, today: dt.date) -> dict[str, Any]:
    """Return whom a person may act for, what she has asked for, and what has ended."""
    held = list(mandates.held_by(user, today))
    weak = mandates.only_prepared(held, getattr(user, "mark", None))
    over = Mandate.objects.filter(Q(ended_at__isnull=False) | Q(valid_to__lt=today), user=user)
    over = over.exclude(ended_why=mandates.RENEWED)
    asked = MandateRequest.objects.filter(user=user).exclude(state=MandateRequest.State.CONFIRMED)
    rows = list(asked.select_related("authority").order_by("-asked_at", "-pk")[:MOST_REQUESTS])
    return {
        "lines": [line_of(row, today, only_prepares=row in weak) for row in held],
        "waiting": [row for row in rows if row.state == MandateRequest.State.WAITING],
        "answered": [row for row in rows if row.state != MandateRequest.State.WAITING][:MOST_ANSWERED],
        "over": list(over.select_related("organisation", "authority").order_by("-valid_to", "-pk")[:MOST_OLD]),
    }  # fmt: skip


def line_of(row: Mandate, today: dt.date, *, only_prepares: bool) -> dict[str, Any]:
    source = Mandate.Source(row.source)
    return {
        "mandate": row, "rests_on": RESTS_ON[source], "renew": HOW_TO_RENEW[source],
        "only_prepares": only_prepares, "days_left": (row.valid_to - today).days,
        "ends_soon": row.valid_to - today <= SOON and source != Mandate.Source.ANSATTPORTEN,
    }  # fmt: skip


def ways_by_ansattporten(next_page: str) -> list[dict[str, Any]]:
    """Return the authorities where one may come in by Ansattporten now, and where that begins; one query."""
    rows = IdentityProvider.objects.offered().filter(way=Way.ANSATTPORTEN).select_related("authority")
    query = urlencode({"next": next_page})
    return [
        {"authority": row.authority, "url": f"{reverse('signin_start', args=[row.pk])}?{query}"}
        for row in rows.order_by("authority__name")
        if openid.is_offered(row)
    ]


def way_by_idporten(authority: Authority, next_page: str) -> str:
    """Return where signing in with ID-porten begins for an authority; nothing when it does not offer it."""
    row = IdentityProvider.objects.offered().filter(way=Way.IDPORTEN, authority=authority).first()
    if row is None or not openid.is_offered(row):
        return ""
    return f"{reverse('signin_start', args=[row.pk])}?{urlencode({'next': next_page})}"


# ---- an authority's desk ----


def kinds(today: dt.date) -> dict[str, tuple[Any, Q]]:
    """Return the filters by their names in the address: a word, and what each keeps."""
    holds = Q(ended_at=None, valid_from__lte=today, valid_to__gte=today)
    by = {source: holds & Q(source=source) for source in Mandate.Source.values}
    return {
        "": (_("All that hold"), holds),
        "snart": (_("Run out within 30 days"), holds & Q(valid_to__lte=today + SOON) & ~Q(source="ansattporten")),
        "ansattporten": (_("From Ansattporten"), by["ansattporten"]),
        "register": (_("By role in the register"), by["register"]),
        "dokument": (_("By document"), by["officer"]),
        "invitert": (_("Invited"), by["invited"]),
        "slutt": (_("Ended"), ~Q(ended_at=None) | Q(ended_at=None, valid_to__lt=today)),
    }


def fitting(authority: Authority, asked: Asked, today: dt.date) -> QuerySet[Any]:
    """Return the mandates that fit what was asked, by organisation and person."""
    rows = Mandate.objects.filter(authority=authority).select_related("organisation", "user", "ended_by")
    rows = rows.filter(kinds(today).get(asked.show, kinds(today)[""])[1])
    if asked.words:
        number = "".join(asked.words.split())
        found = Q(organisation__name__icontains=asked.words) | Q(user__name__icontains=asked.words)
        rows = rows.filter(found | Q(organisation__number=number) if number.isdecimal() else found)
    return rows.order_by("organisation__name", "user__name", "-given_at", "pk")


def chips(authority: Authority, asked: Asked, today: dt.date) -> list[dict[str, Any]]:
    """Return the filters that have something to show, with how many and whether each is chosen; one query."""
    named = kinds(today)
    counts = Mandate.objects.filter(authority=authority).aggregate(
        **{f"n_{name or 'all'}": Count("pk", filter=keep) for name, (_word, keep) in named.items()}
    )
    return [
        {"word": word, "number": counts[f"n_{name or 'all'}"], "query": Asked(name, asked.words).query(),
         "is_chosen": name == asked.show}
        for name, (word, _keep) in named.items()
        if counts[f"n_{name or 'all'}"] or not name or name == asked.show
    ]  # fmt: skip


def of_authority(authority: Authority, asked: Asked, page: str | None, today: dt.date) -> dict[str, Any]:
    """Return the requests that wait, the latest answers, and one page of the mandates."""
    shown = Paginator(fitting(authority, asked, today), PER_PAGE).get_page(page)
    requests = MandateRequest.objects.filter(authority=authority).select_related("user", "decided_by")
    waiting = list(requests.filter(state=MandateRequest.State.WAITING).order_by("due_on", "pk")[:MOST_REQUESTS])
    answered = requests.exclude(state=MandateRequest.State.WAITING).order_by("-decided_at", "-pk")
    filters = chips(authority, asked, today)
    return {
        "requests": waiting, "answered": list(answered[:MOST_ANSWERED]), "page": shown, "rows": list(shown),
        "chips": filters, "asked": asked, "query": asked.query(), "today": today,
        "late": sum(row.due_on < today for row in waiting), "any": any(chip["number"] for chip in filters),
    }  # fmt: skip


COLUMNS = (
    ("organisation.name", gettext_lazy("Organisation")), ("organisation.number", gettext_lazy("Organisation number")),
    ("user.name", gettext_lazy("Person")), ("role", gettext_lazy("Role in the organisation")),
    ("get_reach_display", gettext_lazy("May")), ("get_source_display", gettext_lazy("Rests on")),
    ("valid_from", gettext_lazy("From")), ("valid_to", gettext_lazy("To")),
    (lambda row: ended_on(row), gettext_lazy("Ended")),
    (lambda row: _(row.ended_why) if row.ended_why else "", gettext_lazy("Why it ended")),
)  # fmt: skip


def ended_on(row: Mandate) -> Any:
    return timezone.localtime(row.ended_at).date() if row.ended_at else ""


def as_file(form: str, authority: Authority, asked: Asked, today: dt.date) -> HttpResponse:
    """Send exactly the mandates the list shows, in its order; without people's addresses.

    Raises:
        Http404: another form than csv or xlsx.
    """
    return export.answer(form, f"fullmakter-{authority.slug}", COLUMNS, fitting(authority, asked, today))


# ---- one request ----


def around(request: MandateRequest, today: dt.date) -> dict[str, Any]:
    """Return what the authority knows of the organisation a request is about: who acts, and which papers lie there."""
    organisation = Organisation.objects.filter(authority=request.authority_id, number=request.number).first()
    holding = (
        Mandate.objects.holding(today).filter(organisation=organisation) if organisation else Mandate.objects.none()
    )
    return {
        "organisation": organisation,
        "holders": list(holding.select_related("user").order_by("-reach", "user__name", "pk")),
        "documents": mandate_requests.documents_in_case(organisation),
        "case": mandate_requests.case_of(organisation) if organisation else None,
    }


# ---- from a case ----


def links_of_case(case: Case, user: Any) -> list[dict[str, str]]:
    """Return where the mandates are that a case's papers are about, for those who work at the desk; no query."""
    if not case.reference.startswith(mandate_requests.REFERENCE) or not permissions.does_casework(
        user, case.authority_id
    ):
        return []
    return [{"text": _("Mandates"), "url": reverse("mandate_desk", args=[case.authority.slug])}]
