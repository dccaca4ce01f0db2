"""Who sends in plan documents and makes plans of them."""

from __future__ import annotations

from typing import Any

from portal import permissions


def may_import(user: Any, authority_id: int) -> bool:
    """Say whether the user may make plans for this authority, from a document too."""
    return permissions.may_write(user, "strategy.plan", authority_id)
