"""What the portal has told people, and what happened: read here, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal import keys, outbox, permissions
from portal.admin.seen import NotesWhoSaw
from portal.admin.tenant import TenantAdmin, TenantInline
from portal.models import Event, Mail, Notice

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class ReadOnly:
    """Rows that the machinery writes: anyone who sees them may look, and no more."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, TenantAdmin):
    """A list and its pages, to look at."""


class NoticesOfMail(ReadOnly, TenantInline):
    """What a mail told, below it."""

    model = Notice
    fields = readonly_fields = ("title", "kind", "on_date", "user", "address", "read_at", "withdrawn_at")
    can_delete = False
    verbose_name_plural = _("notices in this mail")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).visible_to(request.user).select_related("user")


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("subject", "to_address", "state", "attempts", "created_at", "sent_at", "last_error")
    list_filter = ("state",)
    search_fields = ("subject", "to_address", "last_error")
    fields = ("to_address", "subject", "what_it_says", "state", "attempts", "next_attempt_at", "last_error",
              "created_at", "sent_at", "message_id", "thread", "digest_on")  # fmt: skip
    readonly_fields = ("what_it_says",)
    actions = ("send_again",)
    inlines = (NoticesOfMail,)
    change_list_template = "admin/portal_mail_list.html"

    @admin.display(description=_("text"))
    def what_it_says(self, mail: Mail) -> str:
        """Show the text without its keys: they open things for the receiver alone."""
        return keys.redact(mail.text)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        given_up = self.get_queryset(request).filter(state=Mail.State.DEAD).count()
        return super().changelist_view(request, {"given_up": given_up, **(extra_context or {})})

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return permissions.may_write(request.user, "portal.case")

    @admin.action(description=_("Send again what was given up"), permissions=["resend"])
    def send_again(self, request: HttpRequest, chosen: Any) -> None:
        """Give the chosen a new round of attempts, where the one who asks does casework with the right to write."""
        number = sum(
            outbox.resend(mail)
            for mail in chosen.filter(state=Mail.State.DEAD)
            if permissions.may_write(request.user, "portal.case", mail.authority_id)
        )
        text = ngettext("%d mail goes out again.", "%d mails go out again.", number) % number
        self.message_user(request, text, messages.SUCCESS if number else messages.WARNING)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("title", "user", "address", "kind", "on_date", "created_at", "read_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("title", "user__name", "address")


@admin.register(Event)
class EventAdmin(NotesWhoSaw, ReadOnlyAdmin):
    list_display = ("kind", "subject_type", "subject_id", "case", "at")
    list_filter = ("kind",)
    list_select_related = ("case",)
    search_fields = ("kind",)
