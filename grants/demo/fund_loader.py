"""Places the demo's call: its statutes, its form, and that it is announced; once, since nothing of it changes after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grants.demo import fund_call as facts
from grants.models import (
    Call,
    Criterion,
    EligibilityCheck,
    Question,
    RequiredAttachment,
    Scheme,
    SchemeStatutes,
)
from portal.models import Body, CaseStep, User
from portal.models import Case as PortalCase

if TYPE_CHECKING:
    from portal.demo.shelf import Shelf


def load(shelf: Shelf) -> None:
    """Place the call where its scheme and its officer stand."""
    scheme = shelf.find(Scheme, "scheme", facts.SCHEME)
    officer = shelf.find(User, "user", facts.OFFICER)
    if scheme is None or officer is None:
        return
    is_new = f"call:{facts.KEY}" not in shelf.known
    if is_new and Call.objects.filter(authority=scheme.authority_id, slug=facts.CALL["slug"]).exists():
        return
    row = Call(
        authority_id=scheme.authority_id, scheme=scheme, statutes=_statutes(shelf, scheme, officer), officer=officer,
        invented=True, **facts.CALL,
    )  # fmt: skip
    call = shelf.put("call", {facts.KEY: row}).get(facts.KEY)
    if call is None:
        return
    _load_parts(shelf, call)
    if is_new:
        call.published_at, call.published_by = row.opens_at, officer
        call.save()


def _statutes(shelf: Shelf, scheme: Scheme, officer: User) -> SchemeStatutes | None:
    """Return the invented statutes, adopted by the executive board in an invented case of their own."""
    body = Body.objects.filter(authority=scheme.authority_id, kind="executive").first()
    own = {"authority_id": scheme.authority_id}
    row = PortalCase(title=facts.CASE_TITLE, officer=officer, invented=True, opened_on=facts.ADOPTED, **own)
    case = shelf.put("fund-case", {facts.KEY: row}).get(facts.KEY)
    if body is None or case is None:
        return None
    treated = CaseStep(
        case=case, body=body, starts_on=facts.ADOPTED, ends_on=facts.ADOPTED, precision="day",
        decided_on=facts.ADOPTED, invented=True, **own, **facts.STEP,
    )  # fmt: skip
    step = shelf.put("fund-step", {facts.KEY: treated}).get(facts.KEY)
    if step is None:
        return None
    text = SchemeStatutes(
        authority_id=scheme.authority_id, scheme=scheme, version=1, text=facts.STATUTES, adopted_in=step,
        valid_from=facts.ADOPTED,
    )  # fmt: skip
    return shelf.put("statutes", {facts.KEY: text}, natural=lambda one: (one.scheme_id, one.version)).get(facts.KEY)


def _load_parts(shelf: Shelf, call: Call) -> None:
    """Place what the call asks for; a question stands before those that hang on it."""
    for kind, model, wanted in (
        ("check", EligibilityCheck, facts.CHECKS), ("criterion", Criterion, facts.CRITERIA),
        ("attachment", RequiredAttachment, facts.ATTACHMENTS),
    ):  # fmt: skip
        rows = {
            f"{facts.KEY}/{place}": model(authority_id=call.authority_id, call=call, position=place, **fact)
            for place, fact in enumerate(wanted, start=1)
        }
        shelf.put(f"call-{kind}", rows)
    asked: dict[str, Question] = {}
    for place, fact in enumerate(facts.QUESTIONS, start=1):
        key, known = str(fact["key"]), {name: value for name, value in fact.items() if name not in ("key", "shown_if")}
        row = Question(
            authority_id=call.authority_id, call=call, position=place, shown_if=asked.get(str(fact.get("shown_if"))),
            **known,
        )  # fmt: skip
        if found := shelf.put("call-question", {f"{facts.KEY}/{key}": row}).get(f"{facts.KEY}/{key}"):
            asked[key] = found
