"""Turns the demo's rounds and path templates into rows; one that a user made under the same name is left alone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from portal.demo.paths import PATHS
from portal.demo.rounds import ROUNDS
from portal.models import Input, InputAnswer, InputRound, Invitation, PathTemplate, PathTemplateStep

if TYPE_CHECKING:
    from portal.demo.facts import InputFact, RoundFact
    from portal.demo.shelf import Shelf
    from portal.models import Authority, Case, User


def at_noon(day: dt.date | None) -> dt.datetime | None:
    """Return a time of a day of which only the date is made up."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12))) if day else None


def load_paths(shelf: Shelf, authorities: dict[str, Authority]) -> None:
    """Place the shared templates with their steps."""
    taken = set(PathTemplate.objects.values_list("authority__slug", "name"))
    ours = [
        fact
        for fact in PATHS
        if fact.authority in authorities
        and (f"path:{fact.key}" in shelf.known or (fact.authority, fact.name) not in taken)
    ]
    templates = shelf.put(
        "path",
        {
            fact.key: PathTemplate(authority=authorities[fact.authority], name=fact.name, is_shared=True)
            for fact in ours
        },
    )
    shelf.put(
        "path-step",
        {
            f"{fact.key}/{position}": PathTemplateStep(
                authority_id=templates[fact.key].authority_id, template=templates[fact.key], stage=step.stage,
                position=position, activity=step.activity, description=step.description, body_kind=step.body_kind,
                actor=step.actor, each_member=step.each_member, starts_month=step.starts_month,
                ends_month=step.ends_month,
            )
            for fact in ours
            if fact.key in templates
            for position, step in enumerate(fact.steps, 1)
        },
    )  # fmt: skip


def load_rounds(shelf: Shelf, cases: dict[str, Case], users: dict[str, User]) -> None:
    """Place the rounds with those invited, what came in and what was answered."""
    taken = set(InputRound.objects.values_list("authority__slug", "slug"))
    ours = [
        fact
        for fact in ROUNDS
        if fact.case in cases and (f"round:{fact.key}" in shelf.known or (fact.authority, fact.slug) not in taken)
    ]
    rounds = shelf.put("round", {fact.key: _round(fact, cases[fact.case]) for fact in ours})
    standing = [(fact, rounds[fact.key]) for fact in ours if fact.key in rounds]
    invitations = shelf.put(
        "invitation",
        {
            f"{fact.key}/{asked.key}": Invitation(
                authority_id=row.authority_id, round=row, name=asked.name, address=asked.address,
                invited_at=at_noon(fact.invited), invented=True,
            )
            for fact, row in standing
            for asked in fact.invitations
        },
    )  # fmt: skip
    inputs = shelf.put(
        "input",
        {
            f"{fact.key}/{said.number}": _input(said, row, invitations.get(f"{fact.key}/{said.invitation}"))
            for fact, row in standing
            for said in fact.inputs
        },
    )
    shelf.put(
        "answer",
        {
            f"{fact.key}/{said.number}": InputAnswer(
                authority_id=row.authority_id, input=inputs[f"{fact.key}/{said.number}"], text=said.answer,
                consequence=said.consequence, answered_by=users.get(said.answered_by),
                answered_at=at_noon(said.answered), told_at=at_noon(fact.answers_published),
            )
            for fact, row in standing
            for said in fact.inputs
            if said.answer and f"{fact.key}/{said.number}" in inputs
        },
    )  # fmt: skip


def _round(fact: RoundFact, case: Case) -> InputRound:
    return InputRound(
        authority_id=case.authority_id, case=case, slug=fact.slug, title=fact.title, lede=fact.lede,
        questions="\n".join(fact.questions), audience=fact.audience, opens_on=fact.opens, due_on=fact.due,
        due_precision=fact.due_precision, takes_late=fact.takes_late, is_over=fact.over,
        answer_due_on=fact.answer_due, is_published=True, answers_published_at=at_noon(fact.answers_published),
        invented=fact.invented,
    )  # fmt: skip


def _input(said: InputFact, row: InputRound, invitation: Invitation | None) -> Input:
    return Input(
        authority_id=row.authority_id, round=row, number=said.number, invitation=invitation,
        speaks_for=said.speaks_for, address=said.address, text=said.text, source=said.source,
        received_on=said.received, registered_at=at_noon(said.received), may_publish=said.may_publish, invented=True,
    )  # fmt: skip
