"""Turns the facts around the demo's plans into rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.models import Body, User
from strategy.demo.around import QUESTIONS, STAKEHOLDERS, SWOT
from strategy.models import ForumQuestion, Measure, Plan, Stakeholder, SwotItem

if TYPE_CHECKING:
    from portal.demo.shelf import Shelf
    from strategy.demo.around import QuestionFact


def load(shelf: Shelf) -> None:
    """Place what stands around the plans that stand."""
    _load_swot(shelf)
    _load_stakeholders(shelf)
    _load_questions(shelf)


def _plans(shelf: Shelf) -> dict[str, Plan]:
    wanted = {fact.plan for fact in (*SWOT, *STAKEHOLDERS, *QUESTIONS)}
    return {name: plan for name in wanted if (plan := shelf.find(Plan, "plan", name)) is not None}


def _load_swot(shelf: Shelf) -> None:
    plans = _plans(shelf)
    shelf.put(
        "swot",
        {
            f"{fact.plan}/{fact.subject}/{fact.kind}/{place}": SwotItem(
                authority_id=plans[fact.plan].authority_id, plan=plans[fact.plan], subject=fact.subject,
                kind=fact.kind, text=text, year=fact.year, source=fact.source, position=place,
            )
            for fact in SWOT
            if fact.plan in plans
            for place, text in enumerate(fact.texts, 1)
        },
    )  # fmt: skip


def _load_stakeholders(shelf: Shelf) -> None:
    plans = _plans(shelf)
    shelf.put(
        "stakeholder",
        {
            f"{fact.plan}/{place}": Stakeholder(
                authority_id=plans[fact.plan].authority_id, plan=plans[fact.plan], name=fact.name,
                interest=fact.interest, position=place,
            )
            for place, fact in enumerate(STAKEHOLDERS, 1)
            if fact.plan in plans
        },
    )  # fmt: skip


def _load_questions(shelf: Shelf) -> None:
    plans, asker = _plans(shelf), shelf.find(User, "user", "forum_reviewer")
    shelf.put(
        "question",
        {fact.key: _question(shelf, fact, plans[fact.plan], asker) for fact in QUESTIONS if fact.plan in plans},
    )


def _question(shelf: Shelf, fact: QuestionFact, plan: Plan, asker: User | None) -> ForumQuestion:
    slug = fact.plan.partition("/")[0]
    return ForumQuestion(
        authority_id=plan.authority_id, plan=plan, body=shelf.find(Body, "body", f"{slug}/forum"),
        measure=shelf.find(Measure, "measure", f"{fact.plan}/{fact.measure}"), text=fact.text,
        is_public=fact.is_public, asked_by=asker, asked_on=fact.asked, answer_due_on=fact.answer_due,
        answer=fact.answer, answered_on=fact.answered, promised_on=fact.promised, invented=True,
    )  # fmt: skip
