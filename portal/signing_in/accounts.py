"""Accounts: who signs in with an address, and a new account for someone whose address is vouched for."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q

from portal.models import User
from portal.models.authority import LanguageForm


def holder_of(address: str) -> User | None:
    """Return who signs in with this address, whether it is her first or another she has verified."""
    address = address.strip().lower()
    verified = Q(emailaddress__email=address, emailaddress__verified=True)
    return User.objects.filter(Q(email=address) | verified).distinct().order_by("pk").first()


@transaction.atomic
def make(address: str, name: str, *, language: str = LanguageForm.BOKMAL) -> tuple[User, bool]:
    """Return an account without a password and whether it is new; two made at once are one.

    The address is vouched for: its owner has confirmed it, or a colleague gives her a role.
    """
    address = address.strip().lower()
    language = language if language in LanguageForm.values else LanguageForm.BOKMAL
    try:
        with transaction.atomic():
            user = User.objects.create_user(address, None, name=name, language=language)
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
            return user, True
    except IntegrityError:
        return User.objects.select_for_update(no_key=True).get(email=address), False


def confirm_address(user: User, address: str) -> None:
    """Note that an account's person reads at this address of hers."""
    EmailAddress.objects.filter(user=user, email__iexact=address).update(verified=True)


def doubt_address(user: User) -> None:
    """Note that nobody has shown to read at the account's address; it opens what it did, and vouches for nothing."""
    EmailAddress.objects.filter(user=user).update(verified=False)


def move_address(user: User, address: str) -> None:
    """Let her sign in with this address and no other, and write to her there."""
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.filter(email=address).delete()  # one that another person never confirmed
    EmailAddress.objects.create(user=user, email=address, primary=True, verified=True)
