"""The short check before one applies: every question answered as the call wants, and the answers sealed for the way on.

The sealed answers go with the reader to sign-in and to the first page of the application, where they are opened again:
nobody begins an application past the check.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core import signing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grants.models import Call, EligibilityCheck

SALT = "grants.calls.eligibility"
GOOD_FOR = dt.timedelta(days=2)
"""Time to sign in, and to be given a mandate by a colleague."""
NAME = "svar"
"""What the sealed answers are called in addresses and forms."""


def stopped_by(checks: Sequence[EligibilityCheck], answers: Mapping[int, bool]) -> list[EligibilityCheck]:
    """Return the questions that are answered so that one cannot apply; what is not answered is not among them."""
    return [check for check in checks if check.pk in answers and answers[check.pk] != check.right_answer]


def seal(call: Call, answers: Mapping[int, bool]) -> str:
    """Return the answers as a text that cannot be changed on the way, and that holds for this call alone."""
    return signing.dumps([call.pk, {str(key): said for key, said in answers.items()}], salt=SALT)


def passed(call: Call, sealed: str) -> dict[str, bool] | None:
    """Return the answers that let someone apply, as an application keeps them; None: she must take the check first.

    A call that asks nothing lets everyone through, with no answers.
    """
    checks = list(call.checks.all())
    if not checks:
        return {}
    try:
        key, said = signing.loads(sealed, salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if key != call.pk or any(said.get(str(check.pk)) is not check.right_answer for check in checks):
        return None
    return {str(check.pk): check.right_answer for check in checks}
