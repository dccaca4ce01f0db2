"""Pages of the admin where a change could let someone in: they ask once more who sits there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.signing_in import step_up

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class AsksAgain:
    """Roles, sign-in services, deputies and an authority's rules: changed only by one who has confirmed lately.

    Who may change nothing here is not asked, and gets the page's own answer. What was typed comes back afterwards.
    """

    asks_before_it_opens = False
    """Whether the page asks before it shows a row that may be changed: a secret typed there could not be kept."""

    def must_confirm(self, request: HttpRequest, *, opens: bool = False) -> HttpResponse | None:
        changes = request.method == "POST" or opens
        may = self.has_change_permission(request) or self.has_add_permission(request)  # type: ignore[attr-defined]
        return step_up.ask_again(request) if changes and may else None

    def changeform_view(self, request: HttpRequest, object_id: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
        opens = self.asks_before_it_opens or object_id is None
        answer = self.must_confirm(request, opens=opens)
        return answer or super().changeform_view(request, object_id, *args, **kwargs)  # type: ignore[misc]

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.must_confirm(request) or super().delete_view(request, *args, **kwargs)  # type: ignore[misc]

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.must_confirm(request) or super().changelist_view(request, *args, **kwargs)  # type: ignore[misc]
