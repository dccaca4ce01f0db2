"""Grants as the desk works with them: the list, a new one, and one grant with everything on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grants import aid, conditions, grant_lists, granting, held, permissions
from grants.desk import gate
from grants.grant_forms import AidForm, ConditionForm, GrantForm, add, typed_of
from grants.models import Account, Condition, Grant
from portal import access_log
from portal.acting_for import mandate_evidence
from portal.integrations import register
from portal.models import Organisation
from portal.models.base import key_in
from portal.permissions import require
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpResponse

HERE = "grants/grants/"


def grant_of(user: Any, slug: str, key: int) -> Grant:
    """Return the grant for those who work at its authority's desk; to others it does not exist."""
    owner = desk_of(user, slug)
    rows = Grant.objects.select_related(
        "organisation", "account__line", "account__fund", "account__balance", "scheme", "case", "step__body",
        "step__case", "balance", "aid__assessed_by",
    )  # fmt: skip
    found: Grant = get_object_or_404(rows, pk=key, authority=owner)
    found.authority = found.organisation.authority = found.scheme.authority = found.case.authority = owner
    return found


def rights_of(user: Any, authority_id: int) -> dict[str, bool]:
    """Return what a person may do with grants, as the pages ask."""
    return {
        "may_set_up": permissions.may(user, authority_id, permissions.SETS_UP),
        "may_decide": permissions.may(user, authority_id, permissions.DECIDES),
        "may_receive": permissions.may(user, authority_id, permissions.PREPARES | permissions.DECIDES),
    }


def tell(request: Any, error: ValidationError, level: int = messages.WARNING) -> None:
    """Show what a deed refused, each sentence as a message."""
    for text in error.messages:
        messages.add_message(request, level, text)


# ---- the list ----


@never_cache
@login_required
@require_safe
def grants(request: Any, authority: str) -> HttpResponse:
    """List the authority's grants, narrowed as the address says; the file holds exactly what is listed."""
    found, asked = desk_of(request.user, authority), grant_lists.Asked.of(request)
    if form := request.GET.get("fil"):
        return grant_lists.as_file(form, found, asked)
    context = {
        **grant_lists.listed(found, asked, request.GET.get("side")), "authority": found,
        **rights_of(request.user, found.pk),
    }  # fmt: skip
    return render(request, f"{HERE}list.html", context)


@never_cache
@login_required
@read_or_act
def new_grant(request: Any, authority: str) -> HttpResponse:
    """Draw up a grant: from which account, to whom, for what, in which case."""
    found, today = desk_of(request.user, authority), timezone.localdate()
    require(permissions.may(request.user, found.pk, permissions.SETS_UP))
    form = GrantForm(request.POST if request.method == "POST" else None, authority=found, initial=asked_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = granting.propose(**form.terms(), by=request.user, on=today)
        except ValidationError as error:
            add(form, error)
        else:
            messages.success(request, _("The grant is drawn up. See to what is missing, then decide it."))
            return redirect(made)
    has_accounts = Account.objects.filter(authority=found).exists()
    context = {"authority": found, "form": form, "has_accounts": has_accounts}
    return render(request, f"{HERE}new.html", context)


def asked_for(request: Any) -> dict[str, Any]:
    """Return what the address has chosen already: the account, the organisation, the case."""
    named = {"account": "konto", "organisation": "virksomhet", "case": "sak"}
    return {field: key for field, name in named.items() if (key := key_in(request.GET.get(name, "")))}


# ---- one grant ----


@never_cache
@login_required
@read_or_act
def grant_desk(request: Any, authority: str, grant: int) -> HttpResponse:
    """Show a grant with all that is known of it; what is done to it has an address of its own under `gjor`."""
    found = grant_of(request.user, authority, grant)
    if (stop := gate.of_grant(request, found)) is not None:
        return stop
    if deed := (request.GET.get("gjor") or request.POST.get("gjor")):
        require(permissions.may(request.user, found.authority_id, permissions.SETS_UP))
        if deed not in DEEDS:
            raise Http404
        return DEEDS[deed](request, found)
    if request.method == "POST":
        raise Http404
    context = {**facts_of(request, found), **grant_lists.desk_page(found, timezone.localdate(), request.user)}
    access_log.saw(request.user, found.case, "case")
    return render(request, f"{HERE}desk.html", context)


def facts_of(request: Any, grant: Grant) -> dict[str, Any]:
    """Return what every page of a grant shows."""
    owner = grant.authority
    return {
        "authority": owner, "grant": grant, "today": timezone.localdate(), "page_url": grant.get_absolute_url(),
        "money_url": reverse("money", args=[owner.slug]), "list_url": reverse("grants", args=[owner.slug]),
        "desk_url": reverse("grant_desk", args=[owner.slug, grant.pk]),
        "decide_url": reverse("decide_grant", args=[owner.slug, grant.pk]),
        "back_url": reverse("money_back", args=[owner.slug, grant.pk]), **rights_of(request.user, owner.pk),
    }  # fmt: skip


def back(request: Any, grant: Grant, text: str = "", level: int = messages.SUCCESS, at: str = "") -> HttpResponse:
    if text:
        messages.add_message(request, level, text)
    return redirect(grant.get_absolute_url() + at)


def ask(request: Any, grant: Grant, template: str, status: int = 200, **facts: Any) -> HttpResponse:
    return render(request, template, {**facts_of(request, grant), **facts}, status=status)


def change(request: Any, grant: Grant) -> HttpResponse:
    """Change what is proposed."""
    if grant.state != Grant.State.PROPOSED:
        return back(request, grant, _("The grant is decided, and stands as it was decided."), messages.INFO)
    form = GrantForm(
        request.POST if request.method == "POST" else None, authority=grant.authority, initial=typed_of(grant),
        keep=grant.account_id,
    )  # fmt: skip
    form.fields["case"].required, form.fields["case"].empty_label = True, _("Choose")  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        terms = form.terms() | {"year": form.cleaned_data["year"] or grant.year}
        try:
            granting.change(grant, by=request.user, version=form.cleaned_data["seen"], **terms)
        except held.Handled as handled:
            add(form, handled)
            form.data = form.data.copy()
            form.data["seen"] = str(Grant.objects.values_list("row_version", flat=True).get(pk=grant.pk))
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, grant, _("The grant is saved."))
    return ask(request, grant, f"{HERE}form.html", form=form, heading=_("Change the grant"), deed="endre")


def assess(request: Any, grant: Grant) -> HttpResponse:
    """Say whether it is state aid."""
    row = getattr(grant, "aid", None)
    initial = {name: getattr(row, name) for name in aid.TERMS} if row else {}
    initial["seen"] = row.row_version if row else -1
    form = AidForm(request.POST if request.method == "POST" else None, initial=initial)
    today = timezone.localdate()
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        try:
            aid.assess(grant, by=request.user, on=today, version=typed.pop("seen"), **typed)
        except held.Handled as handled:
            return back(request, grant, handled.messages[0], messages.WARNING, "#stotte")
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, grant, _("The assessment is saved."), at="#stotte")
    earlier = grant_lists.earlier_of(grant, today)
    return ask(request, grant, f"{HERE}aid.html", form=form, earlier=earlier, heading=_("State aid"))


# ---- its conditions while it is assessed ----


def condition_in(request: Any, grant: Grant) -> Condition | None:
    key = request.GET.get("vilkar", request.POST.get("vilkar", ""))
    return get_object_or_404(Condition, pk=key_in(key), grant=grant) if key else None


def write_condition(request: Any, grant: Grant) -> HttpResponse:
    """Add a condition, or change one."""
    row = condition_in(request, grant)
    form = ConditionForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            if row is None:
                conditions.add(grant, form.save(commit=False), by=request.user)
            else:
                conditions.change(form.instance, by=request.user, version=form.cleaned_data["seen"])
        except held.Handled as handled:
            return back(request, grant, handled.messages[0], messages.WARNING, "#vilkar")
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, grant, _("The condition is saved."), at="#vilkar")
    heading = _("Change the condition") if row else _("Add a condition")
    return ask(request, grant, f"{HERE}form.html", form=form, heading=heading, deed="vilkar", row=row)


def remove_condition(request: Any, grant: Grant) -> HttpResponse:
    """Ask before a condition is taken away; take it away on POST."""
    row = condition_in(request, grant)
    if row is None:
        return back(request, grant, _("The condition is removed already."), messages.INFO, "#vilkar")
    if request.method != "POST":
        return ask(request, grant, f"{HERE}remove.html", row=row, heading=_("Take the condition away?"))
    try:
        conditions.remove(row, by=request.user, version=key_in(request.POST.get("seen", "")))
    except ValidationError as error:
        tell(request, error)
        return back(request, grant, at="#vilkar")
    return back(request, grant, _("The condition is taken away."), at="#vilkar")


def fetch_conditions(request: Any, grant: Grant) -> HttpResponse:
    """Give the grant the scheme's conditions that it lacks."""
    if request.method != "POST":
        raise Http404
    try:
        new = len(conditions.fetch_again(grant, by=request.user))
    except ValidationError as error:
        tell(request, error)
        return back(request, grant, at="#vilkar")
    text = ngettext("%d condition is fetched.", "%d conditions are fetched.", new) % new
    return back(request, grant, text if new else _("The grant has all that the scheme asks for."), at="#vilkar")


def look_up(request: Any, grant: Grant) -> HttpResponse:
    """Ask the business register how the recipient is today, and keep the answer with its date."""
    if request.method != "POST" or not grant.organisation.number:
        raise Http404
    try:
        looked = mandate_evidence.look_up(grant.organisation.number)
    except register.RegisterError as error:
        return back(request, grant, str(error), messages.WARNING, "#mottaker")
    if looked is None:
        return back(request, grant, _("The business register has no such number."), messages.WARNING, "#mottaker")
    with transaction.atomic():
        row = Organisation.objects.select_for_update(no_key=True).get(pk=grant.organisation_id)
        row.register_copy, row.register_copied_at = looked.copy, timezone.now()
        row.save(update_fields=["register_copy", "register_copied_at"])
    return back(request, grant, _("What the business register says is fetched."), at="#mottaker")


DEEDS = {
    "endre": change, "stotte": assess, "vilkar": write_condition, "fjern": remove_condition, "hent": fetch_conditions,
    "register": look_up,
}  # fmt: skip
