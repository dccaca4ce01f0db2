"""Every address that shows a page is among those that axe looks at in `tests/journeys`."""

from __future__ import annotations

import re

from django.urls import Resolver404, resolve

from tests.house.url_table import TABLE
from tests.journeys.pages import PAGES

NOT_A_PAGE = {
    "klar/", "helse/", "robots.txt", "metrikk/", "dokument/<int:document>/", "kalender/<str:key>.ics",
    "<slug:authority>/planer/<slug:plan>/tallene.<str:form>",
    "<slug:authority>/planer/<slug:plan>/rapporter/<int:number>/<int:version>/fil/<str:kind>/",
    "<slug:authority>/tildelinger/<int:year>/tall.<str:form>", "<slug:authority>/tildelinger/nytt.atom",
    "<slug:authority>/utlysninger/nytt.atom", "<slug:authority>/priser/vinnere.atom",
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/nominasjoner.<slug:form>",
    "<slug:authority>/jury/<slug:prize>/<int:year>/dokument/<int:document>/",
    "<slug:authority>/penger/utbetalinger/filer/<int:number>.csv",
    "<slug:authority>/soknader/liste.<str:form>",
    "<slug:authority>/soknader/<int:application>/dokument/<int:document>/",
    "<slug:authority>/soknader/<int:application>/brev/<slug:kind>.pdf",
    "min-side/soknader/<int:application>/dokument/<int:document>/",
    "<slug:authority>/innstillinger/<int:batch>/innstilling.<str:form>",
    "<slug:authority>/stotteregister/meldinger.csv",
    "<slug:authority>/plandokumenter/<int:pk>/framdrift/", "<slug:authority>/plandokumenter/<int:pk>/fil/",
    "admin/autocomplete/", "admin/jsi18n/",
}  # fmt: skip
"""Files, and answers to machines."""
DJANGOS_OWN = {
    "admin/password_change/done/",
    "admin/(?P<app_label>portal|strategy|grants)/$",
    "konto/password/reset/key/done/",
}
"""Pages nobody is led to: we have our own in their place."""


def filled(path: str) -> str:
    """Return an address of pages.py with something fitting in each place."""
    path = re.sub(r"\{(home|next|plan|draft|round)\}", "x", path.partition("?")[0])
    path = re.sub(r"\{\w*key\w*\}", "k" * 43, path)
    return re.sub(r"\{\w+\}", "1", path)


def looked_at() -> set[str]:
    """Return the patterns of the pages that axe looks at."""
    found = set()
    for _person, path in PAGES.values():
        try:
            found.add(resolve(filled(path)).route)
        except Resolver404:  # the demo's own pages, and the one that is not found
            continue
    return found


def test_every_page_that_opens_for_someone_is_looked_at() -> None:
    shown = {
        pattern.replace("/^", "/")
        for pattern, rows in TABLE.items()
        if any(row.method == "get" and 200 in row.answers.values() for row in rows)
    }
    assert shown - looked_at() - NOT_A_PAGE - DJANGOS_OWN == set(), "give these a line in tests/journeys/pages.py"
    assert (NOT_A_PAGE | DJANGOS_OWN) - shown == set(), "these addresses are gone: take their lines away"
