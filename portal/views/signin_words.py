"""What we say to one who was not signed in. What the service answered is never repeated: it may have been anyone's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from portal.models import IdentityProvider


@dataclass(frozen=True)
class Words:
    """A heading, what happened, what to do; whether trying again may help."""

    heading: str
    text: str
    advice: str
    status: int = 400
    again: bool = True


def words_of(reason: str, provider: IdentityProvider) -> Words:
    """Return the words for why nobody was signed in."""
    service, name = provider.get_way_display(), provider.authority.full_name
    told = by_choice(reason, service) or by_account(reason, service, name) or by_rule(reason, service, name)
    return told or Words(
        _("We could not sign you in"),
        _("We cannot rely on the answer from %(service)s, so nobody was signed in.") % {"service": service},
        _("Try again. If it happens once more, tell us, or sign in another way."),
    )


def by_choice(reason: str, service: str) -> Words | None:
    """Return the words for what the person or time did."""
    if reason == "cancelled":
        return Words(
            _("You did not sign in"),
            _("You stopped at %(service)s, or were not let in there. Nothing has happened.") % {"service": service},
            _("You can try again, or sign in another way."), status=200,
        )  # fmt: skip
    if reason in ("state", "expired", "provider", "grant"):
        return Words(
            _("The sign-in is too old"),
            _("You must finish within 15 minutes, in the browser where you began, and each attempt works once."),
            _("Start once more."),
        )
    if reason == "down":
        return Words(
            _("%(service)s does not answer") % {"service": service},
            _("The fault is not with you, and you have done nothing wrong."),
            _("Wait a few minutes and try again, or sign in another way."), status=503,
        )  # fmt: skip
    return None


def by_account(reason: str, service: str, name: str) -> Words | None:
    """Return the words for what the account is, or is not."""
    if reason == "inactive":
        return Words(
            _("Your access is closed"), _("Your account here is closed, so you cannot sign in."),
            _("Ask those who administer the portal in %(name)s to open it again.") % {"name": name}, 403, again=False,
        )  # fmt: skip
    if reason == "taken":
        return Words(
            _("This identity opens another account"),
            _("You have signed in with it before, and it belongs to an account that is not this one."),
            _("Sign in with it to reach that account. Take it away there if you want it here."), 409, again=False,
        )  # fmt: skip
    if reason == "person":
        return Words(
            _("It was not the same person"),
            _("The one who answered at %(service)s is not the one who is signed in here.") % {"service": service},
            _("Nothing has changed. Sign out if you want to sign in as another."), 403,
        )  # fmt: skip
    if reason == "too_little":
        return Words(
            _("Sign in another way first"),
            _("Your account is guarded by more than what you showed this time."),
            _("Sign in the way you usually do, and connect the new service then."), 403, again=False,
        )  # fmt: skip
    return None


def by_rule(reason: str, service: str, name: str) -> Words | None:
    """Return the words for what an authority has, or has not, set up."""
    if reason == "no_role":
        return Words(
            _("You have no role here"),
            _("%(service)s knows you, but none of your groups there has a role in the portal.") % {"service": service},
            _("Ask those who administer the portal in %(name)s to put you in a group with a role.") % {"name": name},
            403,
        )  # fmt: skip
    if reason == "too_many_groups":
        return Words(
            _("We cannot see your groups"),
            _("You are in so many groups that %(service)s does not tell them.") % {"service": service},
            _("Ask those who run the directory in %(name)s to send only the groups that are assigned to the portal.")
            % {"name": name}, 403,
        )  # fmt: skip
    if reason == "acr":
        return Words(
            _("We need a safer sign-in"), _("You signed in with something that is not safe enough for this."),
            _("Try again with BankID, Buypass or Commfides."),
        )  # fmt: skip
    if reason == "auth_time":
        return Words(
            _("You must sign in anew at %(service)s") % {"service": service},
            _("%(service)s did not show that you have just signed in there.") % {"service": service},
            _("Try again, and sign in there even if it knows you already."),
        )  # fmt: skip
    if reason in ("client", "error", "issuer"):
        return Words(
            _("%(service)s is not set up right") % {"service": service},
            _("%(service)s does not accept how %(name)s has set up the portal. You have done nothing wrong.")
            % {"service": service, "name": name},
            _("Sign in another way, or tell %(name)s about it.") % {"name": name},
        )  # fmt: skip
    return None
