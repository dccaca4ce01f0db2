"""Pages of the admin that show what lies in cases: only of those that the reader may handle, in lists and files too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from portal import impartiality_watch
from portal.models import Case

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class AsksImpartiality:
    """Rows in a case that is closed to the reader are left out of lists, searches, exports and bulk deeds.

    Opened by its address, such a row is answered with why, and the declaration to give.
    """

    case_is_at: str

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)  # type: ignore[misc]
        return rows.filter(impartiality_watch.may_open(request.user, self.case_is_at))

    def left_out(self, request: HttpRequest) -> Any:
        """Return the rows of this page that are left out."""
        rows = super().get_queryset(request)  # type: ignore[misc]
        return rows.exclude(impartiality_watch.may_open(request.user, self.case_is_at))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row.

        Raises:
            ClosedCase: it is there, and its case is closed to her.
        """
        found = super().get_object(request, object_id, from_field)  # type: ignore[misc]
        if found is None and object_id.isdecimal() and len(object_id) < 19:
            hidden = self.left_out(request).filter(pk=object_id).first()
            if hidden is not None:
                impartiality_watch.require(request.user, hidden.case)
        return found

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Let rows be put only in cases that she may handle."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if db_field.name == "case":
            field.queryset = field.queryset.filter(impartiality_watch.may_open(request.user, ""))
        return field

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Say above the list how many rows are left out."""
        if request.method == "GET" and (count := self.left_out(request).count()):
            owner = self.left_out(request).values_list("authority__slug", flat=True)[0]
            words = ngettext(
                "%(n)d row is left out: you have not declared for its case, or are tied to it.",
                "%(n)d rows are left out: you have not declared for their cases, or are tied to them.", count,
            ) % {"n": count}  # fmt: skip
            link = reverse("impartiality_desk", args=[owner])
            said = format_html('{} <a href="{}">{}</a>', words, link, gettext("See your cases"))
            messages.info(request, said)
        answer: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
        return answer


class OpensImpartially:
    """The page of a case: anyone at the desk sees it in a list; what lies in it is opened by who may handle it."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the case.

        Raises:
            ClosedCase: it is closed to her.
        """
        found: Case | None = super().get_object(request, object_id, from_field)  # type: ignore[misc]
        if found is not None:
            impartiality_watch.require(request.user, found)
        return found
