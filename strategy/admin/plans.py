"""Plans and what stays fixed in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import permissions
from portal.admin.forms import InlineForm, NamedFormSet, VersionedInlineForm
from portal.admin.steps import ResolutionsMixin
from portal.admin.tenant import RelatedFilter, TenantAdmin, TenantInline
from portal.models import Authority, RegionMembership
from strategy import actions, adoption
from strategy.admin.cases import PlanCaseInline, PlanForm
from strategy.admin.effects import InputEffectInline
from strategy.models import (
    ActionPart,
    Goal,
    GoalSdg,
    MeasureParticipation,
    Plan,
    PlanCase,
    PlanParticipant,
    PlanSdg,
    Strategy,
    Tag,
)

if TYPE_CHECKING:
    from django.http import HttpRequest


class ParticipantForm(InlineForm):
    """Who takes part besides the owner; a row's authority stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            choice for choice in PlanParticipant.Role.choices if choice[0] != PlanParticipant.Role.OWNER
        ]
        if self.instance.pk:
            self.fields["authority"].disabled = True


class ParticipantFormSet(NamedFormSet):
    def clean(self) -> None:
        super().clean()
        for form in self.deleted_forms:
            if MeasureParticipation.objects.filter(
                plan=self.instance, authority_id=form.instance.authority_id
            ).exists():
                raise ValidationError(
                    _("%(name)s has measures in the plan and stays. Remove its measures first.")
                    % {"name": form.instance.authority}
                )


class PlanParticipantInline(TenantInline):
    """The explicit link across tenants: shown on the participant's page, so the owner cannot choose just anyone."""

    model = PlanParticipant
    crosses_tenants = frozenset({"authority", "plan"})
    exclude = ()
    verbose_name_plural = _("others who take part")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).exclude(role=PlanParticipant.Role.OWNER)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, form=ParticipantForm, formset=ParticipantFormSet, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "authority":
            kwargs["queryset"] = self.partners(request)
        return admin.TabularInline.formfield_for_foreignkey(self, db_field, request, **kwargs)

    def partners(self, request: HttpRequest) -> Any:
        """Return whom the user's authorities share a region with, and who takes part already; all for the operator."""
        if request.user.is_superuser:
            return Authority.objects.all()
        own = permissions.casework_authorities(request.user)
        current = RegionMembership.objects.current(timezone.localdate())
        regions = current.filter(Q(member__in=own) | Q(region__in=own)).values("region")
        return Authority.objects.filter(
            Q(pk__in=regions)
            | Q(pk__in=current.filter(region__in=regions).values("member"))
            | Q(pk__in=PlanParticipant.objects.filter(plan__authority__in=own).values("authority"))
        )

    def authority_of(self, row: Any) -> int | None:
        return row.authority_id if isinstance(row, Plan) else row.plan.authority_id


class PlanSdgInline(TenantInline):
    model = PlanSdg
    fields = ("number", "role")
    exclude = ()


class ActionPartForm(VersionedInlineForm):
    """The years of an action part; one that replaces another has its day from the resolution that adopted it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and (self.instance.replaces_id or self.instance.adopted_in_id):
            self.fields["adopted_on"].disabled = True

    def clean(self) -> Any:
        cleaned = super().clean()
        plan = self.instance.plan if self.instance.plan_id else None
        if self.instance.pk is None and plan is not None and plan.action_parts.exists():
            raise ValidationError(
                _("The plan has an action part already. Make the next one from it: open the plan, then “Action part”.")
            )
        return cleaned


class ActionPartFormSet(NamedFormSet):
    """The plan's action parts; one that has measures is not deleted here."""

    def clean(self) -> None:
        super().clean()
        for form in self.deleted_forms:
            if form.instance.pk and form.instance.entries.exists():
                raise ValidationError(
                    _("The action part %(years)s has measures and stays. A draft is discarded on its own page.")
                    % {"years": form.instance}
                )


class ActionPartInline(TenantInline):
    model = ActionPart
    fields = ("period_start", "period_end", "adopted_on")
    exclude = ()

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, form=ActionPartForm, formset=ActionPartFormSet, **kwargs)


STANDING = ("status", "resolutions_missing", "live_view_open")


@admin.register(Plan)
class PlanAdmin(ResolutionsMixin, TenantAdmin):
    form = PlanForm
    change_form_template = "admin/strategy/plan_change_form.html"
    change_list_template = "admin/strategy/plan_list.html"
    list_display = ("title", "authority", "period", "status", "live_view_open")
    list_filter = ("status", ("authority", RelatedFilter))
    list_select_related = ("authority",)
    search_fields = ("title",)
    fieldsets = (
        (None, {"fields": ("authority", "title", "slug", "period_start", "period_end", *STANDING)}),
        (_("What it wants"), {"fields": ("vision", "mission", "values", "aim", "superior_plan", "source")}),
        (_("Its own words"), {"fields": ("goal_word", "strategy_word", "measure_word"), "classes": ("collapse",)}),
    )
    readonly_fields = ("resolutions_missing",)
    inlines = (ActionPartInline, PlanCaseInline, PlanParticipantInline, PlanSdgInline, InputEffectInline)

    @admin.display(description=_("resolutions still missing"))
    def resolutions_missing(self, plan: Plan) -> str:
        """Say which bodies have yet to adopt the plan; a new plan has no cases."""
        if plan.pk is None:
            return gettext("Add the plan first, then the case it is adopted in.")
        return adoption.still_missing(adoption.way_of_plan(plan))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Lead to where a plan is read in from its document, in each authority where the user makes plans."""
        own = permissions.authorities_with(request.user, permissions.writers_of("strategy.plan"))
        desks = Authority.objects.filter(pk__in=own).order_by("name") if own else []
        return super().changelist_view(request, {"desks": desks, **(extra_context or {})})

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {"slug": ("title",)} if obj is None else {}

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Plan, form: Any, change: bool) -> None:
        """Let a plan that is set back lose its day of adoption, and so the action part that was adopted with it."""
        if obj.status in (Plan.Status.DRAFT, Plan.Status.HEARING):
            obj.adopted_on = None
            if change and "status" in form.changed_data:
                actions.forget_adoption(obj)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is PlanCase and formset.has_changed():
            links = form.instance.case_links.filter(purpose=PlanCase.Purpose.ADOPTION).select_related("case")
            self.settle(request, [link.case for link in links])


class OfPlanAdmin(TenantAdmin):
    """A part of one plan: its authority is the plan's, and its plan never changes."""

    authority_from = "plan"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("plan",) if obj is not None else ()


class GoalSdgInline(TenantInline):
    model = GoalSdg
    fields = ("number", "role")


@admin.register(Goal)
class GoalAdmin(OfPlanAdmin):
    list_display = ("__str__", "plan", "owner", "position")
    list_filter = (("plan", RelatedFilter),)
    list_select_related = ("plan", "owner")
    search_fields = ("title", "number")
    fields = ("plan", "number", "title", "description", "owner", "position")
    inlines = (GoalSdgInline,)


@admin.register(Strategy)
class StrategyAdmin(OfPlanAdmin):
    list_display = ("__str__", "goal", "plan", "position")
    list_filter = (("plan", RelatedFilter), ("goal", RelatedFilter))
    list_select_related = ("plan", "goal")
    search_fields = ("title", "number")
    fields = ("plan", "goal", "number", "title", "description", "note", "is_cross_cutting", "position")


@admin.register(Tag)
class TagAdmin(OfPlanAdmin):
    list_display = ("name", "dimension", "parent", "plan")
    list_filter = ("dimension", ("plan", RelatedFilter))
    list_select_related = ("plan", "parent")
    search_fields = ("name",)
    fields = ("plan", "dimension", "parent", "name", "position")
