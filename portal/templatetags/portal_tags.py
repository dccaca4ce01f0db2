"""Small words and marks every page uses: standing, icons, money, dates, what is made up.

The table of status words stands here and nowhere else.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from portal import money, permissions
from portal.calendar import Precision, format_precise

register = template.Library()

SPRITE = "img/icons.svg"
THEMES = frozenset(
    ("portal", "halden", "sarpsborg", "ostre-toten", "indre-ostfold", "kongsvinger", "gjovik", "aremark")
)


class Standing(NamedTuple):
    """How one standing is shown: always icon, word and colour together."""

    icon: str
    word: str | Promise
    colour: str


STANDINGS: dict[str, Standing] = {
    # Measures. The word is what the reader sees; on_track is never the authority's accent, which may be red.
    "late": Standing("late", gettext_lazy("Late"), "danger"),
    "at_risk": Standing("risk", gettext_lazy("May be late"), "warning"),
    "on_track": Standing("ok", gettext_lazy("On track"), "info"),
    "done": Standing("done", gettext_lazy("Completed"), "success"),
    "not_started": Standing("new", gettext_lazy("Not started"), "neutral"),
    "on_hold": Standing("wait", gettext_lazy("On hold"), "neutral"),
    "undated": Standing("undated", gettext_lazy("No due date"), "neutral"),
    "cancelled": Standing("cancelled", gettext_lazy("Cancelled"), "neutral"),
    # The second mark, beside the standing and never instead of it.
    "not_reported": Standing("norep", gettext_lazy("Not reported"), "warning"),
    # Targets, by `strategy.rules.TargetStanding`.
    "on_course": Standing("ok", pgettext_lazy("goal", "On course"), "info"),
    "reached": Standing("done", pgettext_lazy("goal", "Reached"), "success"),
    "behind": Standing("behind", gettext_lazy("Behind"), "warning"),
    "wrong_way": Standing("down", gettext_lazy("Wrong way"), "danger"),
    "measurement_overdue": Standing("norep", gettext_lazy("Measurement overdue"), "warning"),
    "no_baseline": Standing("undated", gettext_lazy("No baseline"), "neutral"),
    "no_data": Standing("undated", gettext_lazy("No measurement"), "neutral"),
    # Input rounds, by `portal.rules.RoundState`.
    "round_draft": Standing("wait", pgettext_lazy("round", "Not published"), "warning"),
    "round_upcoming": Standing("wait", pgettext_lazy("round", "To come"), "neutral"),
    "round_open": Standing("talk", pgettext_lazy("round", "Open"), "info"),
    "round_overdue": Standing("risk", pgettext_lazy("round", "Past due, still open"), "warning"),
    "round_closed": Standing("cancelled", pgettext_lazy("round", "Closed"), "neutral"),
    "round_answered": Standing("done", pgettext_lazy("round", "Answered"), "success"),
    # Reporting periods, by `strategy.rules.PeriodState`, and reports in one.
    "period_planned": Standing("wait", pgettext_lazy("period", "To come"), "neutral"),
    "period_open": Standing("talk", pgettext_lazy("period", "Open"), "info"),
    "period_overdue": Standing("risk", pgettext_lazy("period", "Past due"), "warning"),
    "period_closed": Standing("cancelled", pgettext_lazy("period", "Closed"), "neutral"),
    "report_returned": Standing("talk", gettext_lazy("Sent back"), "warning"),
    # What followed from an input, by `InputAnswer.Consequence`.
    "input_taken_in": Standing("done", gettext_lazy("Taken in"), "success"),
    "input_partly": Standing("behind", gettext_lazy("Partly taken in"), "warning"),
    "input_not": Standing("cancelled", gettext_lazy("Not taken in"), "neutral"),
    "input_noted": Standing("check", gettext_lazy("Noted"), "info"),
    # Where an input stands for the one who gives it, before the answer says what followed.
    "input_draft": Standing("undated", pgettext_lazy("input", "Draft"), "neutral"),
    "input_received": Standing("ok", pgettext_lazy("input", "Received"), "info"),
    "input_answered": Standing("done", pgettext_lazy("input", "Answered"), "success"),
    "input_late": Standing("risk", gettext_lazy("Came after the due date"), "warning"),
    # A request to act for an organisation that has no answer yet.
    "mandate_waiting": Standing("wait", pgettext_lazy("request", "Waiting"), "neutral"),
    # What the next action part makes of a measure, by `strategy.part_lines.KINDS`.
    "part_new": Standing("ok", pgettext_lazy("measure", "New"), "info"),
    "part_continued": Standing("check", gettext_lazy("Continued"), "neutral"),
    "part_reworded": Standing("talk", gettext_lazy("Changed wording"), "warning"),
    "part_dropped": Standing("cancelled", gettext_lazy("Taken out"), "danger"),
    # Conditions of support, by `grants.models.Condition.State` and their years.
    "condition_open": Standing("undated", gettext_lazy("Not documented"), "neutral"),
    "condition_partly": Standing("ok", gettext_lazy("Partly documented"), "info"),
    "condition_met": Standing("done", pgettext_lazy("condition", "Met"), "success"),
    "condition_waived": Standing("cancelled", pgettext_lazy("condition", "Waived"), "neutral"),
    "condition_late": Standing("late", pgettext_lazy("condition", "Date passed, not documented"), "danger"),
    "condition_to_come": Standing("new", pgettext_lazy("condition", "Not begun"), "neutral"),
    "condition_proposed": Standing("wait", pgettext_lazy("condition", "Recommended, not adopted"), "neutral"),
    # Grants, by `grants.models.Grant.State`.
    "grant_proposed": Standing("wait", pgettext_lazy("grant", "Being assessed"), "neutral"),
    "grant_granted": Standing("ok", pgettext_lazy("grant", "Granted"), "info"),
    "grant_finished": Standing("done", pgettext_lazy("grant", "Finished"), "success"),
    "grant_lapsed": Standing("cancelled", pgettext_lazy("grant", "Lapsed"), "neutral"),
    "grant_declined": Standing("cancelled", pgettext_lazy("grant", "Not granted"), "neutral"),
    "grant_annulled": Standing("cancelled", pgettext_lazy("grant", "Annulled"), "danger"),
    # Applications, by `grants.states`.
    "application_draft": Standing("undated", pgettext_lazy("application", "Draft"), "neutral"),
    "application_closed": Standing("cancelled", pgettext_lazy("application", "Not sent in time"), "neutral"),
    "application_new": Standing("new", pgettext_lazy("application", "Received"), "info"),
    "application_received": Standing("ok", gettext_lazy("Being handled"), "info"),
    "application_waits": Standing("wait", gettext_lazy("Waits for the applicant"), "warning"),
    "application_meeting": Standing("talk", gettext_lazy("At the meeting"), "info"),
    "application_decide": Standing("check", gettext_lazy("Assessed"), "info"),
    "application_granted": Standing("done", pgettext_lazy("application", "Granted"), "success"),
    "application_answer": Standing("done", pgettext_lazy("application", "Granted"), "success"),
    "application_finished": Standing("done", pgettext_lazy("application", "Finished"), "success"),
    "application_lapsed": Standing("cancelled", pgettext_lazy("application", "Lapsed"), "neutral"),
    "application_refused": Standing("cancelled", pgettext_lazy("application", "Refused"), "neutral"),
    "application_dismissed": Standing("cancelled", pgettext_lazy("application", "Dismissed"), "neutral"),
    "application_withdrawn": Standing("cancelled", pgettext_lazy("application", "Withdrawn"), "neutral"),
    "application_complaint": Standing("talk", gettext_lazy("Complaint under way"), "warning"),
    # Calls of a fund, by `grants.calls.public_calls.state_of`.
    "call_draft": Standing("wait", pgettext_lazy("call", "Not announced"), "warning"),
    "call_upcoming": Standing("new", pgettext_lazy("call", "Opens soon"), "neutral"),
    "call_open": Standing("ok", pgettext_lazy("call", "Open"), "info"),
    "call_closed": Standing("cancelled", pgettext_lazy("call", "Closed"), "neutral"),
    # Prize rounds as everyone reads them, by `awards.rules.Phase`.
    "prize_draft": Standing("wait", pgettext_lazy("prize round", "Not published"), "warning"),
    "prize_upcoming": Standing("new", pgettext_lazy("prize round", "Opens soon"), "neutral"),
    "prize_open": Standing("talk", pgettext_lazy("prize round", "Open for nominations"), "info"),
    "prize_closed": Standing("wait", pgettext_lazy("prize round", "Nominations have closed"), "neutral"),
    "prize_judging": Standing("check", pgettext_lazy("prize round", "The jury is at work"), "neutral"),
    "prize_vote_upcoming": Standing("wait", pgettext_lazy("prize round", "The vote opens soon"), "neutral"),
    "prize_voting": Standing("talk", pgettext_lazy("prize round", "Public vote is open"), "info"),
    "prize_vote_closed": Standing("wait", pgettext_lazy("prize round", "The vote has closed"), "neutral"),
    "prize_decided": Standing("wait", pgettext_lazy("prize round", "Before the ceremony"), "neutral"),
    "prize_announced": Standing("done", pgettext_lazy("prize round", "Awarded"), "success"),
    "prize_cancelled": Standing("cancelled", pgettext_lazy("prize round", "Cancelled"), "neutral"),
    # Papers of a grant, by the states of `FinancingSource` and `GrantReport`.
    "paper_pledged": Standing("undated", pgettext_lazy("financing", "Pledged, not documented"), "neutral"),
    "paper_awaited": Standing("undated", pgettext_lazy("report", "Not sent"), "neutral"),
    "paper_sent": Standing("wait", gettext_lazy("Sent, waits to be read"), "info"),
    "paper_returned": Standing("talk", gettext_lazy("Needs something more"), "warning"),
    "paper_documented": Standing("done", pgettext_lazy("financing", "Documented"), "success"),
    "paper_approved": Standing("done", pgettext_lazy("report", "Approved"), "success"),
    # Payouts, by `grants.models.Payout.State`.
    "payout_asked": Standing("new", pgettext_lazy("payout", "Asked for"), "neutral"),
    "payout_prepared": Standing("ok", pgettext_lazy("payout", "Prepared"), "info"),
    "payout_attested": Standing("ok", pgettext_lazy("payout", "Attested"), "info"),
    "payout_approved": Standing("check", pgettext_lazy("payout", "Approved"), "info"),
    "payout_sent": Standing("ok", pgettext_lazy("payout", "Sent to payment"), "info"),
    "payout_paid": Standing("done", pgettext_lazy("payout", "Paid"), "success"),
    "payout_returned": Standing("behind", pgettext_lazy("payout", "Came back from the bank"), "warning"),
    "payout_cancelled": Standing("cancelled", pgettext_lazy("payout", "Cancelled"), "neutral"),
    # Plan documents on their way to become plans, by `strategy.models.PlanImport.State`.
    "document_waiting": Standing("wait", pgettext_lazy("plan document", "Waits to be read"), "neutral"),
    "document_reading": Standing("wait", pgettext_lazy("plan document", "Is being read"), "info"),
    "document_ready": Standing("talk", pgettext_lazy("plan document", "To be gone through"), "warning"),
    "document_refused": Standing("cancelled", pgettext_lazy("plan document", "Could not be read"), "danger"),
    "document_applied": Standing("done", pgettext_lazy("plan document", "Taken into a plan"), "success"),
    "document_discarded": Standing("undated", pgettext_lazy("plan document", "Put away"), "neutral"),
    # How one stands in a case by what she has declared, by `portal.impartiality.Standing`.
    "impartial_unanswered": Standing("wait", pgettext_lazy("impartiality", "Not answered"), "warning"),
    "impartial_impartial": Standing("done", pgettext_lazy("impartiality", "No ties"), "success"),
    "impartial_tied": Standing("talk", pgettext_lazy("impartiality", "Tie, waits for a ruling"), "warning"),
    "impartial_disqualified": Standing("cancelled", pgettext_lazy("impartiality", "Disqualified"), "danger"),
    "impartial_ruled_impartial": Standing("check", pgettext_lazy("impartiality", "Ruled impartial"), "info"),
}

OUTCOMES: dict[str, Standing] = {
    # What a body made of a case.
    "adopted": Standing("done", gettext_lazy("Adopted"), "success"),
    "amended": Standing("done", gettext_lazy("Adopted with changes"), "success"),
    "rejected": Standing("cancelled", gettext_lazy("Rejected"), "danger"),
    "postponed": Standing("wait", gettext_lazy("Postponed"), "warning"),
    "noted": Standing("check", gettext_lazy("Noted"), "neutral"),
    "pending": Standing("new", gettext_lazy("Not decided"), "neutral"),
    "not_registered": Standing("norep", gettext_lazy("Outcome not registered"), "warning"),
}


def icon_html(name: str, css: str = "") -> SafeString:
    """Return one icon of the sprite, hidden from screen readers: the word beside it says the same."""
    klass = format_html(' class="{}"', css) if css else ""
    return format_html('<svg aria-hidden="true"{}><use href="{}#i-{}"/></svg>', klass, static(SPRITE), name)


def standing_html(code: str) -> SafeString:
    """Return the mark of a standing in the active language. Cheap: for rows written out in a loop."""
    return _standing_html(code, get_language() or "")


@lru_cache(maxsize=256)
def _standing_html(code: str, _language: str) -> SafeString:
    shown = STANDINGS[code]
    return format_html(
        '<span class="ds-tag p-st" data-color="{}">{}{}</span>', shown.colour, icon_html(shown.icon), shown.word
    )


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """{% icon "late" "p-ico" %}"""
    return icon_html(name, css)


@register.simple_tag
def standing(code: str) -> SafeString:
    """{% standing "late" %}: icon, word and colour."""
    return standing_html(code)


@register.simple_tag
def outcome(code: str) -> SafeString:
    """{% outcome "adopted" %}: what a body decided, by icon, word and colour."""
    shown = OUTCOMES[code]
    return format_html(
        '<span class="ds-tag p-st" data-color="{}">{}{}</span>', shown.colour, icon_html(shown.icon), shown.word
    )


@register.filter
def works_at(user: Any, authority: Any) -> bool:
    """Say whether the reader does casework at an authority, so that its menu leads to her desk there."""
    return permissions.does_casework(user, getattr(authority, "pk", 0))


@register.simple_tag
def standing_as(code: str, word: str) -> SafeString:
    """{% standing_as shown.standing shown.word %}: a standing's mark with the word that fits its reader."""
    shown = STANDINGS[code]
    return format_html(
        '<span class="ds-tag p-st" data-color="{}">{}{}</span>', shown.colour, icon_html(shown.icon), word
    )


@register.filter
def standing_word(code: str) -> str:
    return str(STANDINGS[code].word)


@register.filter
def standing_icon(code: str) -> SafeString:
    """The icon alone, for lists where word and number stand in their own columns."""
    return icon_html(STANDINGS[code].icon)


@register.simple_tag
def invented() -> SafeString:
    """The mark of something made up for the demonstration. The word is Norwegian in every language, as announced."""
    return format_html('<span class="p-opp" lang="nb">{}</span>', "oppdiktet")


@register.filter
def kroner(value: int | None) -> str:
    """12500 → "kr 12 500"; nothing for None, so that the page says in words what is missing."""
    return "" if value is None else money.format_nok(value)


@register.filter
def signed_kroner(value: int | None) -> str:
    """200000 → "+ kr 200 000", for what an amount has changed by."""
    return "" if value is None else money.format_nok(value, signed=True)


@register.filter
def number(value: int | Decimal | None) -> str:
    return "" if value is None else money.format_number(value)


@register.filter
def percent(value: Decimal | float | None, places: int = 1) -> str:
    """59.3 → "59,3 %"."""
    return "" if value is None else money.format_percent(Decimal(str(value)), places)


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _stated(value: date | datetime | None, precision: str, *, in_text: bool) -> str:
    if value is None:
        return ""
    value = _local(value)
    day = value.date() if isinstance(value, datetime) else value
    return format_precise(day, Precision(precision), get_language() or "nb", in_text=in_text)


@register.filter
def short_date(value: date | datetime | None, precision: str = "day") -> str:
    """7.9.2026, for tables; never more precise than what was stated. Nothing for None: the page says it in words."""
    return _stated(value, precision, in_text=False)


@register.filter
def long_date(value: date | datetime | None, precision: str = "day") -> str:
    """7. september 2026, for running text; never more precise than what was stated."""
    return _stated(value, precision, in_text=True)


@register.filter
def clock(value: datetime | None) -> str:
    """kl. 14.32, with no break inside."""
    if value is None:
        return ""
    return (_("at %(time)s") % {"time": date_format(_local(value), "H.i")}).replace(" ", "\u00a0")


@register.simple_tag
def theme_css(authority: Any = None) -> str:
    """Return the address of the one theme file this page links."""
    name = getattr(authority, "theme", "") or "portal"
    return static(f"vendor/themes/{name if name in THEMES else 'portal'}.css")


@register.simple_tag(takes_context=True)
def nav_item(context: Context, url: str, text: str) -> SafeString:
    """One entry of the main menu; the page we are on says so."""
    request = context.get("request")
    current = SafeString(' aria-current="page"') if request is not None and request.path == url else ""
    return format_html('<li><a href="{}"{}>{}</a></li>', url, current, text)


def _pairs(parts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    yield from zip(parts[0::2], parts[1::2], strict=True)


@register.inclusion_tag("components/breadcrumbs.html", takes_context=True)
def breadcrumbs(context: Context, *parts: str) -> dict[str, Any]:
    """{% breadcrumbs "Halden" url "Planer" url "This page" %}: names and addresses by turns, the last is this page."""
    request = context.get("request")
    return {"crumbs": list(_pairs((*parts, request.path if request is not None else "#innhold")))}


@register.simple_block_tag
def empty_state(content: str) -> SafeString:
    """{% empty_state %}says that it is empty, why, and what comes next{% endempty_state %}"""
    return format_html('<div class="p-empty p-flow">{}</div>', content)
