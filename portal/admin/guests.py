"""Pages where a guest officer works with her one case: she adds to it and changes what she may, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal import permissions

if TYPE_CHECKING:
    from django.http import HttpRequest


class GuestsWork:
    """Lets a guest officer add rows to her case and, where `guests_change`, change them; she never removes any."""

    guests_change = False

    def is_hers(self, request: HttpRequest, row: Any) -> bool:
        return permissions.is_guest_in(request.user, row.case_id)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        own: bool = super().has_add_permission(request)  # type: ignore[misc]
        return own or bool(permissions.guest_cases(request.user))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        own: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        is_row = isinstance(obj, self.model)  # type: ignore[attr-defined]
        return own or (self.guests_change and is_row and self.is_hers(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        own: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        return own

    def may_save(self, request: HttpRequest, obj: Any) -> bool:
        own: bool = super().may_save(request, obj)  # type: ignore[misc]
        return own or self.is_hers(request, obj)
