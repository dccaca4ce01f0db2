"""What keeps final accounts from being read as any other paper: money follows them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from grants.models import FinalAccounts, GrantReport
from grants.refusals import Refused


def refuse_accounts(row: GrantReport, *, ok: bool, has_accounts: bool) -> None:
    """Stop final accounts from being approved as any other report, and from being sent back when money has followed.

    Raises:
        Refused: they are read on a page of their own, or are approved.
    """
    kept = FinalAccounts.objects.filter(report=row).first()
    if kept is None or has_accounts:
        return
    if ok:
        raise Refused(_("These are final accounts. Approve them on the page of the final accounts."), code="accounts")
    if kept.payable_nok is not None and row.state == GrantReport.State.APPROVED:
        raise Refused(_("The final accounts are approved, and the grant has followed them."), code="approved")
