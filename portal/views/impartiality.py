"""Who may handle which case: one’s own declarations, many at once, and rulings on ties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import permission_denied

from portal import access_log, impartiality, impartiality_lists, impartiality_notices, impartiality_watch, permissions
from portal import impartiality_protocol as protocol
from portal.impartiality_forms import DeclareForm, RuleForm
from portal.models import Authority, Case, Declaration
from portal.models.base import key_in
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

HERE = "portal/impartiality/"
MOST_AT_ONCE = 200


def place_of(user: Any, slug: str) -> Authority:
    """Return the authority for those who work at its desk, or are let into one of its cases as a guest.

    Raises:
        Http404: she has nothing to do with it.
        PermissionDenied: she holds another role there.
    """
    found = get_object_or_404(Authority, slug=slug)
    if permissions.does_casework(user, found.pk):
        return found
    if Case.objects.filter(authority=found, pk__in=permissions.guest_cases(user)).exists():
        return found
    if any(found.pk == held for held, _role, _case in permissions.roles_of(user)):
        raise PermissionDenied
    raise Http404


def turned_away(request: HttpRequest, closed: impartiality_watch.ClosedCase) -> HttpResponse:
    """Say why a case is not opened, with the declaration to give; status 403: nothing of what lies in it is shown."""
    case, cases = closed.case, closed.cases
    context = {
        "authority": case.authority, "case": case, "cases": cases, "standing": closed.standing,
        "form": DeclareForm(several=len(cases) > 1), "lines": impartiality_lists.lines_of(request.user, cases),
        "next": request.get_full_path() if request.method != "POST" else "",
    }  # fmt: skip
    return render(request, f"{HERE}gate.html", context, status=403)


def denied(request: HttpRequest, exception: BaseException) -> HttpResponseBase:
    """Answer whoever may not: of a case that is closed to her, with why and the declaration to give."""
    if isinstance(exception, impartiality_watch.ClosedCase):
        return turned_away(request, exception)
    return permission_denied(request, exception)  # type: ignore[arg-type]


# ---- one's own ----


@never_cache
@login_required
@require_safe
def impartiality_desk(request: HttpRequest, authority: str) -> HttpResponse:
    """Show the cases one is asked about, how one stands in each, and the ties that wait for a ruling."""
    found = place_of(request.user, authority)
    return render(request, f"{HERE}desk.html", impartiality_lists.desk(request, found))


@never_cache
@login_required
@read_or_act
def declare(request: HttpRequest, authority: str) -> HttpResponse:
    """Ask whether something ties one to these cases; keep the answer for each, and go on to where one was."""
    found, user = place_of(request.user, authority), request.user
    asked = request.POST if request.method == "POST" else request.GET
    keys = [key for text in asked.getlist("sak")[:MOST_AT_ONCE] if (key := key_in(text))]
    cases = list(impartiality_lists.watched_cases(user, found).filter(pk__in=keys))
    if not cases:
        if keys:
            raise Http404
        messages.info(request, _("Choose the cases you want to answer for first."))
        return redirect("impartiality_desk", found.slug)
    leads_to = next_of(request, found)
    form = DeclareForm(request.POST if request.method == "POST" else None, several=len(cases) > 1)
    if request.method == "POST":
        permissions.require(not getattr(user, "is_superuser", False))
        if form.is_valid() and store(request, cases, form):
            return redirect(leads_to)
    lines = impartiality_lists.lines_of(user, cases)
    context = {"authority": found, "lines": lines, "cases": cases, "form": form, "next": leads_to}
    return render(request, f"{HERE}declare.html", context)


def next_of(request: Any, authority: Authority) -> str:
    """Return where one goes on to: the page one was stopped at, or one's list; never another site."""
    wanted = request.POST.get("neste") or request.GET.get("neste") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return str(wanted)
    return reverse("impartiality_desk", args=[authority.slug])


def store(request: Any, cases: list[Case], form: DeclareForm) -> bool:
    """Keep what was declared, tell the leaders of a tie, and say so; what is refused stands in the form."""
    typed, now = form.cleaned_data, timezone.now()
    is_tie = typed["svar"] == Declaration.Answer.TIE
    if is_tie and len(cases) > 1:
        form.add_error("svar", _("Declare a tie for the one case it is about. Answer for the others apart."))
        return False
    try:
        with transaction.atomic():
            made = impartiality.declare(cases, by=request.user, tie=typed["tilknytning"] if is_tie else "", now=now)
            for row in made if is_tie else []:
                impartiality_notices.declared(row, now)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    if is_tie:
        messages.info(request, _("The tie is noted. A leader rules on it, and you are told."))
        return True
    n = len(cases)
    words = ngettext("You have declared no ties to %(n)d case.", "You have declared no ties to %(n)d cases.", n)
    messages.success(request, words % {"n": n})
    return True


# ---- rulings ----


@never_cache
@login_required
@read_or_act
def rule_on_tie(request: HttpRequest, authority: str, declaration: int) -> HttpResponse:
    """Show a declared tie to who rules on it and to who declared it; take the ruling."""
    user = request.user
    own = Declaration.objects.filter(pk=declaration, authority__slug=authority, user=user.pk).first()
    found = own.authority if own else place_of(user, authority)
    rows = Declaration.objects.select_related("user", "case", "ruling__ruled_by")
    row = get_object_or_404(rows, pk=declaration, authority=found, answer=Declaration.Answer.TIE, user__isnull=False)
    row.case.authority = found
    rules, is_own = impartiality_lists.may_rule(user, found.pk), row.user_id == user.pk
    permissions.require(rules or is_own or getattr(user, "is_superuser", False))
    is_out = impartiality.standing(user, row.case_id) in impartiality.OUT and not is_own
    form = RuleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        permissions.require(rules)
        if form.is_valid() and ruled(request, row, form):
            return redirect("impartiality_desk", found.slug)
    context = {
        "authority": found, "row": row, "case": row.case, "form": form, "ruling": getattr(row, "ruling", None),
        "may_rule": rules and not is_own and not is_out, "is_own": is_own, "is_out": is_out,
        "party": impartiality_lists.lines_of(user, [row.case])[0].party,
    }  # fmt: skip
    return render(request, f"{HERE}rule.html", context)


def ruled(request: Any, row: Declaration, form: RuleForm) -> bool:
    typed, now = form.cleaned_data, timezone.now()
    try:
        with transaction.atomic():
            ruling = impartiality.rule(
                row, is_impartial=typed["kan"] == "ja", reason=typed["grunn"], by=request.user, now=now
            )
            impartiality_notices.ruled(ruling, now)
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
        return False
    messages.success(request, _("The ruling is kept, and %(who)s is told.") % {"who": row.user})
    return True


# ---- one case ----


@never_cache
@login_required
@read_or_act
def case_impartiality(request: HttpRequest, authority: str, case: int) -> HttpResponse:
    """Show who has declared what in a case, and who sat when bodies treated it; take what the protocol says."""
    found, user = place_of(request.user, authority), request.user
    row = get_object_or_404(impartiality_lists.watched_cases(user, found), pk=case)
    row.authority = found
    impartiality_watch.require(user, row)
    access_log.saw(user, row, "case")
    pages = protocol.pages_of(row, request.POST if request.method == "POST" else None)
    may_write = permissions.may_write(user, "portal.casestep", found.pk) and not user.is_superuser  # type: ignore[union-attr]
    if request.method == "POST":
        permissions.require(may_write)
        page = next((each for each in pages if str(each.step.pk) == request.POST.get("behandling")), None)
        if page is None:
            raise Http404
        if page.is_valid() and kept(request, page):
            return redirect(reverse("case_impartiality", args=[found.slug, row.pk]) + f"#behandling-{page.step.pk}")
    context = {
        **impartiality_lists.of_case(row), "authority": found, "case": row, "pages": pages, "may_write": may_write,
        "party": impartiality_lists.lines_of(user, [row])[0].party,
    }  # fmt: skip
    return render(request, f"{HERE}case.html", context)


def kept(request: Any, page: protocol.Page) -> bool:
    try:
        protocol.record(page.step, page.seats(), all_asked=page.all_asked, by=request.user, now=timezone.now())
    except ValidationError as error:
        page.refuse(error)
        return False
    messages.success(request, _("The attendance is kept as the protocol says."))
    return True
