"""What grants show on the portal's own pages: an authority's schemes, and what of them a case is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants import public, schemes
from grants.models import ExemptField, Grant, SchemeCase
from portal import impartiality_watch, permissions

if TYPE_CHECKING:
    from portal.models import Authority, Case

MOST_SCHEMES = 6
MOST_GRANTS = 20
TELLS = (ExemptField.Field.RECIPIENT, ExemptField.Field.TITLE)


def authority_panel(authority: Authority, user: Any) -> dict[str, Any] | None:
    """Return the authority's public schemes with the year's figures; nothing where it has none. Two queries."""
    today = timezone.localdate()
    known = public.what_is_known(authority.pk, today)
    if not known.has_schemes:
        return None
    year = known.with_grants or known.with_lines or today.year
    lines = schemes.scheme_lines(authority.pk, year)
    return {
        "template": "grants/panel/authority_panel.html", "year": year, "lines": lines[:MOST_SCHEMES],
        "more": max(len(lines) - MOST_SCHEMES, 0), "granted_nok": sum(line.granted_nok for line in lines),
        "granted": sum(line.granted for line in lines),
    }  # fmt: skip


def links_of_case(case: Case, user: Any) -> list[dict[str, str]]:
    """Return the schemes and grants a case is about, as far as the reader may know; two queries.

    Staff are led to a grant's desk. To others a grant with an exempt recipient or purpose is not tied to its case.
    """
    works = permissions.does_casework(user, case.authority_id)
    links = SchemeCase.objects.filter(case=case).select_related("scheme__authority")
    links = links if works else links.filter(scheme__is_public=True)
    found = [
        {"text": f"{link.scheme} ({schemes.purpose_of(link).lower()})", "url": link.scheme.get_absolute_url()}
        for link in links
    ]
    grants = Grant.objects.filter(case=case).select_related("authority", "organisation").order_by("year", "pk")
    if works:
        grants = grants.exclude(Q(state=Grant.State.PROPOSED) & ~impartiality_watch.may_open(user))
    else:
        marked = ExemptField.objects.filter(grant=OuterRef("pk"), field__in=TELLS)
        shown = Q(state__in=Grant.HOLDING, scheme__is_public=True) & public.IS_OPEN & ~Q(Exists(marked))
        grants = grants.filter(shown)
    page = "grant_desk" if works else "granted_page"
    for grant in grants[:MOST_GRANTS]:
        text = _("Grant to %(name)s: %(title)s") % {"name": grant.organisation, "title": grant.title}
        found.append({"text": text, "url": reverse(page, args=[grant.authority.slug, grant.pk])})
    return found
