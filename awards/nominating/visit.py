"""What the session knows of a visitor's nomination in a round: who, what she wrote, her draft and her receipt.

At the desk the same is kept beside it under a name of its own, for what an officer registers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from awards.models import Nomination, NominationDraft
from awards.nominating import deeds
from awards.nominating.deeds import Typed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from awards.models import PrizeRound

NOMINEES, PAPERS = "nominations", "paper_nominations"
"""Where the session keeps, by round, what is being written on the web and at the desk."""
DRAFTS, RECEIPTS = "nomination_drafts", "nomination_receipts"
TEXTS = ("reasons", "nominee_email", "nominator_name", "tie", "address")
LONGEST_KEPT = 2 * deeds.LONGEST_REASONS
"""A little too long is kept, to be made shorter."""
NOMINEE = ("category", "kind", "name", "number", "copy")


def remember(request: HttpRequest, key: str, round_: PrizeRound, what: Any) -> None:
    """Note something of this visitor's in a round."""
    request.session[key] = {**request.session.get(key, {}), str(round_.pk): what}


def recalled(request: HttpRequest, key: str, round_: PrizeRound) -> Any:
    return request.session.get(key, {}).get(str(round_.pk))


def forget(request: HttpRequest, key: str, round_: PrizeRound) -> None:
    kept = dict(request.session.get(key, {}))
    if kept.pop(str(round_.pk), None) is not None:
        request.session[key] = kept


def kept(request: HttpRequest, round_: PrizeRound, key: str = NOMINEES) -> dict[str, Any]:
    """Return what is being written: the nominee if chosen, the texts, and what the register found."""
    return dict(recalled(request, key, round_) or {})


def put(request: HttpRequest, round_: PrizeRound, key: str = NOMINEES, **facts: Any) -> dict[str, Any]:
    """Add to what is being written, and return all of it."""
    now = {**kept(request, round_, key), **facts}
    remember(request, key, round_, now)
    return now


def go_back(request: HttpRequest, round_: PrizeRound, key: str = NOMINEES) -> None:
    """Choose the nominee once more; what was written of why is kept, where it is not longer than people write."""
    written = {name: text for name in TEXTS if 0 < len(text := request.POST.get(name, "")) <= LONGEST_KEPT}
    put(request, round_, key, again=True, **written)


def texts_in(said: Mapping[str, Any]) -> dict[str, str]:
    return {name: said[name] for name in TEXTS if said.get(name)}


def nominee_in(said: Mapping[str, Any], round_: PrizeRound) -> dict[str, Any] | None:
    """Return the nominee that is chosen; none where that is still to be done, or its category is gone."""
    if not said.get("name") or said.get("again"):
        return None
    if not round_.categories.filter(pk=said.get("category")).exists():
        return None
    return {name: said.get(name) for name in NOMINEE}


def draft_of(request: HttpRequest, round_: PrizeRound) -> NominationDraft | None:
    """Return this visitor's unconfirmed draft in the round, while it is kept."""
    key = recalled(request, DRAFTS, round_)
    if key is None:
        return None
    since = timezone.now() - deeds.DRAFT_LIFETIME
    rows = NominationDraft.objects.filter(pk=key, round=round_, created_at__gt=since)
    return rows.select_related("code", "category__category").first()


def receipt_of(request: HttpRequest, round_: PrizeRound) -> Nomination | None:
    """Return what this visitor has just sent in the round."""
    key = recalled(request, RECEIPTS, round_)
    rows = Nomination.objects.select_related("category__category").filter(round=round_)
    return rows.filter(pk=key).first() if key else None


def names_of(draft: NominationDraft | None) -> list[str]:
    return list(draft.files.order_by("pk").values_list("filename", flat=True)) if draft else []


def typed(nominee: Mapping[str, Any], given: Mapping[str, Any]) -> Typed:
    """Return the nominee and a valid form as what was written."""
    facts: dict[str, Any] = {name: nominee[name] for name in NOMINEE} | {name: given.get(name) or "" for name in TEXTS}
    return Typed(**facts)
