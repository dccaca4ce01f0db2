"""What a person's own page and an organisation's page read: each list with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal import due, due_lines, round_lists, rules, wiring
from portal.acting_for import mandate_invitations, mandates, organisation_inputs
from portal.calendar import Precision, format_precise
from portal.models import Input, InputDraft, InputRound, Mandate, MandateInvitation, MandateRequest, Reach
from portal.templatetags.portal_tags import clock, long_date, short_date

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.models import Organisation, User

ANSWERED = Q(answer__isnull=False, round__answers_published_at__isnull=False)
"""An input whose answer its contributor has got."""
WAITING_SHOWN = 6
REFUSED_SHOWN = dt.timedelta(days=90)
ENDS_SOON = 14
"""Days before a mandate's end that the pages begin to say how near it is."""


# ---- the person ----


def has_confirmed_address(user: Any) -> bool:
    """Say whether the account's address is known to be hers; one who came in by a code has just shown it."""
    if not getattr(user, "is_authenticated", False):
        return False
    mark = getattr(user, "mark", None)
    if mark is not None and mark.method == "code":
        return True
    return EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()


def inputs_by(user: Any) -> QuerySet[Input]:
    """Return a person's own inputs: those she sent signed in, and those given with an address that is hers."""
    own = Q(sent_by=user)
    if has_confirmed_address(user):
        own |= Q(address__iexact=user.email)
    rows = Input.objects.filter(own, organisation=None, round__in=InputRound.objects.public())
    return rows.select_related("round__authority", "answer", "web_choice").order_by("-registered_at", "-pk")


def readable_input(user: Any, round_: InputRound, number: int) -> Input | None:
    """Return an input of a round if it is this person's own, or of an organisation she has a mandate for today."""
    if not user.is_authenticated:
        return None
    row = Input.objects.filter(round=round_, number=number).select_related("answer", "web_choice", "sent_by").first()
    if row is None or row.organisation_id is None:
        return row if row is not None and inputs_by(user).filter(pk=row.pk).exists() else None
    reach = mandates.reach_in(user, row.organisation_id, on=timezone.localdate(), mark=getattr(user, "mark", None))
    return row if reach is not None else None


def waits_for(user: User, today: dt.date, acting: list[Acting]) -> dict[str, Any]:
    """Return what waits for a person, the late and the near first: what has a date, and drafts in rounds that close."""
    dated = due_lines.lines_of(due.of_person(user, today, today + due_lines.AHEAD), today)
    unsent = [draft for row in acting for draft in row.unsent]
    drafts = [line for draft in unsent if (line := draft_as_due(draft, user, today)) is not None]
    lines = sorted([*dated, *drafts], key=lambda line: line.days_left)
    return {
        "waiting": lines[:WAITING_SHOWN], "dated": len(dated), "count": len(lines),
        "sentence": due_lines.how_it_stands(lines),
    }  # fmt: skip


def draft_as_due(draft: InputDraft, user: User, today: dt.date) -> due_lines.Line | None:
    """Return an unsent draft as something with a date; nothing where its round has none."""
    round_ = draft.round
    last = rules.last_day_of(round_.facts)
    if last is None:
        return None
    precision, language = Precision(round_.due_precision), get_language() or "nb"
    return due_lines.Line(
        title=_("Finish the input “%(title)s”") % {"title": round_.title}, url=address_of(draft.organisation, round_),
        kind=_("Draft for %(organisation)s") % {"organisation": draft.organisation}, what="organisation_draft",
        part_of="", authority=round_.authority.name, language=language,
        when=format_precise(last, precision, language), distance=due_lines.distance(last, today, precision),
        days_left=(last - today).days, who=user.pk, is_leaders=False,
    )  # fmt: skip


def requests_of(user: User, now: dt.datetime) -> list[MandateRequest]:
    """Return a person's requests to act: those that wait, and those refused lately."""
    refused = Q(state=MandateRequest.State.REFUSED, decided_at__gt=now - REFUSED_SHOWN)
    rows = MandateRequest.objects.filter(Q(state=MandateRequest.State.WAITING) | refused, user=user)
    return list(rows.select_related("authority").order_by("asked_at", "pk"))


def invitations_to(user: User, now: dt.datetime) -> list[MandateInvitation]:
    """Return the invitations that lie in this person's mailbox, if the address is known to be hers."""
    if not has_confirmed_address(user):
        return []
    waiting = mandate_invitations.ROWS.filter(
        address__iexact=user.email, accepted_at=None, withdrawn_at=None, sent_at__gt=now - mandate_invitations.LIFETIME
    )
    return list(waiting.order_by("pk"))


# ---- the organisations she has a mandate for ----


@dataclass
class Acting:
    """An organisation a person has a mandate for, and what is going on in it."""

    organisation: Organisation
    mandates: list[Mandate] = field(default_factory=list)
    unsent: list[InputDraft] = field(default_factory=list)
    """Drafts that can still be sent."""
    unanswered: int = 0
    answered: int = 0
    panels: list[dict[str, Any]] = field(default_factory=list)
    """What the areas have of it (`wiring.OWN_PANELS`)."""

    @property
    def acts(self) -> bool:
        return any(mandate.acts for mandate in self.mandates)

    @property
    def until(self) -> dt.date:
        """The last day she may do what she may do now."""
        reach = Reach.ACTS if self.acts else Reach.DRAFTS
        return max(mandate.valid_to for mandate in self.mandates if mandate.reach == reach)

    @property
    def standing(self) -> str:
        """What presses most, as a standing; nothing where nothing goes on."""
        if self.unsent:
            return "input_draft"
        return "input_received" if self.unanswered else "input_answered" if self.answered else ""

    @property
    def going_on(self) -> str:
        """What is going on, in a sentence for each kind."""
        drafts, unanswered, answered = len(self.unsent), self.unanswered, self.answered
        said = {
            ngettext("%d draft is not sent.", "%d drafts are not sent.", drafts): drafts,
            ngettext("%d input waits for an answer.", "%d inputs wait for an answer.", unanswered): unanswered,
            ngettext("%d input is answered.", "%d inputs are answered.", answered): answered,
        }
        words = " ".join(text % number for text, number in said.items() if number)
        return words or ("" if self.panels else _("Nothing is going on now."))


def acts_for(user: User, today: dt.date) -> list[Acting]:
    """Return the organisations a person has a mandate for today, with what is going on; three queries."""
    found: dict[int, Acting] = {}
    for mandate in mandates.held_by(user, today):
        row = found.setdefault(mandate.organisation_id, Acting(mandate.organisation))
        row.organisation.authority = mandate.authority
        row.mandates.append(mandate)
    if not found:
        return []
    for draft in InputDraft.objects.filter(organisation__in=found).select_related("round__authority", "organisation"):
        if not organisation_inputs.obstacle(draft.round, today):
            found[draft.organisation_id].unsent.append(draft)
    given = Input.objects.filter(organisation__in=found).order_by().values("organisation")
    counted = given.annotate(total=Count("pk"), done=Count("pk", filter=ANSWERED))
    for pk, total, done in counted.values_list("organisation", "total", "done"):
        found[pk].unanswered, found[pk].answered = total - done, done
    for pk, panels in wiring.own_panels([row.organisation for row in found.values()], user, today).items():
        found[pk].panels = panels
    return list(found.values())


# ---- one organisation ----


def address_of(organisation: Organisation, round_: InputRound) -> str:
    return reverse("organisation_input", args=[organisation.pk, round_.pk])


def inputs_in(organisation: Organisation) -> QuerySet[Input]:
    """Return what the organisation has sent, the newest first."""
    rows = Input.objects.filter(organisation=organisation)
    return rows.select_related("round__authority", "answer", "web_choice", "sent_by").order_by("-registered_at", "-pk")


def drafts_in(organisation: Organisation, today: dt.date) -> list[dict[str, Any]]:
    """Return the organisation's unsent drafts as lines, the first due first."""
    rows = list(organisation_inputs.drafts_of(organisation).select_related("edited_by", "round"))
    for row in rows:
        row.round.authority = organisation.authority
    rows.sort(key=lambda row: (rules.last_day_of(row.round.facts) is None, rules.last_day_of(row.round.facts), row.pk))
    return [draft_line(organisation, row, today) for row in rows]


def draft_line(organisation: Organisation, draft: InputDraft, today: dt.date) -> dict[str, Any]:
    """Return an unsent draft in words: who sees it, and until when it can be sent."""
    line = round_lists.line_of(draft.round, today)
    removed = organisation_inputs.removed_on(draft, today)
    text = _("Only you who have a mandate see the draft.")
    if organisation_inputs.obstacle(draft.round, today):
        text = _("The round takes no more input, so it was never sent.")
    return {
        "title": draft.round.title, "url": address_of(organisation, draft.round), "state": "input_draft",
        "language": organisation.authority.language_form, "meta": saved_words(draft, today), "text": text,
        "when": _("We delete it %(date)s") % {"date": long_date(removed)} if removed else line["due"],
        "invented": draft.round.invented, "round": draft.round_id,
    }  # fmt: skip


def saved_words(draft: InputDraft, today: dt.date) -> str:
    """Return when a draft was last saved and by whom: the clock today, the date before that."""
    at = timezone.localtime(draft.edited_at or draft.created_at)
    when = clock(at) if at.date() == today else short_date(at)
    if draft.edited_by is None:
        return _("Saved %(when)s") % {"when": when}
    return _("Saved %(when)s by %(name)s") % {"when": when, "name": draft.edited_by}


def input_line(row: Input, today: dt.date, *, url: str = "") -> dict[str, Any]:
    """Return an input in words: where it stands, what happens now, and when."""
    round_, answer = row.round, getattr(row, "answer", None)
    is_answered = answer is not None and round_.answers_published_at is not None
    number = _("Input no. %(number)d") % {"number": row.number}
    return {
        "title": round_.title, "language": round_.authority.language_form, "meta": f"{number}. {round_.authority.name}",
        "url": url or reverse("input_receipt", args=[round_.authority.slug, round_.slug]) + f"?nr={row.number}",
        "state": f"input_{answer.consequence}" if is_answered else "input_received",
        "text": _("We have answered.") if is_answered else answer_words(round_, today), "is_late": row.is_late,
        "when": _("Answered %(date)s") % {"date": short_date(round_.answers_published_at)}
        if is_answered
        else _("Sent %(date)s") % {"date": short_date(row.received_on)},
        "invented": row.invented,
    }  # fmt: skip


def answer_words(round_: InputRound, today: dt.date) -> str:
    """Return when the answer comes, as it was promised."""
    if round_.answer_due_on is None:
        return _("We read it and answer. No date is set for the answer.")
    date = {"date": long_date(round_.answer_due_on)}
    if round_.answer_due_on < today:
        return _("The answer was due %(date)s. It is late.") % date
    return _("We read it and answer by %(date)s.") % date


def open_rounds(organisation: Organisation, today: dt.date, begun: set[int]) -> list[dict[str, Any]]:
    """Return the authority's rounds the organisation could answer and has not begun on, the first due first."""
    taken = begun | set(Input.objects.filter(organisation=organisation).values_list("round_id", flat=True))
    lines = round_lists.lines_of(organisation.authority, today)
    fits = [
        {**line, "url": address_of(organisation, line["round"])}
        for line in lines
        if not organisation_inputs.obstacle(line["round"], today) and line["round"].pk not in taken
    ]
    return sorted(fits, key=round_lists.first_due)


def who_may(organisation: Organisation, today: dt.date) -> list[Mandate]:
    """Return the mandates that hold, those who act first, each with its person and who invited her; one query."""
    rows = Mandate.objects.holding(today).filter(organisation=organisation, user__is_active=True)
    found = list(rows.select_related("user", "invited_by__user"))
    for row in found:
        row.days_left = (row.valid_to - today).days
        row.ends_soon = row.days_left <= ENDS_SOON
        row.rests_on = rests_on(row)
    return sorted(found, key=lambda row: (not row.acts, row.user.name.casefold(), row.pk))


def rests_on(mandate: Mandate) -> str:
    """Return in words what a mandate rests on."""
    if mandate.invited_by is not None:
        return _("Invited by %(name)s") % {"name": mandate.invited_by.user}
    words = {
        Mandate.Source.ANSATTPORTEN: _("Access in Altinn, shown through Ansattporten"),
        Mandate.Source.REGISTER: _("Role in the register of business enterprises"),
        Mandate.Source.OFFICER: _("Confirmed by an officer, with a document"),
    }
    said = words.get(Mandate.Source(mandate.source), mandate.get_source_display())
    return f"{said}: {mandate.role}" if mandate.role else str(said)
