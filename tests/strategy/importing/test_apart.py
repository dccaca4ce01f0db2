"""The documents that were kept apart: nothing is said of them here but counts, so that the rules cannot be fitted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.strategy.importing.scoring import Share, documents, score_of

APART = Path(__file__).parent / "apart"
ENOUGH = 0.95
FEWEST_DOCUMENTS, FEWEST_MEASURES = 22, 400


@pytest.fixture(scope="module")
def shares() -> dict[str, Share]:
    """The measures, and the measures under their right parents, of all documents together."""
    scores = [score_of(path) for path in documents(APART)]
    assert len(scores) >= FEWEST_DOCUMENTS
    return {what: sum((getattr(one, what) for one in scores), Share()) for what in ("measures", "parents")}


def test_measures_and_their_parents_are_found_in_documents_never_seen(shares: dict[str, Share]) -> None:
    assert shares["measures"].true >= FEWEST_MEASURES
    for what, share in shares.items():
        assert share.recall >= ENOUGH, what
        assert share.precision >= ENOUGH, what
