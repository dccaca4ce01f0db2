"""The first time someone comes from an outside service: what is she called, and where do we write to her.

ID-porten tells neither. The address is confirmed by a code, so that nobody takes another's; an account that more than
the address guards is opened the usual way first, and connected here.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal import codes, ratelimit
from portal.input_forms import CodeForm
from portal.integrations import openid
from portal.integrations.openid_claims import SignInRefused, refuse
from portal.models import EmailCode, IdentityProvider, Way
from portal.signing_in import arrivals, coming_in, identities, signins, step_up, welcome_codes
from portal.signing_in.welcome_forms import WelcomeForm
from portal.views.methods import read_or_act
from portal.views.signin import say_no

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

    from portal.models import User
    from portal.signing_in.arrivals import Waiting

POSTS_A_MINUTE = 30
CODES_AN_HOUR = 30
"""Per visitor; a whole office may share one address."""


def who_waits(request: HttpRequest) -> tuple[Waiting, IdentityProvider] | None:
    """Return who is new in this browser and by which service; nothing when she took too long."""
    waiting = arrivals.waiting(request, timezone.now())
    if waiting is None:
        return None
    offered = IdentityProvider.objects.offered().select_related("authority")
    provider = offered.filter(pk=waiting.provider).first()
    return (waiting, provider) if provider and openid.is_offered(provider) else None


def nobody_waits(request: HttpRequest) -> HttpResponse:
    """Lead on one who has nothing to do here any longer."""
    if request.user.is_authenticated:
        return redirect("front_page")
    messages.info(request, _("It took too long, or you signed in from another window. Sign in once more."))
    return redirect("account_login")


def too_fast(request: HttpRequest) -> bool:
    visitor = ratelimit.visitor(request)
    return request.method == "POST" and ratelimit.over_limit("welcome", visitor, per_minute=POSTS_A_MINUTE)


# ---- name and address ----


@never_cache
@read_or_act
def welcome(request: HttpRequest) -> HttpResponse:
    """Ask one who is new for her name and address, or offer to connect her to the account that is signed in."""
    found = who_waits(request)
    if found is None:
        return nobody_waits(request)
    if too_fast(request):
        return render(request, "429.html", status=429)
    waiting, provider = found
    pressed = request.POST.get("do", "")
    if pressed == "stop":
        arrivals.stop_waiting(request)
        messages.info(request, _("We have forgotten the sign-in. No account was made."))
        return redirect("front_page")
    if pressed == "connect" and request.user.is_authenticated:
        return connect(request, waiting, provider)
    form = WelcomeForm(request.POST if pressed else None, initial=started_from(waiting))
    if form.is_valid():
        return send(request, waiting, provider, form)
    return show(request, waiting, provider, form)


def started_from(waiting: Waiting) -> dict[str, str]:
    return {"name": waiting.name, "email": waiting.email}


def show(
    request: HttpRequest, waiting: Waiting, provider: IdentityProvider, form: WelcomeForm, status: int = 200
) -> HttpResponse:
    """Write out the page that asks."""
    mark = signins.mark_of(request)
    may = request.user.is_authenticated and identities.may_tie(cast("User", request.user), mark)
    context = {
        "authority": provider.authority, "service": provider.get_way_display(), "form": form, "noindex": True,
        "entrance": True, "may_connect": may, "for_staff": provider.way == Way.ENTRA,
        "number_for": provider.keeps_number_for,
    }  # fmt: skip
    return render(request, "portal/signin/welcome.html", context, status=status)


def send(request: HttpRequest, waiting: Waiting, provider: IdentityProvider, form: WelcomeForm) -> HttpResponse:
    """Mail a code to the address she wrote."""
    name, email = form.cleaned_data["name"], form.cleaned_data["email"]
    try:
        if ratelimit.over_limit("welcome-codes", ratelimit.visitor(request), per_hour=CODES_AN_HOUR):
            raise codes.TooMany
        code = welcome_codes.send(provider, email=email, now=timezone.now())
    except codes.TooMany:
        form.add_error(None, _("We cannot send more codes right now. Try again in an hour."))
        return show(request, waiting, provider, form, status=429)
    arrivals.wait(request, dataclasses.replace(waiting, name=name, email=email, code=code.pk))
    return redirect("welcome_code")


def connect(request: HttpRequest, waiting: Waiting, provider: IdentityProvider) -> HttpResponse:
    """Tie the identity to the account that is signed in, once its person has shown that it is she."""
    user, now = cast("User", request.user), timezone.now()
    if not step_up.is_confirmed(request, now):  # nothing is kept of this press: a form kept before it must not go
        return redirect(step_up.address(reverse("welcome"), is_kept=True))
    try:
        refuse(identities.may_tie(user, signins.mark_of(request)), "too_little")
        with transaction.atomic():
            identity = identities.connect(user, waiting.claims, provider, now=now)
            page = coming_in.come_in(request, identity, waiting.claims, provider, page=waiting.page, now=now)
    except identities.Taken:
        return say_no(request, provider, SignInRefused("taken"), waiting.page)
    except SignInRefused as refused:
        return say_no(request, provider, refused, waiting.page)
    service = provider.get_way_display()
    messages.success(request, _("Your account is connected to %(service)s.") % {"service": service})
    return redirect(page)


# ---- the code ----


@never_cache
@read_or_act
def welcome_code(request: HttpRequest) -> HttpResponse:
    """Ask for the mailed code; the right one makes the account, or opens the one at the address."""
    found = who_waits(request)
    if found is None:
        return nobody_waits(request)
    if too_fast(request):
        return render(request, "429.html", status=429)
    waiting, provider = found
    code = EmailCode.objects.filter(pk=waiting.code, purpose=welcome_codes.purpose_of(provider)).first()
    if code is None:
        return redirect("welcome")
    if request.POST.get("do") == "again":
        was_sent = welcome_codes.send_again(provider, code, now=timezone.now())
        return show_code(request, waiting, provider, code, CodeForm(), sent_again=was_sent, refused=not was_sent)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if codes.check(code.pk, form.cleaned_data["code"], now=timezone.now()):
            return enter(request, waiting, provider)
        form.add_error("code", _("This is not the code we sent last. Look in the newest e-mail from us."))
    return show_code(request, waiting, provider, code, form)


def enter(request: HttpRequest, waiting: Waiting, provider: IdentityProvider) -> HttpResponse:
    """Make the account and sign in; where the account is guarded by more, say how to go on."""
    now, language = timezone.now(), (translation.get_language() or "nb")[:2]
    try:
        with transaction.atomic():
            identity = identities.account_at(
                waiting.claims, provider, name=waiting.name, email=waiting.email,
                language=language if language in ("nb", "nn") else "nb", now=now,
            )  # fmt: skip
            page = coming_in.come_in(request, identity, waiting.claims, provider, page=waiting.page, now=now)
    except identities.Guarded:
        return guarded(request, waiting, provider)
    except identities.Taken:
        return say_no(request, provider, SignInRefused("taken"), waiting.page)
    except SignInRefused as refused:
        return say_no(request, provider, refused, waiting.page)
    messages.success(request, _("Welcome, %(name)s. You are signed in.") % {"name": identity.user.get_short_name()})
    return redirect(page)


def guarded(request: HttpRequest, waiting: Waiting, provider: IdentityProvider) -> HttpResponse:
    """Tell one who owns the address that the account there is opened the usual way first; what she began is kept."""
    arrivals.wait(request, dataclasses.replace(waiting, code=None))
    context = {
        "authority": provider.authority, "service": provider.get_way_display(), "noindex": True, "entrance": True,
        "email": waiting.email,
    }  # fmt: skip
    return render(request, "portal/signin/welcome_guarded.html", context, status=409)


def show_code(
    request: HttpRequest, waiting: Waiting, provider: IdentityProvider, code: EmailCode, form: CodeForm, **facts: Any
) -> HttpResponse:
    """Write out the page that asks for the code."""
    code.refresh_from_db()
    form.helper.layout[-1][0].text = _("Confirm and sign in")
    left = max(codes.ATTEMPTS - code.attempts, 0)
    context = {
        "authority": provider.authority, "email": waiting.email, "form": form, "left": left, "noindex": True,
        "is_dead": left == 0 or code.expires_at <= timezone.now(), "may_send_again": code.sendings < codes.SENDINGS,
        "entrance": True, **facts,
    }  # fmt: skip
    return render(request, "portal/signin/welcome_code.html", context)
