"""What the portal has told people, and what happened: read here, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal import outbox, permissions
from portal.admin.tenant import TenantAdmin
from portal.models import Event, Mail, Notice

if TYPE_CHECKING:
    from django.http import HttpRequest


class ReadOnlyAdmin(TenantAdmin):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("subject", "to_address", "state", "attempts", "created_at", "sent_at", "last_error")
    list_filter = ("state",)
    search_fields = ("subject", "to_address")
    fields = ("to_address", "subject", "text", "state", "attempts", "next_attempt_at", "last_error", "created_at",
              "sent_at", "message_id")  # fmt: skip
    actions = ("send_again",)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return permissions.may_write(request.user, "portal.case")

    @admin.action(description=_("Send again what was given up"), permissions=["resend"])
    def send_again(self, request: HttpRequest, chosen: Any) -> None:
        dead = list(chosen.filter(state=Mail.State.DEAD))
        for mail in dead:
            outbox.resend(mail)
        text = ngettext("%d mail goes out again.", "%d mails go out again.", len(dead)) % len(dead)
        self.message_user(request, text, messages.SUCCESS if dead else messages.WARNING)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("title", "user", "address", "kind", "on_date", "created_at", "read_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("title", "user__name", "address")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("kind", "subject_type", "subject_id", "case", "at")
    list_filter = ("kind",)
    list_select_related = ("case",)
    search_fields = ("kind",)
