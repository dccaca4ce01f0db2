"""The page beside a case where a template is laid out as steps, taken back, or made from the case's own way."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal import case_path, paths, permissions
from portal.models import Event, PathTemplate
from portal.models.base import EARLIEST_YEAR, LATEST_YEAR, key_in

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.models import Case

STEP, TEMPLATE = "portal.casestep", "portal.pathtemplate"


class ChooseForm(forms.Form):
    """Which template, and the month the case starts; without a month the steps get no dates."""

    template = forms.ModelChoiceField(PathTemplate.objects.none(), label=_("Template"))
    month = forms.TypedChoiceField(
        label=_("The case starts in"), required=False, coerce=int, empty_value=None,
        choices=[("", _("not known yet")), *MONTHS.items()],
    )  # fmt: skip
    year = forms.IntegerField(label=_("Year"), required=False, min_value=EARLIEST_YEAR, max_value=LATEST_YEAR)
    once = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = PathTemplate.objects.usable_by(user).select_related("authority")  # type: ignore[attr-defined]

    def clean(self) -> Any:
        cleaned = super().clean()
        if cleaned and cleaned.get("month") and not cleaned.get("year") and "year" not in self.errors:
            self.add_error("year", _("Write the year too."))
        return cleaned

    @property
    def start(self) -> dt.date | None:
        month, year = self.cleaned_data.get("month"), self.cleaned_data.get("year")
        return dt.date(year, month, 1) if month and year else None


class NameForm(forms.Form):
    """What the new template is to be called."""

    name = forms.CharField(label=_("Name of the template"), max_length=120)


def _line(planned: paths.PlannedStep, case: Case) -> dict[str, Any]:
    step = planned.as_step(case, 0)
    return {
        "step": planned,
        "who": planned.who(case),
        "what": step.get_activity_display(),
        "when": case_path.when(step),
    }


class PathPages:
    """Gives the admin of cases the page «The way of the case»."""

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.path_view)  # type: ignore[attr-defined]
        return [path("<path:object_id>/mal/", page, name="portal_case_path"), *super().get_urls()]  # type: ignore[misc]

    def path_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Preview a template (GET), or add its steps, take them back, keep a new one (POST)."""
        case = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if case is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        permissions.require(permissions.may_write(request.user, STEP, case.authority_id))
        self.note(request, case)  # type: ignore[attr-defined]
        deed = {"use": self.use, "undo": self.undo, "keep": self.keep}.get(request.POST.get("do", ""))
        forms_: dict[str, Any] = {}
        if request.method == "POST" and deed is not None:
            answer = deed(request, case, forms_)
            if answer is not None:
                return answer
        return self.show_path(request, case, forms_)

    def show_path(self, request: HttpRequest, case: Case, shown: dict[str, Any]) -> HttpResponse:
        asked = request.GET if "template" in request.GET else None
        form = shown.get("choose") or ChooseForm(asked, user=request.user, initial={"year": timezone.localdate().year})
        preview: list[paths.PlannedStep] | None = None
        if form.is_bound and form.is_valid():
            try:
                preview = paths.planned(form.cleaned_data["template"], case, form.start)
            except ValidationError as error:
                form.add_error(None, error)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("The way of the case"), "opts": self.opts, "case": case, "form": form,  # type: ignore[attr-defined]
            "name_form": shown.get("name") or NameForm(),
            "preview": [_line(each, case) for each in preview or []],
            "lacks_months": preview and form.start and not any(step.starts_on or step.ends_on for step in preview),
            "is_previewed": preview is not None, "once": uuid.uuid4().hex, "applied": paths.latest_application(case),
            "has_steps": case.steps.exists(),
            "may_keep": permissions.may_write(request.user, TEMPLATE, case.authority_id),
        }  # fmt: skip
        return render(request, "admin/portal/apply_path.html", context)

    def use(self, request: HttpRequest, case: Case, shown: dict[str, Any]) -> HttpResponse | None:
        form = shown["choose"] = ChooseForm(request.POST, user=request.user)
        if not form.is_valid():
            return None
        try:
            done = paths.apply(
                form.cleaned_data["template"], case, start=form.start, by=request.user, once=form.cleaned_data["once"]
            )  # type: ignore[arg-type]
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
            return None
        count = len(done.facts["steps"])
        text = ngettext("%d step is added.", "%d steps are added.", count) % count
        link = reverse("admin:portal_case_path", args=[case.pk])
        said = format_html('{} <a href="{}#angre">{}</a>', text, link, gettext("Take them back"))
        return self.back_to(request, case, said)

    def undo(self, request: HttpRequest, case: Case, shown: dict[str, Any]) -> HttpResponse | None:
        pk = key_in(request.POST.get("applied", ""))
        applied = get_object_or_404(Event, pk=pk, case=case, kind=paths.APPLIED)
        try:
            count = paths.take_back(applied, by=request.user)  # type: ignore[arg-type]
        except ValidationError as error:
            count = None
            self.message_user(request, " ".join(error.messages), messages.ERROR)  # type: ignore[attr-defined]
        if count is None:
            text = gettext("Nothing was taken back: someone has worked on the steps since. Remove them one by one.")
            return self.back_to(request, case, text, messages.WARNING)
        return self.back_to(
            request, case, ngettext("%d step is taken back.", "%d steps are taken back.", count) % count
        )

    def keep(self, request: HttpRequest, case: Case, shown: dict[str, Any]) -> HttpResponse | None:
        form = shown["name"] = NameForm(request.POST)
        if not form.is_valid():
            return None
        try:
            template = paths.save_as_template(case, form.cleaned_data["name"], by=request.user)  # type: ignore[arg-type]
        except ValidationError as error:
            fields = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
            for text in (text for texts in fields.values() for text in texts):
                form.add_error("name", text)
            return None
        self.message_user(request, gettext("The template “%s” is kept.") % template, messages.SUCCESS)  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse("admin:portal_pathtemplate_change", args=[template.pk]))

    def back_to(self, request: HttpRequest, case: Case, text: str, level: int = messages.SUCCESS) -> HttpResponse:
        self.message_user(request, text, level)  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse("admin:portal_case_change", args=[case.pk]))
