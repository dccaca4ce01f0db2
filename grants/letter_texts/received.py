"""What is written while an application is handled: that it came, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from grants.letter_texts.head import day, letter
from portal.letters.content import Block, Heading, LetterContent, Listing, Outcome, said, typed
from portal.money import format_nok

if TYPE_CHECKING:
    import datetime as dt

    from grants.models import Application, Supplement


def received_facts(application: Application) -> list[tuple[str, str]]:
    """Return what was applied for, as it is found again."""
    assert application.received_on is not None
    rows = [
        (_("Project"), application.title),
        (_("Call"), application.call.title),
        (_("Applied for"), format_nok(application.asked_nok) if application.asked_nok is not None else ""),
        (_("Received"), day(application.received_on)),
        (_("Reference"), application.reference),
    ]
    return [(label, value) for label, value in rows if value]


def preliminary(application: Application, on: dt.date) -> LetterContent:
    """Say that the application has come, what happens now, and when an answer can be expected.

    Law: forvaltningsloven § 11 a, an interim reply where the answer takes more than a month (checked 2026-11-22).
    """
    assert application.expected_on is not None
    expected = {"day": day(application.expected_on)}
    closes_at = application.call.closes_at
    blocks: list[Block] = [
        Outcome(_("You can expect an answer by %(day)s.") % expected, received_facts(application)),
        Heading(_("What happens now")),
        Listing([
            _("We read your application and see whether anything is missing. If so, we ask you for it."),
            _("We assess it by the criteria of the call."),
            _("The decision is made by the body or the person who has the authority to make it."),
            _("We tell you as soon as the decision is made. You read it on My page."),
        ]),
    ]  # fmt: skip
    if closes_at is not None:
        text = _("All applications to this call are assessed together after it closes, so we cannot answer at once.")
        blocks.append(said(text))
    blocks += [
        said(_("If it takes longer, we tell you why and when you can expect the answer.")),
        Heading(_("Do you want to ask, add or withdraw something?")),
        said(_("Write to us on the page of the application on My page. There you can withdraw the application too.")),
        said(_("You have the right to see the documents of the case (Public Administration Act sections 18 and 19).")),
    ]
    title = _("We have received your application: %(scheme)s") % {"scheme": application.call.scheme.name}
    return letter(application, title=title, dated_on=on, blocks=blocks)


def supplement(asked: Supplement, on: dt.date) -> LetterContent:
    """Say what is missing, by when it is to be sent and how, and what happens otherwise."""
    application = asked.application
    blocks: list[Block] = [
        Outcome(
            _("We need more from you by %(day)s.") % {"day": day(asked.due_on)},
            [(_("Project"), application.title), (_("Reference"), application.reference)],
        ),
        Heading(_("What we need")),
        *typed(asked.text),
        Heading(_("How you answer")),
        said(_("Open the application on My page. It is open for changes until you send it again.")),
        said(_("Do you need more time? Write to us on the same page before the time is out.")),
        Heading(_("What happens if you do not answer")),
        said(_("Then we decide the application on what we have. It may be refused or not assessed at all.")),
    ]
    title = _("We need more information: %(scheme)s") % {"scheme": application.call.scheme.name}
    return letter(application, title=title, dated_on=on, blocks=blocks, signer=asked.asked_by)
