"""Input rounds: what is asked, of whom, until when; the answering itself has its own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms.models import ModelChoiceField
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal import answers, keys, outbox, rules
from portal.admin.forms import InlineForm, NamedFormSet, VersionedTenantForm
from portal.admin.notices import ReadOnlyAdmin
from portal.admin.organisation import HidesDrafts
from portal.admin.seen import NotesWhoSaw
from portal.admin.tenant import RelatedFilter, TenantAdmin, TenantInline
from portal.calendar import Precision, format_precise
from portal.models import Document, Input, InputAnswer, InputRound, Invitation, LinkKey, RoundDocument
from portal.models.base import LastDay, ends_after_start
from portal.models.case import Access
from portal.templatetags.portal_tags import standing_html

if TYPE_CHECKING:
    from django.http import HttpRequest

PLAIN = str.maketrans("æøåÆØÅ", "aoaAOA")


class RoundForm(VersionedTenantForm):
    """A round; its address is made from the title where none is typed, and what has been answered stays public."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "The last part of the web address; left empty, it is made from the title."
            )

    def clean(self) -> Any:
        cleaned = super().clean() or {}
        if "slug" in self.fields and not cleaned.get("slug") and cleaned.get("title"):
            cleaned["slug"] = slugify(cleaned["title"].translate(PLAIN))[:80]
        if self.instance.pk and cleaned.get("is_published") is False and self.instance.inputs.exists():
            self.add_error("is_published", _("The round has input and stays published. You can close it."))
        try:
            ends_after_start(cleaned.get("due_on"), cleaned.get("answer_due_on"), "answer_due_on")
        except ValidationError as error:
            self.add_error(None, error)
        return cleaned


class InvitationForm(InlineForm):
    def clean_address(self) -> str:
        """Refuse beside the field an address no mail can reach, and one that is invited already."""
        typed = outbox.checked_address(self.cleaned_data["address"])
        others = Invitation.objects.filter(round_id=self.instance.round_id, address__iexact=typed)
        if self.instance.round_id and others.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This address is invited already."), code="unique")
        return typed


class InvitationFormSet(NamedFormSet):
    """The invited: one at each address, and none taken away who has been asked."""

    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            typed = (getattr(form, "cleaned_data", None) or {}).get("address")
            if not typed or form in self.deleted_forms:
                continue
            if typed.casefold() in seen:
                form.add_error("address", ValidationError(_("This address is invited already."), code="unique"))
            seen.add(typed.casefold())
        if any(form.instance.pk and form.instance.invited_at for form in self.deleted_forms):
            raise ValidationError(_("An invitation that has been sent stays, so that it shows who was asked."))


class InvitationInline(TenantInline):
    model = Invitation
    fields = ("name", "address", "state")
    readonly_fields = ("state",)
    verbose_name_plural = _("the invited")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("input")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, form=InvitationForm, formset=InvitationFormSet, **kwargs)

    @admin.display(description=_("where it stands"))
    def state(self, row: Invitation) -> str:
        if row.pk is None:
            return "–"
        if hasattr(row, "input"):
            return gettext("Answered")
        if row.declined_at:
            return gettext("Declined")
        if row.invited_at:
            return gettext("Invited %(when)s") % {"when": short(timezone.localtime(row.invited_at).date())}
        return gettext("Not sent yet")


class DocumentField(ModelChoiceField):
    """Documents of the round's own case but what came with input; those not open are marked: nobody is handed them."""

    def label_from_instance(self, obj: Any) -> str:
        if obj.access == Access.OPEN:
            return str(obj)
        return gettext("%(title)s (not handed out: %(access)s)") % {
            "title": obj, "access": obj.get_access_display().lower(),
        }  # fmt: skip


class RoundDocumentInline(TenantInline):
    model = RoundDocument
    fields = ("document", "position")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        own = (
            Document.objects.filter(case_id=obj.case_id, of_input=None) if obj is not None else Document.objects.none()
        )
        field = DocumentField(own, label=_("document"))
        field.widget.attrs["aria-label"] = gettext("document").capitalize()
        formset.form.base_fields["document"] = field
        return formset


def counted(rows: QuerySet[Any], path: str) -> Coalesce:
    """Return how many rows a round has, as part of the round's own query."""
    number = rows.filter(**{path: OuterRef("pk")}).order_by().values(path).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(number), 0)


def short(day: Any, precision: str = Precision.DAY) -> str:
    return format_precise(day, Precision(precision), "nb") if day else "–"


class StateFilter(admin.SimpleListFilter):
    """The rounds an officer has something to do with."""

    title = pgettext_lazy("round", "state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("draft", _("Not published")), ("unanswered", _("Not answered yet")), ("answered", _("Answered"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        choices = {
            "draft": {"is_published": False},
            "unanswered": {"is_published": True, "answers_published_at__isnull": True},
            "answered": {"answers_published_at__isnull": False},
        }
        return queryset.filter(**choices[self.value()]) if self.value() in choices else queryset


@admin.register(InputRound)
class InputRoundAdmin(HidesDrafts, NotesWhoSaw, TenantAdmin):
    form = RoundForm
    list_display = ("title", "state", "due", "input_count", "unanswered", "invited", "answers_due", "pages")
    list_filter = (StateFilter, "audience", ("authority", RelatedFilter))
    list_select_related = ("authority",)
    search_fields = ("title", "lede", "case__title")
    autocomplete_fields = ("case",)
    authority_from = "case"
    export_columns = (
        ("title", _("Title")), ("due_on", _("Due")), ("inputs_counted", _("Input")),
        ("unanswered_counted", _("Unanswered")), ("answer_due_on", _("Answers due")),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        inputs, asked = Input.objects.all(), Invitation.objects.filter(invited_at__isnull=False)
        return (
            super().get_queryset(request)
            .alias(answered_counted=counted(InputAnswer.objects.all(), "input__round"))
            .annotate(
                last=LastDay("due_on", "due_precision"), inputs_counted=counted(inputs, "round"),
                invited_counted=counted(asked, "round"),
                came_counted=counted(asked.filter(input__isnull=False), "round"),
                unanswered_counted=F("inputs_counted") - F("answered_counted"),
            )
        )  # fmt: skip

    def sections(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = ("title", "slug", "lede", "questions")
        dates = ("opens_on", "due_on", "due_precision", "takes_late", "closed_on", "is_over", "answer_due_on")
        return [
            (None, {"fields": ("case", *asked) if obj is None else ("pages", "case", *asked)}),
            (_("When"), {"fields": dates}),
            (_("For whom"), {"fields": ("audience", "is_published")}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("pages", "case", "slug") if obj.is_published else ("pages", "case")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {"slug": ("title",)} if obj is None else {}

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return (RoundDocumentInline, InvitationInline) if obj is not None else (InvitationInline,)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Store the invited; one whose address was corrected is to be asked again, and the old link stops working."""
        for formset in formsets:
            if formset.model is Invitation:
                self.ask_again_at_new_addresses(formset)
        super().save_related(request, form, formsets, change)
        if form.instance.is_published:
            answers.announce(form.instance, by=request.user)

    def ask_again_at_new_addresses(self, formset: Any) -> None:
        for form in formset.initial_forms:
            row = form.instance
            if "address" in form.changed_data and row.invited_at and not hasattr(row, "input"):
                keys.revoke(LinkKey.Purpose.INVITATION, now=timezone.now(), subject_id=row.pk)
                row.invited_at = None

    def history_of(self, row: Any) -> list[Any]:
        return [row, *row.invitations.all()]

    # ---- the list ----
    @admin.display(description=pgettext_lazy("round", "state"))
    def state(self, row: InputRound) -> str:
        return standing_html(f"round_{rules.round_state(row.facts, timezone.localdate())}")

    @admin.display(description=_("due"), ordering="last")
    def due(self, row: InputRound) -> str:
        return short(row.due_on, row.due_precision)

    @admin.display(description=_("input"), ordering="inputs_counted")
    def input_count(self, row: Any) -> int:
        return int(row.inputs_counted)

    @admin.display(description=_("unanswered"), ordering="unanswered_counted")
    def unanswered(self, row: Any) -> int:
        return int(row.unanswered_counted)

    @admin.display(description=_("invited"))
    def invited(self, row: Any) -> str:
        if not row.invited_counted:
            return "–"
        return gettext("%(came)d of %(all)d have answered") % {"came": row.came_counted, "all": row.invited_counted}

    @admin.display(description=_("answers due"), ordering="answer_due_on")
    def answers_due(self, row: InputRound) -> str:
        return short(row.answer_due_on)

    @admin.display(description=_("pages"))
    def pages(self, row: InputRound) -> str:
        return format_html(
            '<a href="{}">{}</a> · <a href="{}">{}</a>', row.get_absolute_url(), _("See the page"),
            reverse("round_inputs", args=[row.authority.slug, row.slug]), _("Answer input"),
        )  # fmt: skip


@admin.register(Input)
class InputAdmin(NotesWhoSaw, ReadOnlyAdmin):
    """Input is found here when a plan records what it changed; it is read and answered on the round's own pages."""

    case_is_at = "round__case"
    list_display = ("__str__", "round", "source", "received_on")
    list_select_related = ("round",)
    search_fields = ("speaks_for", "text", "round__title")
    fields = ("round", "number", "speaks_for", "source", "received_on", "text")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False
