"""How staff sign in: django-allauth with our rules on top."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from portal import outbox, permissions, typed
from portal.models import Method, User
from portal.signing_in import lockout, other_way, passwords, signins


def lacks_required_mfa(user: User) -> bool:
    """Say whether an authority where this user works requires two steps and she has only one.

    Recovery codes alone are no second step.
    """
    required = settings.SECURE if user.is_superuser else permissions.needs_second_step(user)
    return required and not has_second_step(user)


def has_second_step(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up here; failures are counted, mails go by the outbox, and a kept form comes first after sign-in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "There have been too many failed attempts. Wait a quarter of an hour, or sign in another way. On a device"
            " where you have been signed in before you may still try."
        )
    }

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        message = self.render_mail(template_prefix, email, context)
        html = next((body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"), "")
        outbox.write(to=email, subject=message.subject, text=message.body, html=html)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return our own address for the key; allauth hands it over with the person's number in front."""
        return passwords.address_of(key.partition("-")[2])

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        if passwords.is_asked_too_often(user, timezone.now()):
            return
        if passwords.is_by_service_only(user):
            passwords.tell_of_services(user)
        else:
            super().send_password_reset_mail(user, email, context)

    def authenticate(self, request: Any, **credentials: Any) -> User | None:
        """Try a password, unless too many have been wrong; each wrong one is written down."""
        attempt = lockout.begin(request, credentials.get("email", ""), method=Method.PASSWORD, now=timezone.now())
        if attempt is None:
            raise self.validation_error("too_many_login_attempts")
        user = super().authenticate(request, **credentials)
        if user is not None:
            lockout.take_back(attempt)
        return user  # type: ignore[return-value]

    def reauthenticate(self, user: Any, password: str) -> bool:
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def login(self, request: Any, user: Any) -> None:
        signins.sign_in(request, user, method=method_used(request, user))

    def logout(self, request: Any) -> None:
        signins.leave(request)

    @transaction.atomic
    def set_password(self, user: Any, password: str) -> None:
        super().set_password(user, password)
        passwords.changed(user, "password", context.request, now=timezone.now())

    def get_login_redirect_url(self, request: Any) -> str:
        return resolve_url(landing_page(request.user))

    def post_login(self, request: Any, user: User, *, redirect_url: str | None, **facts: Any) -> Any:
        """Lead to a kept form before anything else, also before the page that asked for sign-in."""
        other_way.say_where(request)
        if typed.kept_for(request):
            redirect_url = resolve_url("continue_typed")
        return super().post_login(request, user, redirect_url=redirect_url, **facts)

    def is_safe_url(self, url: str | None) -> bool:
        return url_has_allowed_host_and_scheme(url or "", allowed_hosts={self.request.get_host()})


def method_used(request: Any, user: User) -> str:
    """Return which of allauth's ways led to this sign-in."""
    records = get_authentication_records(request, user)
    if any(record.get("passwordless") for record in records):
        return Method.PASSKEY
    return Method.MFA if any(record.get("method") == "mfa" for record in records) else Method.PASSWORD


@receiver([signals.authenticator_added, signals.authenticator_removed, signals.authenticator_reset])
def second_step_changed(request: Any, user: User, authenticator: Authenticator, **facts: Any) -> None:
    """Follow up a changed second step; recovery codes that come and go with one are not told by themselves."""
    is_reset = facts.get("signal") is signals.authenticator_reset
    if is_reset or authenticator.type != Authenticator.Type.RECOVERY_CODES:
        passwords.changed(user, "second_step", request, now=timezone.now())


def landing_page(user: User) -> str:
    """Return where a person lands after signing in: the case pages if they open for her, else her own page."""
    return "admin:index" if permissions.may_use_admin(user) else "my_page"


def lead_on(request: Any, asked: str) -> str:
    """Return where a sign-in leads: to a kept form first, then to the page that asked for it, else where one lands."""
    if typed.kept_for(request):
        return reverse("continue_typed")
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if asked.startswith("/") and is_ours else reverse(landing_page(request.user))
