"""What the desk's pages of grants read: the list with its filters, and one grant with everything; fixed queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from grants import aid, cautions, facts, granting, obstacle_words, own_words, rules, schemes
from grants.models import Condition, FinancingSource, Grant, GrantReport, LedgerEntry, Scheme
from portal import export, impartiality_watch
from portal.models import Document, Event, User
from portal.models.base import NorwegianKey, key_in

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from portal.models import Authority

PER_PAGE = 100
MOST_HAPPENINGS = 100
SHOWN: dict[str, tuple[Any, Q]] = {
    "": (pgettext_lazy("grants", "All"), Q()),
    "vurderes": (gettext_lazy("Being assessed"), Q(state=Grant.State.PROPOSED)),
    "ubetalt": (gettext_lazy("Granted, not all paid"), Q(state=Grant.State.GRANTED, balance__unpaid_nok__gt=0)),
    "betalt": (gettext_lazy("All paid, not finished"), Q(state=Grant.State.GRANTED, balance__unpaid_nok=0)),
    "ferdig": (pgettext_lazy("grants", "Finished"), Q(state=Grant.State.FINISHED)),
    "bortfalt": (pgettext_lazy("grants", "Lapsed"), Q(state=Grant.State.LAPSED)),
    "avslag": (pgettext_lazy("grants", "Not granted"), Q(state=Grant.State.DECLINED)),
    "annullert": (pgettext_lazy("grants", "Annulled"), Q(state=Grant.State.ANNULLED)),
}
SORTS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "": (gettext_lazy("Newest first"), ("-year", F("decided_on").desc(nulls_first=True), "-pk")),
    "mottaker": (gettext_lazy("Recipient"), (NorwegianKey("organisation__name"), "-year", "pk")),
    "belop": (gettext_lazy("Largest first"), ("-amount_nok", "pk")),
    "igjen": (gettext_lazy("Most left to pay"), ("-balance__unpaid_nok", "pk")),
    "frist": (gettext_lazy("To be asked for first"), (F("use_by").asc(nulls_last=True), "pk")),
}
COLUMNS = (
    ("organisation.name", gettext_lazy("Recipient")), ("organisation.number", gettext_lazy("Organisation number")),
    ("title", gettext_lazy("For what")), ("scheme.name", gettext_lazy("Scheme")),
    ("account.name", gettext_lazy("Account")), ("year", gettext_lazy("Year")),
    ("get_state_display", gettext_lazy("State")), ("amount_nok", gettext_lazy("Amount")),
    ("balance.committed_nok", gettext_lazy("Committed")), ("balance.released_nok", gettext_lazy("Lapsed")),
    ("balance.paid_nok", gettext_lazy("Paid out")), ("balance.repaid_nok", gettext_lazy("Paid back")),
    ("balance.unpaid_nok", gettext_lazy("Not paid yet")), ("decided_on", gettext_lazy("Decided")),
    ("decision_reference", gettext_lazy("Decision")), ("use_by", gettext_lazy("To be asked for by")),
    ("case.external_number", gettext_lazy("Case number")), ("get_access_display", gettext_lazy("Access")),
)  # fmt: skip


class Asked(NamedTuple):
    """What the address asks the list for."""

    show: str
    words: str
    year: int
    scheme: int
    sort: str
    hidden: Q | None = None
    """What is proposed in answer to applications that the reader may not handle."""

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        given = request.GET
        show, sort = given.get("vis", ""), given.get("sorter", "")
        return cls(
            show if show in SHOWN else "", " ".join(given.get("q", "").split())[:80], key_in(given.get("ar", "")),
            key_in(given.get("ordning", "")), sort if sort in SORTS else "",
            None if request.user.is_superuser
            else Q(state=Grant.State.PROPOSED) & ~impartiality_watch.may_open(request.user),
        )  # fmt: skip

    def query(self, **other: Any) -> str:
        """Return it as an address has it, with something else in its place where given."""
        named = {"vis": self.show, "q": self.words, "ar": self.year, "ordning": self.scheme, "sorter": self.sort}
        return urlencode({name: value for name, value in {**named, **other}.items() if value})


def of_authority(authority: Authority, asked: Asked) -> Any:
    """Return the grants that fit what was asked, whatever their state."""
    rows = Grant.objects.filter(authority=authority)
    rows = rows if asked.hidden is None else rows.exclude(asked.hidden)
    if asked.year:
        rows = rows.filter(year=asked.year)
    if asked.scheme:
        rows = rows.filter(scheme=asked.scheme)
    if asked.words:
        number = "".join(asked.words.split())
        fits = Q(title__icontains=asked.words) | Q(organisation__name__icontains=asked.words)
        fits |= Q(decision_reference__icontains=asked.words) | Q(case__external_number__icontains=asked.words)
        rows = rows.filter(fits | Q(organisation__number=number) if number.isdecimal() else fits)
    return rows


def fitting(authority: Authority, asked: Asked) -> Any:
    """Return the grants of the chosen state, in the chosen order, with what the list shows of each."""
    rows = of_authority(authority, asked).filter(SHOWN[asked.show][1])
    return rows.select_related("organisation", "scheme", "account", "balance", "case").order_by(*SORTS[asked.sort][1])


def listed(authority: Authority, asked: Asked, page: str | None) -> dict[str, Any]:
    """Return one page of the grants, the chips with their numbers, and sums of all that fit; seven queries."""
    fits = of_authority(authority, asked)
    counts = fits.aggregate(**{f"n_{name or 'all'}": Count("pk", filter=keep) for name, (_w, keep) in SHOWN.items()})
    chips = [
        {"word": word, "number": counts[f"n_{name or 'all'}"], "query": asked.query(vis=name),
         "is_chosen": name == asked.show}
        for name, (word, _keep) in SHOWN.items()
        if counts[f"n_{name or 'all'}"] or name in ("", asked.show)
    ]  # fmt: skip
    shown = Paginator(fitting(authority, asked), PER_PAGE).get_page(page)
    sums = fits.filter(SHOWN[asked.show][1]).aggregate(
        bound=Sum(F("balance__committed_nok") - F("balance__released_nok"), default=0),
        paid=Sum("balance__paid_nok", default=0), unpaid=Sum("balance__unpaid_nok", default=0),
    )  # fmt: skip
    years = Grant.objects.filter(authority=authority).order_by("-year").values_list("year", flat=True).distinct()
    own = Scheme.objects.filter(authority=authority)
    return {
        "rows": list(shown), "page": shown, "asked": asked, "query": asked.query(), "chips": chips, "sums": sums,
        "sorts": [(name, word) for name, (word, _order) in SORTS.items()], "years": list(years),
        "schemes": list(own.values_list("pk", "name")), "is_narrowed": bool(asked.query(sorter="")),
        "left_out": 0 if asked.hidden is None else Grant.objects.filter(asked.hidden, authority=authority).count(),
    }  # fmt: skip


def as_file(form: str, authority: Authority, asked: Asked) -> HttpResponse:
    """Return exactly what the list shows, all its pages, as a file."""
    return export.answer(form, "tilsagn", COLUMNS, fitting(authority, asked))


# ---- one grant ----


@dataclass(slots=True)
class ConditionLine:
    """A condition on the desk: what it asks for, where it stands, and what is missing."""

    row: Condition
    asks: str
    mark: str
    total: dict[str, Any] | None = None
    missing: str = ""
    report: GrantReport | None = None


def desk_page(grant: Grant, today: dt.date, user: User) -> dict[str, Any]:
    """Return everything the desk knows of a grant; a fixed number of queries."""
    known = facts.of_one(grant)
    left = max(known.unpaid_nok - known.underway_nok, 0)
    found = rules.obstacles(known, left, today) if grant.state == Grant.State.GRANTED else []
    reports = list(grant.reports.select_related("document", "sent_by", "read_by").order_by("due_on", "pk"))
    sources = list(grant.financing.select_related("document", "read_by").order_by("pk"))
    entries = LedgerEntry.objects.filter(grant=grant).select_related("by", "reverses", "reversed_by", "decision__body")
    return {
        "known": known, "left_nok": left, "payable_nok": rules.payable_nok(known, today),
        "missing": [obstacle_words.words(one) for one in found],
        "conditions": conditions_of(grant, known, reports, today),
        "reports": reports, "cautions": cautions.of(grant, today, user),
        "sources": sources,
        "payouts": list(grant.payouts.select_related("asked_by").order_by("-asked_at", "-pk")),
        "repayments": list(grant.repayments.order_by("-claimed_on", "-pk")),
        "entries": list(entries.order_by("on_date", "pk")), "exempt": list(grant.exempt.all()),
        "aid": getattr(grant, "aid", None), "earlier": earlier_of(grant, today), "happenings": happenings(grant),
        "documents": Document.objects.filter(case=grant.case_id).count(),
        "waits": sum(row.state == FinancingSource.State.SENT for row in sources)
        + sum(row.state == GrantReport.State.SENT for row in reports),
        "may_finish": grant.state == Grant.State.GRANTED and not granting.standing_in_the_way(grant, today),
    }  # fmt: skip


def earlier_of(grant: Grant, today: dt.date) -> dict[str, Any]:
    """Return the de minimis aid this authority has given the recipient in three years, and its sum."""
    rows: list[Any] = aid.earlier(grant, today)
    for row in rows:
        row.kept_nok = row.balance.committed_nok - row.balance.released_nok
    return {"rows": rows, "sum": sum(row.kept_nok for row in rows)}


def conditions_of(
    grant: Grant, known: rules.GrantFacts, reports: list[GrantReport], today: dt.date
) -> list[ConditionLine]:
    """Return each condition in words, with its running total and its report; one query."""
    by_condition = {report.condition_id: report for report in reports if report.condition_id}
    by_key = {one.pk: one for one in known.conditions}
    rows = grant.conditions.select_related("document", "settled_by").order_by("position", "pk")
    return [_line(row, known, by_key.get(row.pk), by_condition.get(row.pk), today) for row in rows]


def _line(
    row: Condition, known: rules.GrantFacts, fact: rules.ConditionFacts | None, report: GrantReport | None,
    today: dt.date,
) -> ConditionLine:  # fmt: skip
    line = ConditionLine(row, schemes.said_of(row), f"condition_{row.state}", report=report)
    if row.state != Condition.State.OPEN:
        return line
    if fact is not None and fact.kind is rules.Kind.MATCHING:
        amount = None if known.held_nok else row.grant.amount_nok if row.grant else 0
        stands = rules.matching(known, fact, amount or 0)
        if known.held_nok:
            line.total = own_words.running_total(stands)
            line.mark = "condition_open" if stands.missing_in_all_nok else "condition_met"
    elif report is not None and report.state == GrantReport.State.APPROVED:
        line.mark = "condition_met"
    elif row.due_on is not None and row.due_on < today:
        line.mark = "condition_late"
    return line


HAPPENED = {
    "grant_proposed": gettext_lazy("Drawn up"), "grant_proposal_changed": gettext_lazy("The proposal is changed"),
    "condition_added": gettext_lazy("A condition is added"),
    "condition_changed": gettext_lazy("A condition is changed"),
    "condition_removed": gettext_lazy("A condition is taken away"),
    "conditions_copied": gettext_lazy("Conditions are fetched from the scheme"),
    "condition_settled": gettext_lazy("A condition is settled"), "aid_assessed": gettext_lazy("Aid is assessed"),
    "grant_decided": pgettext_lazy("happened", "Granted"), "grant_declined": pgettext_lazy("happened", "Not granted"),
    "grant_reopened": gettext_lazy("Taken up again"), "grant_annulled": pgettext_lazy("happened", "Annulled"),
    "grant_lapsed": pgettext_lazy("happened", "Lapsed, all or in part"),
    "grant_finished": pgettext_lazy("happened", "Finished"), "repayment_claimed": gettext_lazy("Money is claimed back"),
    "repayment_received": gettext_lazy("Money has come back"), "repayment_waived": gettext_lazy("A claim is waived"),
    "repayment_undone": gettext_lazy("A receipt is undone"),
}  # fmt: skip


class Happening(NamedTuple):
    """A line of a grant's history: when, what, how much, by whom."""

    at: dt.datetime
    text: Any
    amount_nok: int | None
    who: str


def happenings(grant: Grant) -> list[Happening]:
    """Return what has happened to the grant itself, the newest first; two queries."""
    events = list(
        Event.objects.filter(subject_type=grant._meta.label_lower, subject_id=grant.pk).order_by("-at", "-pk")[
            :MOST_HAPPENINGS
        ]
    )
    names = dict(User.objects.filter(pk__in={event.actor_id for event in events}).values_list("pk", "name"))
    return [
        Happening(
            event.at, HAPPENED[event.kind], event.facts.get("amount_nok"),
            names.get(event.actor_id, _("The system") if event.actor_id is None else _("One who is not here any more")),
        )
        for event in events
        if event.kind in HAPPENED
    ]  # fmt: skip
