"""The line that says an authority runs in trial mode, where people give or send something."""

from typing import Any

from django import template

from portal.models import IdentityProvider
from portal.signing_in import step_up

register = template.Library()


@register.inclusion_tag("components/trial_line.html")
def trial_line(authority: Any, about: str = "") -> dict[str, Any]:
    """Say that an authority is in trial mode, or tries ID-porten out; nothing where all is as it should be.

    `about` is "receipt" where something has been sent already.
    """
    ways = step_up.strong_providers(authority)
    only_tests = bool(ways) and all(way.environment == IdentityProvider.Environment.TEST for way in ways)
    return {"authority": authority, "in_trial": not ways, "only_tests": only_tests, "about": about}
