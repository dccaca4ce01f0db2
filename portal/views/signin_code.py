"""Signing in by a code that is mailed: the address, the digits, and the name of one who is new here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal import codes, ratelimit, typed
from portal.codes import TooMany
from portal.models import EmailCode, Method
from portal.signing_in import accounts, adapter, codes_by_mail, lockout, signins
from portal.signing_in.code_forms import AskCodeForm, NameForm, SignInCodeForm
from portal.views.methods import read_or_act
from portal.views.rounds import too_fast

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portal.models import User

POSTS_A_MINUTE, CODES_AN_HOUR = 30, 30
"""Per visitor; a whole office may share one address."""
SESSION = "signin_code"
"""Where the session keeps which code was asked for and where to go on; never the address itself."""


def is_too_fast(request: HttpRequest) -> bool:
    return request.method == "POST" and ratelimit.over_limit(
        "signin-code-post", ratelimit.visitor(request), per_minute=POSTS_A_MINUTE
    )


@never_cache
@read_or_act
def signin_code(request: HttpRequest) -> HttpResponse:
    """Ask for the address; mail a code there and lead on to it."""
    if is_too_fast(request):
        return too_fast(request)
    asked = request.POST.get("next") or request.GET.get("next", "")
    if request.user.is_authenticated:
        return redirect(adapter.lead_on(request, asked))
    form = AskCodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return show_form(request, form, asked)
    address = form.cleaned_data["address"]
    try:
        if ratelimit.over_limit("signin-codes", ratelimit.visitor(request), per_hour=CODES_AN_HOUR):
            raise TooMany
        code = codes_by_mail.start(
            address, is_known=is_known(request, address), language=request.LANGUAGE_CODE,  # type: ignore[attr-defined]
            now=timezone.now(),
        )  # fmt: skip
    except TooMany:
        form.add_error(None, _("We cannot send more codes right now. Try again in an hour, or sign in another way."))
        return show_form(request, form, asked, status=429)
    request.session[SESSION] = {"code": code.pk, "next": asked[:500]}
    return redirect("write_signin_code")


def show_form(request: HttpRequest, form: AskCodeForm, asked: str, status: int = 200) -> HttpResponse:
    context = {"form": form, "next": asked, "noindex": True, "entrance": True}
    return render(request, "portal/signin/code.html", context, status=status)


def is_known(request: HttpRequest, address: str) -> bool:
    """Say whether the address's person was signed in on this browser before."""
    user = accounts.holder_of(address)
    return user is not None and typed.last_person(request) == user.pk


@never_cache
@read_or_act
def write_code(request: HttpRequest) -> HttpResponse:
    """Ask for the digits, then for the name of one who is new."""
    if is_too_fast(request):
        return too_fast(request)
    own = request.session.get(SESSION)
    code = EmailCode.objects.filter(pk=own["code"], purpose__in=codes_by_mail.PURPOSES).first() if own else None
    if code is None or request.user.is_authenticated:
        return redirect("signin_code")
    if own.get("is_confirmed"):
        return ask_name(request, code)
    if request.method == "POST" and request.POST.get("do") == "again":
        sent = codes_by_mail.send_again(code.pk, language=request.LANGUAGE_CODE, now=timezone.now())  # type: ignore[attr-defined]
        return show_code(request, code, SignInCodeForm(), sent_again=sent, refused=not sent)
    form = SignInCodeForm(request.POST if request.method == "POST" else None)
    return confirm(request, code, form) if form.is_valid() else show_code(request, code, form)


def confirm(request: HttpRequest, code: EmailCode, form: SignInCodeForm) -> HttpResponse:
    """Try the digits; a wrong try stands in the person's own list."""
    user, now = accounts.holder_of(code.address), timezone.now()
    if not codes.check(code.pk, form.cleaned_data["code"], now=now):
        lockout.note_failure(request, user, lockout.hash_of(code.address), method=Method.CODE, now=now)
        form.add_error("code", _("This is not the code we sent last. Look in the newest e-mail from us."))
        return show_code(request, code, form)
    if user is not None:
        accounts.confirm_address(user, code.address)
        return let_in(request, user)
    request.session[SESSION] = {**request.session[SESSION], "is_confirmed": True}
    return redirect("write_signin_code")


def let_in(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in who has shown that she reads at the address of an account."""
    asked = request.session.pop(SESSION, {}).get("next", "")
    if user.is_superuser:
        messages.info(request, _("A code by e-mail is not enough for this account. Sign in another way."))
        return redirect("account_login")
    if not user.is_active:
        return redirect("account_inactive")
    signins.sign_in(request, user, method=Method.CODE)
    if codes_by_mail.holds_a_role(user):
        messages.info(
            request,
            _(
                "You are signed in with a code by e-mail. That does not open casework: sign in with a password, a"
                " passkey or your authority’s own service for that."
            ),
        )
    return redirect(adapter.lead_on(request, asked))


def ask_name(request: HttpRequest, code: EmailCode) -> HttpResponse:
    """Ask who is new what she is called, and make her account."""
    if code.expires_at <= timezone.now():
        request.session.pop(SESSION, None)
        return redirect("signin_code")
    form = NameForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "address": code.address, "noindex": True, "entrance": True}
        return render(request, "portal/signin/code_name.html", context)
    user, _is_new = accounts.make(
        code.address,
        form.cleaned_data["name"],
        language=request.LANGUAGE_CODE,  # type: ignore[attr-defined]
    )
    return let_in(request, user)


def show_code(request: HttpRequest, code: EmailCode, form: SignInCodeForm, **facts: Any) -> HttpResponse:
    """Write out the page that asks for the code."""
    code.refresh_from_db()
    left = max(codes.ATTEMPTS - code.attempts, 0)
    context = {
        "form": form, "code": code, "left": left, "is_dead": left == 0 or code.expires_at <= timezone.now(),
        "may_send_again": code.sendings < codes.SENDINGS, "noindex": True, "entrance": True,
        "back": reverse("signin_code"), **facts,
    }  # fmt: skip
    return render(request, "portal/signin/code_write.html", context)
