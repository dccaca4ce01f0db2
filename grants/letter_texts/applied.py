"""An application as it was sent, as one document that can be read without the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grants import fund_rules
from grants.applying import content as typed_in
from grants.applying import content_words as words
from grants.letter_texts.head import contact_of, day, letter, moment, number_of
from portal.calendar import oslo_today
from portal.letters.content import Block, Column, Facts, Heading, LetterContent, Listing, Outcome, Table, said, typed
from portal.money import format_nok, format_number

if TYPE_CHECKING:
    from grants.applying.content import Content, Reading
    from grants.models import Application, ApplicationVersion


def content(version: ApplicationVersion) -> LetterContent:
    """Return what was sent, in the page's order: who, what, answers, money, aid, attachments, and what was declared."""
    application = version.application
    written = typed_in.of(version.content)
    reading = typed_in.read(written, own_work_nok=application.call.own_work_nok)
    blocks: list[Block] = [
        Outcome(written.title or _("Application without a title"), _sent(version)),
        Heading(_("Who applies")), Facts(_who(application, written)),
        Heading(_("The project")), Facts(_project(written)), *typed(written.summary),
        *_answers(application, written), *_costs(written, reading), *_financing(written, reading),
        *_aid(written), *_files(application), *_declared(version, written),
    ]  # fmt: skip
    made = letter(
        application, title=_("Application to %(scheme)s") % {"scheme": application.call.scheme.name},
        dated_on=oslo_today(version.sent_at), blocks=blocks,
    )  # fmt: skip
    made.recipient, made.signature, made.signed_note = [application.authority.full_name], [], ""
    made.labels = [(_("Date"), day(made.dated_on)), (_("Reference"), application.reference)]
    made.sender, made.contact = application.applicant_name, contact_of(application.authority)[:1]
    return made


def _sent(version: ApplicationVersion) -> list[tuple[str, str]]:
    of = version.application
    at = localtime(version.sent_at)
    return words.filled([
        (_("Call"), of.call.title), (_("Reference"), of.reference), (_("How it came"), str(of.get_source_display())),
        (_("Received"), day(of.received_on) if of.received_on else ""), (_("Sent"), moment(at)),
        (_("Version"), str(version.number) if version.number > 1 else ""),
        (_("Answers what we asked for"), date_format(localtime(version.supplement.asked_at), "j.n.Y")
         if version.supplement else ""),
    ])  # fmt: skip


def _who(application: Application, written: Content) -> list[tuple[str, str]]:
    return words.filled([
        (_("Applicant"), application.applicant_name), (_("Organisation number"), number_of(application)),
        (_("Contact person"), written.contact_name), (_("Telephone"), written.contact_phone),
        (_("E-mail"), written.contact_email),
        (_("Registered for VAT"), words.yes_no(written.is_vat_registered)),
    ])  # fmt: skip


def _project(written: Content) -> list[tuple[str, str]]:
    return words.filled([
        (_("Starts"), written.starts_on), (_("Ends"), written.ends_on), (_("New jobs"), written.jobs),
    ])  # fmt: skip


# ---- answers ----


def _answers(application: Application, written: Content) -> list[Block]:
    blocks: list[Block] = []
    for text, answer in words.answers(written, list(application.call.questions.order_by("position", "pk"))):
        blocks += [Heading(text, 2), *(typed(answer) or [said(_("Not answered."), "note")])]
    return [Heading(_("Answers")), *blocks] if blocks else []


# ---- money ----


def _costs(written: Content, reading: Reading) -> list[Block]:
    kinds = words.kinds_of_cost()
    if not written.costs:
        return []
    hours = _("hours")
    rows = [
        [kinds.get(row.kind, row.kind), f"{row.text} ({row.hours} {hours})" if row.hours.strip() else row.text,
         format_number(amount)]
        for row, amount in zip(written.costs, reading.costs, strict=True)
    ]  # fmt: skip
    heads = [Column(_("Kind"), 0.24), Column(_("What"), 0.54), Column(_("Kroner"), 0.22, is_number=True)]
    total = [_("Total"), "", format_number(sum(reading.costs))]
    return [Heading(_("Costs")), Table(_("Costs"), heads, rows, total)]


def _financing(written: Content, reading: Reading) -> list[Block]:
    payers = words.payers()
    if not written.financing:
        return []
    found = fund_rules.sums(written, reading)
    rows = []
    for row, amount in zip(written.financing, reading.financing, strict=True):
        text = row.text
        if row.payer == typed_in.PUBLIC:
            stands = _("granted") if row.is_granted else _("applied for")
            text = f"{text} ({stands})".strip()
        rows.append([payers.get(row.payer, row.payer), text, format_number(amount), _share(found, amount)])
    heads = [
        Column(_("Who pays"), 0.26), Column(_("What"), 0.36), Column(_("Kroner"), 0.22, is_number=True),
        Column(_("Share"), 0.16, is_number=True),
    ]  # fmt: skip
    total = [_("Total"), "", format_number(found.financing_nok), _share(found, found.financing_nok)]
    return [Heading(_("Who pays")), Table(_("Who pays"), heads, rows, total)]


def _share(found: fund_rules.Sums, part: int) -> str:
    share: Any = found.permille(part)
    return "" if share is None else f"{share // 10},{share % 10}\u00a0%"


# ---- aid, attachments, declaration ----


def _aid(written: Content) -> list[Block]:
    if written.has_earlier_aid is None and written.has_linked is None:
        return []
    blocks: list[Block] = [Heading(_("Public support before"))]
    if not written.earlier_aid:
        blocks.append(said(_("The applicant says that no public support was received in the last three years.")))
    else:
        heads = [Column(_("From"), 0.5), Column(_("Decided"), 0.25), Column(_("Kroner"), 0.25, is_number=True)]
        rows = [[row.giver, row.decided_on, row.amount] for row in written.earlier_aid]
        blocks.append(Table(_("Public support before"), heads, rows))
    if written.linked:
        blocks += [
            Heading(_("Linked companies"), 2),
            Listing([" · ".join(filter(str.strip, (row.name, row.number, row.why))) for row in written.linked]),
        ]
    elif written.has_linked is False:
        blocks.append(said(_("The applicant says that no other companies are linked with it.")))
    return blocks


def _files(application: Application) -> list[Block]:
    files = application.files.select_related("requirement", "question").order_by("pk")
    rows = [
        f"{row.requirement or row.question}: {row.filename}" if row.requirement or row.question else row.filename
        for row in files
    ]
    return [Heading(_("Attachments")), Listing(rows)] if rows else []


def _declared(version: ApplicationVersion, written: Content) -> list[Block]:
    blocks: list[Block] = [Heading(_("Declared"))]
    if written.declared:
        blocks.append(said(_("The applicant has declared that what is said here is right and whole.")))
    who = version.sent_by.name if version.sent_by else ""
    asked = version.application.asked_nok
    facts = words.filled([
        (_("Sent by"), who), (_("Applied for"), format_nok(asked) if asked is not None else ""),
        (_("SHA-256 of what was sent"), version.sha256),
    ])  # fmt: skip
    return [*blocks, Facts(facts)]
