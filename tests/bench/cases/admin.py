"""What officers work in, signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.web import WebCase

if TYPE_CHECKING:
    from tests.bench.data.world import World

PAGE = 100


def admin_measures_100(world: World) -> WebCase:
    """The officer's list of measures with a hundred rows on the page."""
    from django.conf import settings
    from django.urls import reverse

    return WebCase(
        "admin_measures_100",
        reverse("admin:strategy_measureparticipation_changelist"),
        cookies={settings.SESSION_COOKIE_NAME: session_of(world.officer_id)},
        counts={'name="_selected_action"': PAGE},
    )


def session_of(user_id: int) -> str:
    """Return the key of a session in which this user is signed in, as the runtime role would have stored it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from portal.models import User

    user = User.objects.get(pk=user_id)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
