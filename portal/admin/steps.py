"""Forms of a case's steps: an outcome comes with its resolution, and nothing is taken from what rests on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.forms import BaseInlineFormSet
from django.http import HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import wiring
from portal.admin.forms import NamedFormSet, VersionedInlineForm, VersionedTenantForm
from portal.models import CaseStep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from portal.models import Case

DECIDED = frozenset({CaseStep.Outcome.ADOPTED, CaseStep.Outcome.AMENDED, CaseStep.Outcome.REJECTED})
WEIGHS = frozenset({"case", "stage", "activity", "outcome", "decided_on"})
"""The fields that decide what a case's resolutions make."""


class StepRules:
    """What the form of one step and the rows below a case have in common."""

    def clean(self) -> Any:
        cleaned = super().clean()  # type: ignore[misc]
        has_field = "resolution" in self.fields  # type: ignore[attr-defined]
        resolution = cleaned.get("resolution") if has_field else self.instance.resolution  # type: ignore[attr-defined]
        if cleaned.get("outcome") in DECIDED and not resolution:
            text = _("Write the resolution as it stands in the official protocol.")
            if not has_field:
                text = _("Open the step with “Change” and write the resolution there, together with the outcome.")
            self.add_error("resolution" if has_field else "outcome", text)  # type: ignore[attr-defined]
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not self.has_changed() or not self.instance.case_id:  # type: ignore[attr-defined]
            return
        try:
            wiring.check_step(self.instance)  # type: ignore[attr-defined]
        except ValidationError as error:
            for name, found in error.error_dict.items():
                self.add_error(name if name in self.fields else None, found)  # type: ignore[attr-defined]


class StepForm(StepRules, VersionedTenantForm):
    """One step on its own page."""


class StepInlineForm(StepRules, VersionedInlineForm):
    """A step as a row below its case."""


class StepFormSet(NamedFormSet):
    """The steps below a case; one that something rests on is not deleted."""

    held_back: Iterable[str] = ()

    def full_clean(self) -> None:
        """Ask about the rows to be deleted while they still are as they were."""
        if self.is_bound:
            going = [f.instance for f in self.initial_forms if self.data.get(f.add_prefix("DELETE"))]
            self.held_back = [text for step in going for text in why_it_stays(step)]
        if self.held_back:
            return BaseInlineFormSet.full_clean(self)
        return super().full_clean()

    def clean(self) -> None:
        super().clean()
        if self.held_back:
            raise ValidationError(list(self.held_back))


def why_it_stays(step: CaseStep) -> list[str]:
    """Return why a step may not be removed; nothing when it may."""
    try:
        wiring.check_step(step, is_removed=True)
    except ValidationError as error:
        return [f"{step}: {text}" for text in error.messages]
    return []


def hold_guards() -> None:
    """Let PostgreSQL check now, inside the page's transaction, what it else would at the commit.

    Raises:
        IntegrityError: a guard holds what was done; the page tells so instead of failing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class ResolutionsMixin:
    """A page of the admin where resolutions change: what follows is drawn, and a guard's no becomes a message."""

    def settle(self, request: HttpRequest, cases: Iterable[Case]) -> None:
        """Let the areas draw what follows from these cases' resolutions, tell it, and let the guards look."""
        for case in sorted({case.pk: case for case in cases}.values(), key=lambda case: case.pk):
            for text in wiring.step_decided(case, request.user):
                self.message_user(request, text, messages.SUCCESS)  # type: ignore[attr-defined]
        hold_guards()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]
        except IntegrityError as error:
            return self.refused(request, error)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().delete_view(request, *args, **kwargs)  # type: ignore[misc]
        except IntegrityError as error:
            return self.refused(request, error)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)  # type: ignore[misc]
        except IntegrityError as error:
            return self.refused(request, error)

    def refused(self, request: HttpRequest, error: IntegrityError) -> HttpResponse:
        """Say that a guard held what was sent, and that nothing was changed.

        Raises:
            IntegrityError: it was no guard of resolutions; such a fault is to be seen.
        """
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if not name.endswith("_resolutions"):
            raise error
        text = gettext(
            "Nothing was saved: an adopted plan rests on the resolutions you were changing. If they no longer stand, "
            "set the plan back to “On hearing” first."
        )
        self.message_user(request, text, messages.ERROR)  # type: ignore[attr-defined]
        return HttpResponseRedirect(request.get_full_path())
