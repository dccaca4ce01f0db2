"""Showing more before a deed: a stronger sign-in where it binds, a fresh confirmation where it could let someone in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from crispy_forms.layout import Layout
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from portal import codes, permissions, ratelimit, typed
from portal.designsystemet import Action, Actions
from portal.input_forms import CodeForm
from portal.integrations import openid
from portal.models import Authority, EmailCode, IdentityProvider, SignIn, Way
from portal.signing_in import confirm_codes, connections
from portal.signing_in import step_up as rules
from portal.strength import BINDING, OF_METHOD, STRONG_LASTS, Deed, Strength
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portal.models import User

WHY = {
    Deed.SUBMIT: gettext_lazy("What you are about to send binds you, or the organisation you act for."),
    Deed.ACCEPT: gettext_lazy("When you say yes to a grant, you also take on its conditions."),
    Deed.BANK: gettext_lazy("The account number decides where the money goes."),
    Deed.PAYOUT: gettext_lazy("You are about to ask for money to be paid out."),
    Deed.COMPLAIN: gettext_lazy("Only the one a decision concerns may complain about it."),
    Deed.INVITE: gettext_lazy("You are about to let another person prepare things in the organisation’s name."),
}
ASKED_CODE = "confirm_code"
"""Where the session keeps which code it asked for."""
POSTS_A_MINUTE = 20


@never_cache
@login_required
@read_or_act
def step_up(request: HttpRequest) -> HttpResponse:
    """Say why more is asked for, and offer the ways to show it; who has shown it already is led on."""
    page = rules.safe_page(request, request.GET.get("til", ""))
    kept = typed.kept_for(request)
    has_kept = kept is not None and kept["path"] == page
    onward = reverse("continue_typed") if has_kept else page
    facts = {
        "onward": onward, "back": way_back(request), "has_kept": has_kept, "was_lost": "tapt" in request.GET,
        "noindex": True,
    }  # fmt: skip
    deed, authority = binding(request)
    if deed is None or authority is None:
        return ask_to_confirm(request, facts)
    if rules.is_enough(request, deed, authority):
        return redirect(onward)
    return ask_for_strength(request, deed, authority, facts)


def binding(request: HttpRequest) -> tuple[Deed | None, Authority | None]:
    """Return the deed that asks for a strong sign-in, and whose page it is done on; nothing for other askings."""
    deed = next((one for one in BINDING if one.value == request.GET.get("for")), None)
    slug = request.GET.get("hos", "")[:60]
    return deed, Authority.objects.filter(slug=slug, is_listed=True).first() if deed else None


def way_back(request: HttpRequest) -> str:
    """Return a page that asks for nothing: the page asked for would only lead here again."""
    return reverse("admin:index" if permissions.may_use_admin(request.user) else "front_page")


# ---- strong ----


def ask_for_strength(request: HttpRequest, deed: Deed, authority: Authority, facts: dict[str, Any]) -> HttpResponse:
    """Show the strong ways to sign in that the account is tied to; where there is none, how to tie it to one."""
    user = cast("User", request.user)
    known = {(row.issuer, row.provider_id) for row in connections.identities_of(user)}  # type: ignore[attr-defined]
    ways = [way for way in rules.strong_providers(authority) if connections.is_held(way, known)]
    mark = getattr(request.user, "mark", None)
    was_strong = mark is not None and OF_METHOD.get(mark.method) is Strength.STRONG
    context = {
        **facts, "authority": authority, "back": page_before(request, authority, facts["has_kept"]), "why": WHY[deed],
        "hours": int(STRONG_LASTS.total_seconds() // 3600),
        "was_strong": was_strong, "connect": to_connect(request, authority),
        "ways": [{"name": way.get_way_display(), "address": start(way, facts["onward"])} for way in ways],
    }  # fmt: skip
    return render(request, "portal/step_up.html", context)


def page_before(request: HttpRequest, authority: Authority, has_kept: bool) -> str:
    """Return the form's own page where one was sent; a page that asked by itself would only lead here again."""
    return rules.safe_page(request, request.GET.get("til", "")) if has_kept else authority.get_absolute_url()


def to_connect(request: HttpRequest, authority: Authority) -> str:
    """Return where the account is tied to one of the authority's services; it leads back here."""
    return f"{reverse('identities')}?{urlencode({'sted': authority.slug, 'next': request.get_full_path()})}"


def start(provider: IdentityProvider, onward: str, *, fresh: bool = False) -> str:
    """Return the address that begins signing in and leads on afterwards; a fresh one asks also who is known there."""
    facts = {"next": onward, **({"paa-nytt": "1"} if fresh else {})}
    return f"{reverse('signin_start', args=[provider.pk])}?{urlencode(facts)}"


# ---- again ----


def ask_to_confirm(request: HttpRequest, facts: dict[str, Any]) -> HttpResponse:
    """Offer each of the person's own ways to show once more that it is she."""
    if rules.is_confirmed(request, timezone.now()):
        return redirect(facts["onward"])
    ways, is_demo = own_ways(request, facts["onward"]), has_only_the_list(request)
    if not ways and not is_demo:
        return ask_for_code(request, facts)
    if is_demo and request.method == "POST":
        rules.confirm(request, timezone.now())
        return redirect(facts["onward"])
    return render(request, "portal/step_up.html", {**facts, "ways": ways, "is_demo": is_demo})


def has_only_the_list(request: HttpRequest) -> bool:
    """Say whether she came in by the demonstration's list, which has nothing to confirm with; only in the demo."""
    mark = getattr(request.user, "mark", None)
    return settings.DEMO and (mark is None or mark.method == "demo")


def own_ways(request: HttpRequest, onward: str) -> list[dict[str, str]]:
    """Return the person's ways but the code by e-mail, each with its name and address."""
    names = {"reauthenticate": ("account_reauthenticate", _("your password")),
             "mfa_reauthenticate": ("mfa_reauthenticate", _("your second step"))}  # fmt: skip
    found = [names[flow["id"]] for flow in get_reauthentication_flows(request.user)]  # type: ignore[arg-type]
    ways = [{"name": name, "address": f"{reverse(to)}?{urlencode({'next': onward})}"} for to, name in found]
    for provider in own_services(request):
        ways.append({"name": provider.get_way_display(), "address": start(provider, onward, fresh=True)})
    return ways


def own_services(request: HttpRequest) -> list[IdentityProvider]:
    """Return the services she is known by, one of each kind.

    ID-porten and Ansattporten know her by another name in each agreement, so only one she has used will do.
    """
    user = cast("User", request.user)
    used = SignIn.objects.filter(user=user, identity__isnull=False, provider__isnull=False).values("provider")
    own = {authority for authority, _role, _case in permissions.roles_of(user)}
    rows = IdentityProvider.objects.offered().filter(
        Q(pk__in=used) | Q(authority__in=own, way=Way.ENTRA), way__in=user.identities.values("way")
    )
    mark = getattr(user, "mark", None)
    first = mark.provider if mark else None
    found: dict[str, IdentityProvider] = {}
    for row in sorted(rows, key=lambda row: (row.pk != first, row.authority_id not in own, row.pk)):
        if openid.is_offered(row):
            found.setdefault(row.way, row)
    return list(found.values())


# ---- the code, for those who have nothing else ----


class ConfirmForm(CodeForm):
    """The six digits, to confirm with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("code", Actions(Action(_("Confirm"), name="do", value="confirm")))


def ask_for_code(request: HttpRequest, facts: dict[str, Any]) -> HttpResponse:
    """Mail a code when asked to, and take the right one as a confirmation."""
    user, now = cast("User", request.user), timezone.now()
    row = confirm_codes.latest(user, request.session.get(ASKED_CODE))
    asked = request.POST.get("do", "")
    if request.method == "POST" and ratelimit.over_limit("confirm-code", str(user.pk), per_minute=POSTS_A_MINUTE):
        response = render(request, "429.html", status=429)
        response["Retry-After"] = "60"
        return response
    if asked == "send" or (asked and row is None):
        try:
            request.session[ASKED_CODE] = confirm_codes.send(user, now=now).pk
        except codes.TooMany:
            return render(request, "portal/step_up.html", {**facts, "by_code": True, "refused": True}, status=429)
        return redirect(request.get_full_path())
    if row is None:
        return render(request, "portal/step_up.html", {**facts, "by_code": True})
    if asked == "again":
        was_sent = confirm_codes.send_again(user, row, now=now)
        return show_code(request, row.pk, facts, ConfirmForm(), sent_again=was_sent, refused=not was_sent)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if codes.check(row.pk, form.cleaned_data["code"], now=now):
            request.session.pop(ASKED_CODE, None)
            rules.confirm(request, now)
            return redirect(facts["onward"])
        form.add_error("code", _("This is not the code we sent last. Look in the newest e-mail from us."))
    return show_code(request, row.pk, facts, form)


def show_code(request: HttpRequest, pk: int, facts: dict[str, Any], form: ConfirmForm, **more: Any) -> HttpResponse:
    """Write out the page that asks for the code."""
    row = EmailCode.objects.get(pk=pk)
    left = max(codes.ATTEMPTS - row.attempts, 0)
    context = {
        **facts, "form": form, "left": left, "is_dead": left == 0 or row.expires_at <= timezone.now(),
        "may_send_again": row.sendings < codes.SENDINGS, **more,
    }  # fmt: skip
    return render(request, "portal/step_up_code.html", context)
