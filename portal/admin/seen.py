"""Pages of the admin that show cases, or what lies in them: who sees one that is not open is noted."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from portal import access_log
from portal.models import AccessLog, Case, Document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

What = AccessLog.What


class NotesWhoSaw:
    """Notes a row's own page, its history, its list and exports; open cases cost nothing: rows come with theirs."""

    case_is_at = "case"
    """The way from a row to its case, as lookups are written; nothing where the row is the case."""

    def case_of(self, row: Any) -> Case | None:
        return reduce(getattr, filter(None, self.case_is_at.split("__")), row)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the rows with their case, and what the list shows beside it: Django adds that to bare rows only."""
        rows = super().get_queryset(request)  # type: ignore[misc]
        beside: tuple[str, ...] = self.list_select_related or ()  # type: ignore[attr-defined]
        return rows.select_related(self.case_is_at, *beside) if self.case_is_at else rows

    def note(self, request: HttpRequest, row: Any, what: str = What.CASE) -> None:
        """Note that this row was seen, or its history."""
        document = row if isinstance(row, Document) else None
        if document is not None and what == What.CASE:
            what = What.DOCUMENT
        if case := self.case_of(row):
            access_log.saw(request.user, case, what, document)

    def note_list(self, request: HttpRequest, rows: Iterable[Any]) -> None:
        """Note that these rows were seen together."""
        access_log.saw_list(request.user, [case for row in rows if (case := self.case_of(row))])

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **more: Any) -> Any:
        if obj is not None and obj.pk:
            self.note(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **more)  # type: ignore[misc]

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> Any:
        self.note(request, context["object"])
        return super().render_delete_form(request, context)  # type: ignore[misc]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        answer: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
        shown = (getattr(answer, "context_data", None) or {}).get("cl")
        if shown is not None:
            self.note_list(request, shown.result_list)
        return answer
