"""The list an officer lives in: every measure with who does it, when it is due and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.postgres.search import SearchQuery
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal import permissions
from portal.admin.tenant import RelatedFilter, TenantAdmin, TenantInline, visible
from portal.calendar import Precision, format_precise
from portal.models import Authority, User
from portal.templatetags.portal_tags import standing_html, standing_word
from strategy import actions, rules
from strategy.admin.filters import DueFilter, GoalFilter, MissingFilter, StandingFilter
from strategy.forms import ChangeManyForm, NewMeasureForm, ParticipationForm
from strategy.models import MeasureFunding, MeasureParticipation, Milestone, Strategy

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ENTRY = "measure__current_entry"


class MilestoneInline(TenantInline):
    model = Milestone
    fields = ("title", "due_on", "due_precision", "reached_on")


class FundingInline(TenantInline):
    model = MeasureFunding
    fields = ("year", "source", "state", "amount_nok", "decision_reference")


class StrategyFilter(RelatedFilter):
    """The strategies in the plan's own order."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        rows = visible(Strategy, request.user).order_by("plan_id", "position")
        return [(row.pk, str(row)) for row in rows]


@admin.register(MeasureParticipation)
class MeasureParticipationAdmin(TenantAdmin):
    form = ParticipationForm
    change_list_template = "admin/strategy/measure_list.html"
    list_display = ("number", "title", "standing", "state", "due_on", "responsible")
    list_display_links = ("title",)
    list_editable = ("state", "due_on")
    list_filter = (
        ("plan", RelatedFilter), StandingFilter, "state", DueFilter, MissingFilter, ("unit", RelatedFilter),
        ("person", RelatedFilter), GoalFilter, (f"{ENTRY}__strategy", StrategyFilter),
    )  # fmt: skip
    search_fields = (f"{ENTRY}__title",)
    search_help_text = _("Words from title and description, or a number such as 2.7.4")
    inlines = (MilestoneInline, FundingInline)
    actions = ("change_chosen",)
    authority_from = "plan"
    delete_confirmation_max_display = 20
    export_columns = (
        (f"{ENTRY.replace('__', '.')}.full_number", _("Number")), (f"{ENTRY.replace('__', '.')}.title", _("Title")),
        ("plan", _("Plan")), (lambda row: str(parent_of(row) or ""), _("Goal or strategy")),
        (lambda row: str(standing_word(rules.standing(row.facts, timezone.localdate()).value)), _("Standing")),
        ("get_state_display", _("State")), ("due_on", _("Due")), ("done_on", _("Done on")),
        ("unit", _("Responsible unit")), ("person.name", _("Responsible person")), ("partner", _("Partner")),
        (lambda row: sum(f.amount_nok for f in row.funding.all() if f.state == "funded"), _("Funded, kroner")),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).with_wording().prefetch_related("milestones")
        return rows.prefetch_related("funding") if "/eksport/" in request.path else rows

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Lead to where one person's measures are given to another, in each authority where the user may do that."""
        own = permissions.authorities_with(request.user, permissions.writers_of("strategy.measureparticipation"))
        desks = Authority.objects.filter(pk__in=own).order_by("name") if own else []
        return super().changelist_view(request, {"desks": desks, **(extra_context or {})})

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("plan_id", f"{ENTRY}__position", "authority_id")

    # ---- the list ----
    @admin.display(description=_("No."), ordering=f"{ENTRY}__position")
    def number(self, row: MeasureParticipation) -> str:
        entry = row.measure.current_entry
        return entry.full_number or "–" if entry else "–"

    @admin.display(description=_("measure"), ordering=f"{ENTRY}__title")
    def title(self, row: MeasureParticipation) -> str:
        entry = row.measure.current_entry
        title = entry.title if entry else str(row.measure)
        parent = parent_of(row)
        return format_html("{}<small>{}</small>", title, parent) if parent else title

    @admin.display(description=_("standing"))
    def standing(self, row: MeasureParticipation) -> str:
        today = timezone.localdate()
        mark = standing_html(rules.standing(row.facts, today).value)
        said = []
        if days := rules.days_late(row.facts, today):
            said.append(ngettext("%d day", "%d days", days) % days)
        if nearest := next((m for m in row.milestones.all() if m.reached_on is None), None):
            date = format_precise(nearest.due_on, Precision(nearest.due_precision), "nb")
            said.append(gettext("milestone %s") % date)
        return format_html("{}<small>{}</small>", mark, ", ".join(said)) if said else mark

    @admin.display(description=_("responsible"), ordering="unit__name")
    def responsible(self, row: MeasureParticipation) -> str:
        names = [str(name) for name in (row.unit, row.person, row.partner) if name]
        return ", ".join(names) or str(_("no one responsible"))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find by Norwegian word stems, by part of a title (compounds!), or by printed number."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(**{f"{ENTRY}__search": SearchQuery(term, config="norwegian", search_type="websearch")})
        found |= Q(**{f"{ENTRY}__title__icontains": term}) | Q(partner__icontains=term)
        parent, _dot, last = term.rpartition(".")
        if term.replace(".", "").isdigit():
            found |= Q(**{f"{ENTRY}__strategy__number": term}) | Q(
                **{f"{ENTRY}__strategy__number": parent, f"{ENTRY}__number": last}
            )
        return queryset.filter(found), False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actions.keep_done_dated(obj, timezone.localdate())
        if "due_on" in form.changed_data and "due_precision" not in form.fields:
            obj.due_precision = Precision.DAY  # a date typed in the list is a day
        super().save_model(request, obj, form, change)

    # ---- one measure ----
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if change:
            return super().get_form(request, obj, change=change, **kwargs)
        kwargs["form"] = NewMeasureForm
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user = request.user
        return form

    def sections(self, request: HttpRequest, obj: Any = None) -> Any:
        facts = ("state", "judgement", "due_on", "due_precision", "done_on", "note")
        if obj is None:
            return [
                (_("Wording"), {"fields": ("plan", "strategy", "goal", "number", "title", "description", "once")}),
                (_("Who and when"), {"fields": NewMeasureForm.Meta.fields}),
            ]
        return [
            (_("Wording"), {"fields": ("wording",)}),
            (_("Who does it"), {"fields": ("unit", "person", "partner", "partner_address")}),
            (_("How it goes"), {"fields": facts}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("wording",) if obj is not None else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else ()

    @admin.display(description=_("wording in force"))
    def wording(self, row: MeasureParticipation) -> str:
        entry = row.measure.current_entry
        if entry is None:
            return "–"
        return format_html(
            "<strong>{}</strong><br>{}<br><a href='{}'>{}</a> · <a href='{}'>{}</a>",
            entry, entry.description,
            reverse("admin:strategy_measureentry_change", args=[entry.pk]), _("Change the wording"),
            row.measure.get_absolute_url(), _("See the public page"),
        )  # fmt: skip

    def save_new(self, form: Any, by: User) -> MeasureParticipation:
        cleaned = form.cleaned_data
        facts = {name: cleaned[name] for name in NewMeasureForm.Meta.fields}
        facts["done_on"] = form.instance.done_on
        return actions.add_measure(
            cleaned["plan"], title=cleaned["title"], by=by, number=cleaned["number"],
            description=cleaned["description"], goal=cleaned["goal"], strategy=cleaned["strategy"], facts=facts,
            once=cleaned["once"],
        )  # fmt: skip

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return super().save_form(request, form, change) if change else self.save_new(form, request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if change:
            super().save_related(request, form, formsets, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.remove_participation(obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            actions.remove_participation(row, by=request.user)

    def history_of(self, row: Any) -> list[Any]:
        return [row, *([row.measure.current_entry] if row.measure.current_entry else []), *row.milestones.all()]

    # ---- many at once ----
    @admin.action(description=_("Change the chosen: state, due date, responsible"), permissions=["change"])
    def change_chosen(self, request: HttpRequest, chosen: Any) -> HttpResponse | None:
        """Ask what to change, show what it meets, then change all in one go."""
        rows = list(chosen)
        owners = {row.authority_id for row in rows}
        data = request.POST if "confirm" in request.POST else None
        form = ChangeManyForm(data, user=request.user, authority_ids=owners)
        if data is not None and form.is_valid():
            seen = {row.pk: version_seen(request.POST.get(f"seen-{row.pk}", "")) for row in rows}
            done, left = actions.change_many(seen, form.changes(), by=request.user, on=timezone.localdate())
            text = ngettext("%d measure is changed.", "%d measures are changed.", done) % done
            self.message_user(request, text, messages.SUCCESS if done else messages.WARNING)
            if left:
                text = ngettext(
                    "%d measure was changed by a colleague meanwhile and is left as it is. Look at it and try again.",
                    "%d measures were changed by a colleague meanwhile and are left as they are. "
                    "Look at them and try again.",
                    left,
                )
                self.message_user(request, text % left, messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change the chosen measures"), "form": form, "rows": rows, "opts": self.opts,
        }  # fmt: skip
        return render(request, "admin/strategy/change_chosen.html", context)


def version_seen(said: str) -> int:
    """Return the version a page showed; a page that does not say is taken as old."""
    return int(said) if said.isdecimal() and len(said) < 19 else -1


def parent_of(row: MeasureParticipation) -> Any:
    """Return the strategy or goal a measure lies under in the wording in force."""
    entry = row.measure.current_entry
    return (entry.strategy or entry.goal) if entry else None
