"""What a decision says to the party: outcome, grounds, conditions, aid, what to do by when, and how to complain.

Law: forvaltningsloven §§ 24, 25 (grounds) and 27 (notice: complaint, time, body, how, access), checked 2026-11-22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from grants.letter_texts.complaining import access, how_to_complain
from grants.letter_texts.head import day, letter
from grants.models import AidAssessment, AidCeiling, Application, Condition, Decision, ExchangeRate, Grant, Stage
from portal.letters.content import Block, Heading, LetterContent, Listing, Outcome, said, typed
from portal.money import format_nok, format_number

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from grants.models import AidAward

MINIMIS = (AidAssessment.Basis.DE_MINIMIS, AidAssessment.Basis.SGEI)
REGULATIONS = {"de_minimis": "(EU) 2023/2831", "sgei": "(EU) 2023/2832"}


def content(decision: Decision, on: dt.date) -> LetterContent:
    """Return the letter of a decision: granted, refused or dismissed."""
    application = decision.application
    match decision.outcome:
        case "granted":
            title, blocks = _("Grant from %(scheme)s"), _granted(decision)
        case "refused":
            title, blocks = _("Your application to %(scheme)s is refused"), _refused(decision)
        case _other:
            title, blocks = _("Your application to %(scheme)s is not assessed"), _refused(decision)
    blocks += [*how_to_complain(decision), *access(application)]
    return letter(
        application, title=title % {"scheme": application.call.scheme.name}, dated_on=on, blocks=blocks,
        signer=decision.decided_by or decision.registered_by,
        as_what=decision.delegation.get_role_display() if decision.delegation and decision.decided_by else "",
    )  # fmt: skip


# ---- the parts ----


def _granted(decision: Decision) -> list[Block]:
    grant = decision.grant or proposed_for(decision)
    assert decision.amount_nok is not None
    amount = format_nok(decision.amount_nok)
    facts = {"who": decision.application.authority.full_name, "amount": amount}
    blocks: list[Block] = [
        _opening(decision),
        Outcome(_("%(who)s grants you up to %(amount)s.") % facts, _facts(decision, grant)),
        *_grounds(decision),
        *_conditions(grant, amount),
        *_aid(grant),
    ]
    return [*blocks, *_to_do(decision, grant)]


def proposed_for(decision: Decision) -> Grant:
    """Return the grant a decision that is not made yet would give: the proposed one, else one that is not stored."""
    of, amount = decision.application, decision.amount_nok
    rows = Grant.objects.filter(case=of.case_id, state=Grant.State.PROPOSED) if of.case_id else Grant.objects.none()
    return rows.first() or Grant(
        authority=of.authority, scheme=of.call.scheme, amount_nok=amount or 0, year=of.call.year, title=of.title,
        starts_on=of.starts_on, ends_on=of.ends_on,
    )  # fmt: skip


def _refused(decision: Decision) -> list[Block]:
    if decision.outcome == "refused":
        told = _("We refuse your application.")
    else:
        told = _("Your application is dismissed without being assessed.")
    return [_opening(decision), Outcome(told, _facts(decision)), *_grounds(decision)]


def _opening(decision: Decision) -> Block:
    received = decision.application.received_on
    assert received is not None
    if decision.replaces_id is not None:
        text = _("This decision replaces our earlier decision on the application we received %(day)s.")
    else:
        text = _("We refer to your application, which we received %(day)s.")
    return said(text % {"day": day(received)})


def _facts(decision: Decision, grant: Grant | None = None) -> list[tuple[str, str]]:
    application = decision.application
    asked = format_nok(application.asked_nok) if application.asked_nok is not None else ""
    rows = [
        (_("Project"), application.title),
        (_("Applied for"), asked),
        (_("Project period"), period(grant.starts_on, grant.ends_on) if grant else ""),
        (_("Costs that count"), _costs(application) if grant else ""),
        (_("Decided"), day(decision.decided_on)),
        (_("Decided by"), decided_by(decision)),
        (_("To be accepted by"), day(decision.accept_by) if grant and decision.accept_by else ""),
    ]
    return [(label, value) for label, value in rows if value]


def period(start: dt.date | None, end: dt.date | None) -> str:
    if start and end:
        return f"{day(start)} – {day(end)}"
    return day(start or end) if start or end else ""  # type: ignore[arg-type]


def eligible_nok(application: Application) -> int | None:
    """Return the costs the grant is reckoned of: what the officer found that counts, else all of them."""
    found = getattr(application, "assessment", None)
    return found.eligible_cost_nok if found and found.eligible_cost_nok is not None else application.cost_nok


def _costs(application: Application) -> str:
    cost = eligible_nok(application)
    return format_nok(cost) if cost is not None else ""


def decided_by(decision: Decision) -> str:
    """Return the body, its meeting and item; or the role and the delegation it decides by."""
    step = decision.step
    if step is None:
        role = decision.delegation.get_role_display() if decision.delegation else ""
        return _("%(role)s, by delegation: %(reference)s") % {"role": role, "reference": decision.reference}
    item = step.item_number or step.case_number
    said_of = f"{step.body or step.actor}"
    return _("%(body)s, item %(item)s") % {"body": said_of, "item": item} if item else said_of


def _grounds(decision: Decision) -> list[Block]:
    statutes = decision.application.statutes
    blocks: list[Block] = [Heading(_("Why we decided this")), *typed(decision.grounds)]
    if decision.step is not None and decision.step.resolution.strip():
        blocks += [Heading(_("The resolution, as it stands in the minutes"), 2), *typed(decision.step.resolution)]
    legal = _("The decision is made under: %(basis)s.") % {"basis": decision.legal_basis.strip().rstrip(".")}
    if statutes is not None:
        legal += " " + _("The statutes of the scheme are version %(number)d.") % {"number": statutes.version}
    return [*blocks, Heading(_("Legal basis"), 2), said(legal)]


def _conditions(grant: Grant, amount: str) -> list[Block]:
    rows = Condition.objects.filter(grant=grant) if grant.pk else Condition.objects.filter(
        scheme=grant.scheme, grant=None, line=None, stage=Stage.ADOPTED)  # fmt: skip
    rows = rows.filter(binds=Condition.Binds.RECIPIENT).order_by("position", "pk")
    asked = [condition_words(row) for row in rows]
    asked += [
        _("The money is used for the project you applied for. Ask us first if something is to change."),
        _("The grant is at most %(amount)s. If the project costs less than planned, the grant is cut in proportion.")
        % {"amount": amount},
        _("You keep vouchers and let us check the accounts of the project."),
        _("What is paid too much, or used for something else, is paid back."),
    ]
    return [Heading(_("Conditions")), Listing(asked)]


def condition_words(row: Condition) -> str:
    """Return a condition as one line: what, by when, and what more is said of it."""
    parts = [row.title.strip().rstrip(".") + "."]
    if row.description.strip():
        parts.append(" ".join(row.description.split()))
    if row.holdback_percent is not None:
        parts.append(_("%(percent)d per cent is held back until then.") % {"percent": row.holdback_percent})
    if row.due_on is not None:
        parts.append(_("By %(day)s.") % {"day": day(row.due_on)})
    return " ".join(parts)


def _to_do(decision: Decision, grant: Grant) -> list[Block]:
    steps = []
    if decision.accept_by is not None:
        steps.append(_("Accept the grant on My page by %(day)s. If you do not, it lapses.")
                     % {"day": day(decision.accept_by)})  # fmt: skip
    steps.append(_("Ask for the money on My page. Enclose what the conditions ask for."))
    if grant.use_by is not None:
        text = _("Ask for all of it by %(day)s. What is not asked for by then may lapse.")
        steps.append(text % {"day": day(grant.use_by)})
    steps.append(_("When the project is over, you send accounts and tell what came of it, on the same page."))
    return [Heading(_("What you do")), Listing(steps)]


# ---- state aid ----


def _aid(grant: Grant) -> list[Block]:
    aid: AidAssessment | None = AidAssessment.objects.filter(grant=grant).first() if grant.pk else None
    if aid is None:
        return []
    blocks: list[Block] = [Heading(_("State aid"))]
    if aid.basis in MINIMIS:
        return [*blocks, *_minimis(grant, aid.basis)]
    match aid.basis:
        case AidAssessment.Basis.BLOCK_EXEMPTION:
            text = _("The grant is state aid under a block exemption: %(law)s.")
            blocks.append(said(text % {"law": aid.legal_reference.strip().rstrip(".")}))
        case AidAssessment.Basis.NO_AID:
            blocks.append(said(_("We have assessed that the grant is not state aid.")))
        case _other:
            blocks.append(said(_("The activity lies outside the rules on state aid in the EEA Agreement.")))
    return blocks


def _minimis(grant: Grant, basis: str) -> list[Block]:
    """Say what the receiver must know of de minimis aid: which regulation, how much, what it may add up to."""
    on = grant.decided_on
    ceilings = AidCeiling.objects.filter(basis=basis)
    ceiling = (ceilings.filter(valid_from__lte=on) if on else ceilings).order_by("-valid_from").first()
    regulation = regulation_of(basis, ceiling)
    text = _("The grant is de minimis aid under Regulation %(regulation)s%(law)s.")
    if basis == AidAssessment.Basis.SGEI:
        text = _("The grant is de minimis aid for services of general economic interest under Regulation "
                 "%(regulation)s%(law)s.")  # fmt: skip
    blocks: list[Block] = [said(text % regulation)]
    if (found := euro(grant)) is not None:
        amounts = {"euro": _eur(found[0]), "rate": f"{found[1]:.4f}".replace(".", ",")}
        text = _("It counts as %(euro)s euro, at a rate of %(rate)s kroner for one euro.")
        blocks.append(said(text % amounts))
    if ceiling is not None:
        text = _("An undertaking and those linked with it may get at most %(most)s euro of such aid in three years.")
        blocks.append(said(text % {"most": format_number(ceiling.amount_eur)}))
    blocks.append(said(_("We report the aid to the national register of state aid, where anyone can see it. "
                         "If you apply for de minimis aid elsewhere, you must tell of this grant.")))  # fmt: skip
    return blocks


def regulation_of(basis: str, ceiling: AidCeiling | None) -> dict[str, str]:
    """Return the regulation, with the article or the national rule that the ceiling names."""
    number, law = REGULATIONS[basis], ceiling.law.strip().rstrip(".") if ceiling else ""
    if number in law:
        return {"regulation": number + law.partition(number)[2], "law": ""}
    return {"regulation": number, "law": f" ({law})" if law else ""}


def euro(grant: Grant) -> tuple[Decimal, Decimal] | None:
    """Return what the grant is in euro and the rate; by its award, else by the rate of its day."""
    award: AidAward | None = getattr(grant, "award", None) if grant.pk else None
    if award is not None:
        return round(grant.amount_nok / award.nok_per_eur, 2), award.nok_per_eur
    rates = ExchangeRate.objects.filter(day__lte=grant.decided_on) if grant.decided_on else ExchangeRate.objects
    rate = rates.order_by("-day").first()
    return (round(grant.amount_nok / rate.nok_per_eur, 2), rate.nok_per_eur) if rate else None


def _eur(amount: Decimal) -> str:
    whole, _point, cents = f"{amount:.2f}".partition(".")
    return f"{format_number(int(whole))},{cents}"
