"""How a party complains and what she may see; and what is written when she has.

Law: forvaltningsloven §§ 18, 19 (access), 28 (body), 29 (three weeks), 31 (late), 32 (how), 33 (reconsidered), 36
(costs) and 42 (that the decision waits), checked 2026-11-22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from grants import fund_rules
from grants.complaining import rules_words
from grants.letter_texts.head import day, letter
from portal.letters.content import Block, Facts, Heading, LetterContent, Listing, Outcome, said, typed

if TYPE_CHECKING:
    import datetime as dt

    from grants.models import Application, Complaint, Decision
    from portal.models import Authority


def complaint_body(decision: Decision) -> str:
    """Return the body a complaint goes to: the council is no body of complaint on what it has decided itself."""
    return rules_words.complaint_body_of(decision).name


def where_to_send(authority: Authority) -> str:
    """Return where a complaint is sent: the portal first, then what addresses are known."""
    ways = [_("on the page of the application on My page")]
    if authority.contact_email:
        ways.append(_("by e-mail to %(address)s") % {"address": authority.contact_email})
    if authority.postal_address:
        ways.append(_("by post to %(address)s") % {"address": f"{authority.full_name}, {authority.postal_address}"})
    return ways[0] if len(ways) == 1 else _("%(some)s or %(last)s") % {"some": ", ".join(ways[:-1]), "last": ways[-1]}


def how_to_complain(decision: Decision) -> list[Block]:
    """Say that the decision can be complained of: when, to whom, how, late, and that it may wait."""
    application = decision.application
    if rules_words.is_final(decision):
        told = _("The complaint body has decided. Its decision cannot be complained of.")
        return [Heading(_("The decision is final")), said(told)]
    facts = {"who": application.authority.full_name, "where": where_to_send(application.authority)}
    return [
        Heading(_("You can complain")),
        said(_("You have three weeks from the day this letter reached you (Public Administration Act section 29). "
               "My page shows the last day. It is enough that you have sent the complaint by then.")),
        said(_("Send the complaint to %(who)s: %(where)s. We look at the case again first. If we do not change the "
               "decision, %(body)s decides.") % {**facts, "body": complaint_body(decision)}),
        Listing([
            _("Write which decision you complain of. The reference is %(reference)s.")
            % {"reference": application.reference},
            _("Write what you want changed, and preferably why."),
            _("A complaint on paper or by e-mail is signed. On My page you sign in instead."),
            _("If you complain too late, write why. We may take up a late complaint for a special reason."),
        ]),
        said(_("The decision holds although you complain. You can ask that it waits until the complaint is decided "
               "(section 42).")),
    ]  # fmt: skip


def access(application: Application) -> list[Block]:
    """Say that she may see the documents, and that we help."""
    found = [
        Heading(_("You can see the documents of the case")),
        said(_("You are a party and have the right to see the documents (sections 18 and 19). You find most of them on "
               "My page. Ask us for the rest.")),
    ]  # fmt: skip
    if application.authority.phone:
        text = _("We help you if you have questions: call %(phone)s, or write to us on My page.")
        found.append(said(text % {"phone": application.authority.phone}))
    else:
        found.append(said(_("We help you if you have questions: write to us on My page.")))
    return found  # type: ignore[return-value]


# ---- when she has ----


def document(complaint: Complaint) -> LetterContent:
    """Return a complaint as it was written, to be read and kept: from whom, on what, in which words."""
    application = complaint.decision.application
    rows = [
        (_("From"), application.applicant_name),
        (_("Sent by"), complaint.sent_by.name if complaint.sent_by else ""),
        (_("Decision"), day(complaint.decision.decided_on)),
        (_("Reference"), application.reference),
        (_("Asks that the decision waits"), _("Yes") if complaint.asks_deferral else ""),
    ]
    blocks: list[Block] = [Facts([(label, value) for label, value in rows if value]), *typed(complaint.text)]
    made = letter(
        application, title=_("Complaint on a decision"), dated_on=complaint.received_on, blocks=blocks,
        case=complaint.case,
    )  # fmt: skip
    made.sender, made.recipient = application.applicant_name, [application.authority.full_name]
    made.signature, made.signed_note, made.contact = [], "", []
    return made


def forwarded(complaint: Complaint, on: dt.date, papers: list[str]) -> LetterContent:
    """Send a complaint to the body that decides it: what is complained of, what we found, and which papers follow."""
    application = complaint.decision.application
    facts = [
        (_("From"), application.applicant_name),
        (_("Received"), day(complaint.received_on)),
        (_("Last day to complain"), day(complaint.due_on)),
        (_("Decision"), day(complaint.decision.decided_on)),
        (_("Reference"), application.reference),
    ]
    told = _("We have looked at the decision again and do not change it. We send the complaint to you, who decides it.")
    blocks: list[Block] = [Outcome(told, facts)]
    if complaint.late_reason.strip():
        blocks += [Heading(_("The complaint came late")), *typed(complaint.late_reason)]
    blocks += [Heading(_("What we found")), *typed(complaint.reconsideration), *_deferral(complaint)]
    if papers:
        blocks += [Heading(_("Papers that follow")), Listing(papers)]
    title = _("Complaint sent to you for decision: %(scheme)s") % {"scheme": application.call.scheme.name}
    made = letter(
        application, title=title, dated_on=on, blocks=blocks, case=complaint.case, signer=complaint.reconsidered_by
    )  # fmt: skip
    made.recipient = [_capital(complaint.complaint_body)]
    return made


def received(complaint: Complaint, on: dt.date) -> LetterContent:
    """Say that the complaint has come, whether it came in time, and who looks at it."""
    decision, application = complaint.decision, complaint.decision.application
    late = fund_rules.is_late(complaint.received_on, complaint.due_on)
    facts = [
        (_("Received"), day(complaint.received_on)),
        (_("Last day to complain"), day(complaint.due_on)),
        (_("Decision"), day(decision.decided_on)),
        (_("Reference"), application.reference),
    ]
    told = _("We have received your complaint, after the last day to complain.") if late else _(
        "We have received your complaint in time.")  # fmt: skip
    steps = [
        _("We look at the decision again, with what you have written."),
        _("If we find reason to, we change the decision. Then you get a new letter."),
        _("If not, we send the complaint to %(body)s and tell you.") % {"body": complaint_body(decision)},
    ]
    if late:
        steps.insert(0, _("First we consider whether there is a special reason to take it up although it is late."))
    blocks: list[Block] = [Outcome(told, facts), Heading(_("What happens now")), Listing(steps), *_deferral(complaint)]
    title = _("We have received your complaint: %(scheme)s") % {"scheme": application.call.scheme.name}
    return letter(application, title=title, dated_on=on, blocks=[*blocks, *access(application)], case=complaint.case)


def answer(complaint: Complaint, on: dt.date) -> LetterContent:
    """Say what came of the complaint: dismissed, upheld, sent on, or decided by the complaint body."""
    application = complaint.decision.application
    body = complaint.complaint_body or complaint_body(complaint.decision)
    told, after = _answered(complaint, body)
    facts = [
        (_("Your complaint of"), day(complaint.received_on)),
        (_("Decision"), day(complaint.decision.decided_on)),
        (_("Decided"), day(complaint.decided_on) if complaint.decided_on else ""),
        (_("Reference"), application.reference),
    ]
    blocks: list[Block] = [Outcome(told, [(label, value) for label, value in facts if value])]
    if complaint.late_reason.strip():
        blocks += [Heading(_("The complaint came late")), *typed(complaint.late_reason)]
    if complaint.reconsideration.strip():
        blocks += [Heading(_("What we found")), *typed(complaint.reconsideration)]
    if complaint.step is not None and complaint.step.resolution.strip():
        blocks += [Heading(_("The resolution, as it stands in the minutes")), *typed(complaint.step.resolution)]
    blocks += [*_deferral(complaint), Heading(_("What happens now")), *[said(text) for text in after]]
    if complaint.state == "dismissed":
        where = {"who": application.authority.full_name, "where": where_to_send(application.authority), "body": body}
        text = _("You can complain of this within three weeks from the day this letter reached you. Send it to "
                 "%(who)s: %(where)s. If we do not change it, %(body)s decides.")  # fmt: skip
        blocks += [Heading(_("You can complain")), said(text % where)]
    title = _("Answer to your complaint: %(scheme)s") % {"scheme": application.call.scheme.name}
    return letter(
        application, title=title, dated_on=on, blocks=[*blocks, *access(application)], case=complaint.case,
        signer=complaint.reconsidered_by if complaint.state != "decided" else complaint.handled_by,
    )  # fmt: skip


def _answered(complaint: Complaint, body: str) -> tuple[str, list[str]]:
    """Return what came of it, and what follows."""
    new = [
        _("You get the new decision in a letter of its own."),
        _("If you had to pay for help to have the decision changed, you can ask us to cover it. Ask within three weeks "
          "from the day the new decision reached you (section 36)."),
    ]  # fmt: skip
    final = [_("The decision of the complaint body cannot be complained of.")]
    match complaint.state:
        case "dismissed":
            return _("We do not take up your complaint."), [_("The decision stands.")]
        case "upheld":
            return _("We have looked at the decision again and change it."), new
        case "forwarded":
            told = _("We have looked at the decision again and do not change it.")
            return told, [_("We have sent the complaint to %(body)s, who decides. They or we tell you.")
                          % {"body": body}]  # fmt: skip
        case "withdrawn":
            return _("You have withdrawn your complaint."), [_("The decision stands.")]
    match complaint.outcome:
        case "changed":
            return _("%(body)s has changed the decision.") % {"body": _capital(body)}, [*new, *final]
        case "annulled":
            told = _("%(body)s has annulled the decision.") % {"body": _capital(body)}
            return told, [_("We handle your application anew. You get a new decision.")]
    return _("%(body)s has decided that the decision stands.") % {"body": _capital(body)}, final


def _deferral(complaint: Complaint) -> list[Block]:
    if not complaint.asks_deferral:
        return []
    found: list[Block] = [Heading(_("Whether the decision waits"))]
    if complaint.deferral.strip():
        return [*found, *typed(complaint.deferral)]
    return [*found, said(_("You have asked that the decision waits. We answer that as soon as we can."))]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
