"""A grant's papers as an officer reads them: what waits, how much it adds up to, and whether a file was used before."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from grants import own_lists, own_words
from grants.models import FinancingSource, GrantReport
from grants.own_forms import ApproveForm, ReportYesForm, SendBackForm
from portal.models import Document

if TYPE_CHECKING:
    import datetime as dt

    from grants.models import Grant

WAITS = {FinancingSource.State.SENT, GrantReport.State.SENT}
TAKEN = {FinancingSource.State.DOCUMENTED, GrantReport.State.APPROVED}
"""Approved; sent back again when it was a mistake."""


def page_of(grant: Grant, today: dt.date, bound: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return all an officer sees of a grant's papers; `bound` holds the forms that were sent, by their prefix."""
    own = own_lists.of([grant], today)[0]
    rows = [*own_lists.with_files(own.sources), *own_lists.with_files(own.reports)]
    same = used_before(grant, rows)
    items = [item_of(row, same, bound or {}) for row in rows]
    return {
        "own": own, "totals": own_words.running_totals(own),
        "waiting": [item for item in items if item["row"].state in WAITS],
        "taken": [item for item in items if item["row"].state in TAKEN],
        "back": [item for item in items if item["row"].state in ("returned", "pledged", "awaited")],
        "asked": [row for row in own.payouts if row.state == "asked"],
    }  # fmt: skip


def item_of(row: Any, same: dict[int, list[dict[str, str]]], bound: dict[str, Any]) -> dict[str, Any]:
    """Return a paper with its files, where else they were used, and the two answers an officer can give."""
    key = key_of(row)
    return {
        "row": row, "key": key, "is_source": isinstance(row, FinancingSource),
        "files": [{"document": file, "same": same.get(file.pk, [])} for file in row.files],
        "yes": bound.get(f"{key}-ja") or yes_form(row), "no": bound.get(f"{key}-nei") or no_form(row),
    }  # fmt: skip


def key_of(row: Any) -> str:
    """Return what a press calls a paper: "kilde-7" or "rapport-7"."""
    return f"{'kilde' if isinstance(row, FinancingSource) else 'rapport'}-{row.pk}"


def yes_form(row: Any, *sent: Any) -> Any:
    prefix = f"{key_of(row)}-ja"
    if isinstance(row, FinancingSource):
        return ApproveForm(*sent, source=row, prefix=prefix)
    return ReportYesForm(*sent, prefix=prefix, initial={"seen": row.row_version})


def no_form(row: Any, *sent: Any) -> SendBackForm:
    return SendBackForm(*sent, prefix=f"{key_of(row)}-nei", initial={"seen": row.row_version})


def used_before(grant: Grant, rows: list[Any]) -> dict[int, list[dict[str, str]]]:
    """Return, for each file of the papers, where the same content lies too; three queries, none without files.

    The same bill for two grants, or twice for one, is found whatever the file is called.
    """
    files = [file for row in rows for file in row.files]
    if not files:
        return {}
    twins: dict[str, list[Document]] = defaultdict(list)
    alike = Document.objects.filter(authority=grant.authority_id, sha256__in={file.sha256 for file in files})
    for document in alike.select_related("case").order_by("pk"):
        twins[document.sha256].append(document)
    others = [document.pk for found in twins.values() if len(found) > 1 for document in found]
    places = places_of(others, grant) if others else {}
    return {
        file.pk: [
            {"title": twin.title, "where": twin.case.title, "url": places.get(twin.pk, "")}
            for twin in twins[file.sha256]
            if twin.pk not in {own.pk for own in row.files}
        ]
        for row in rows
        for file in row.files
    }  # fmt: skip


def places_of(documents: list[int], grant: Grant) -> dict[int, str]:
    """Return the page where each document's paper is read, for those that document a grant; two queries."""
    return {
        document: reverse("read_papers", args=[grant.authority.slug, owner])
        for model in (FinancingSource, GrantReport)
        for document, owner in model.objects.filter(document__in=documents).values_list("document_id", "grant_id")
    }
