"""A person's own account: choosing a password by a mailed link, and changing the address one signs in with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.forms import ResetPasswordKeyForm
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from portal import codes, ratelimit
from portal.models import EmailCode
from portal.signing_in import own_address, passwords, signins, step_up
from portal.signing_in.code_forms import NewAddressCodeForm, NewAddressForm
from portal.views.methods import read_or_act
from portal.views.rounds import too_fast

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

POSTS_A_MINUTE = 30
SESSION = "new_address"
"""Where the session keeps which code the new address was sent; never the address itself."""


# ---- the password, by link ----


@sensitive_post_parameters("password1", "password2")
@never_cache
@read_or_act
@ratelimit.limit("choose-password", per_minute=60)
def choose_password(request: HttpRequest, key: str) -> HttpResponse:
    """Let who holds a mailed link choose a password; opening the link changes nothing."""
    user = passwords.holder_of(key, now=timezone.now())
    if user is None:
        return useless(request)
    form = ResetPasswordKeyForm(request.POST if request.method == "POST" else None, user=user)
    if not form.is_valid():
        context = {"form": form, "address": user.email, "noindex": True, "entrance": True}
        return render(request, "portal/signin/choose_password.html", context)
    if not passwords.choose(key, form.save, now=timezone.now()):
        return useless(request)
    if request.user.is_authenticated:
        signins.leave(request)
    messages.success(request, _("Your new password is saved. Sign in with it now."))
    return redirect("account_login")


def useless(request: HttpRequest, **where: Any) -> HttpResponse:
    """Say that a link opens nothing, and how to get another; links of earlier releases come here too."""
    return render(request, "portal/signin/bad_password_link.html", {"noindex": True, "entrance": True}, status=404)


# ---- the address ----


def is_too_fast(request: HttpRequest) -> bool:
    return request.method == "POST" and ratelimit.over_limit(
        "address-post", ratelimit.visitor(request), per_minute=POSTS_A_MINUTE
    )


@never_cache
@login_required
@read_or_act
@step_up.recently
def address(request: HttpRequest) -> HttpResponse:
    """Show the address one signs in with; mail a code to a new one and lead on to it."""
    if is_too_fast(request):
        return too_fast(request)
    form = NewAddressForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "account/email_change.html", {"form": form})
    if form.cleaned_data["address"].lower() == request.user.email.lower():
        form.add_error("address", _("You sign in with this address already."))
        return render(request, "account/email_change.html", {"form": form})
    try:
        code = own_address.ask(request.user, form.cleaned_data["address"], now=timezone.now())  # type: ignore[arg-type]
    except codes.TooMany:
        form.add_error(None, _("We cannot send more codes right now. Try again in an hour."))
        return render(request, "account/email_change.html", {"form": form}, status=429)
    request.session[SESSION] = code.pk
    return redirect("account_email_verification_sent")


@never_cache
@login_required
@read_or_act
def address_code(request: HttpRequest) -> HttpResponse:
    """Ask for the digits that were sent to the new address; the right ones make the change."""
    if is_too_fast(request):
        return too_fast(request)
    own = {"pk": request.session.get(SESSION), "purpose": own_address.purpose_of(request.user)}  # type: ignore[arg-type]
    code = EmailCode.objects.filter(**own, confirmed_at=None).first()
    if code is None:
        return redirect("account_email")
    if request.method == "POST" and request.POST.get("do") == "again":
        sent = own_address.ask_again(request.user, code.pk, now=timezone.now())  # type: ignore[arg-type]
        return show_code(request, code, NewAddressCodeForm(), sent_again=sent, refused=not sent)
    form = NewAddressCodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return show_code(request, code, form)
    if not codes.check(code.pk, form.cleaned_data["code"], now=timezone.now()):
        form.add_error("code", _("This is not the code we sent last. Look in the newest e-mail from us."))
        return show_code(request, code, form)
    return changed(request, code)


def changed(request: HttpRequest, code: EmailCode) -> HttpResponse:
    """Make the change, and say how it went; only who reads at the address learns that another has it."""
    request.session.pop(SESSION, None)
    if own_address.change(request.user, code, request, now=timezone.now()):  # type: ignore[arg-type]
        messages.success(request, _("From now on you sign in with %(address)s.") % {"address": code.address})
    else:
        messages.error(request, _("Another account has this address. Sign in to that one, or choose another address."))
    return redirect("account_email")


def show_code(request: HttpRequest, code: EmailCode, form: NewAddressCodeForm, **facts: Any) -> HttpResponse:
    """Write out the page that asks for the code."""
    code.refresh_from_db()
    left = max(codes.ATTEMPTS - code.attempts, 0)
    context = {
        "form": form, "code": code, "left": left, "is_dead": left == 0 or code.expires_at <= timezone.now(),
        "may_send_again": code.sendings < codes.SENDINGS, "noindex": True, **facts,
    }  # fmt: skip
    return render(request, "portal/signin/address_code.html", context)
