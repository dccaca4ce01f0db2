"""How staff sign in: django-allauth with our rules on top."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from portal import outbox, permissions, typed
from portal.models import User


def lacks_required_mfa(user: User) -> bool:
    """Say whether an authority where this user works requires two steps and she has only one.

    Recovery codes alone are no second step.
    """
    required = settings.SECURE if user.is_superuser else permissions.needs_second_step(user)
    return required and not has_second_step(user)


def has_second_step(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by herself; mails go through the outbox; a kept form comes first after sign-in."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        message = self.render_mail(template_prefix, email, context)
        html = next((body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"), "")
        outbox.write(to=email, subject=message.subject, text=message.body, html=html)

    def get_login_redirect_url(self, request: Any) -> str:
        return resolve_url(landing_page(request.user))

    def post_login(self, request: Any, user: User, *, redirect_url: str | None, **facts: Any) -> Any:
        """Lead to a kept form before anything else, also before the page that asked for sign-in."""
        if typed.kept_for(request):
            redirect_url = resolve_url("continue_typed")
        return super().post_login(request, user, redirect_url=redirect_url, **facts)

    def is_safe_url(self, url: str | None) -> bool:
        return url_has_allowed_host_and_scheme(url or "", allowed_hosts={self.request.get_host()})


def landing_page(user: User) -> str:
    """Return where a person lands after signing in: the case pages if they open for her, else the front page."""
    if permissions.may_use_admin(user):
        return "admin:index"
    return "front_page"
