"""What the pages about payouts read: the list, what waits for its reader first, and one payout with all it rests on."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from grants import banking, facts, own_words, rules, signing
from grants.models import BankAccount, Condition, FinancingSource, LedgerEntry, Payout
from grants.permissions import APPROVES, ATTESTS, PAYS, PREPARES, may, tied
from portal import access_log, export
from portal.calendar import oslo_today
from portal.models import Event, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from grants.models import Grant
    from portal.models import Authority

State = Payout.State
PER_PAGE = 100
LONG_AGO = dt.timedelta(days=90)
"""So long a change of bank account is pointed out on a payout."""
ROWS = Payout.objects.select_related(
    "organisation", "grant__organisation", "grant__scheme", "grant__case", "prepared_by", "attested_by", "approved_by",
    "file",
)  # fmt: skip
ORDERS = {
    "": ("asked_at", "pk"), "nyest": ("-asked_at", "-pk"), "belop": ("amount_nok", "pk"),
    "-belop": ("-amount_nok", "pk"), "mottaker": ("organisation__name", "asked_at", "pk"),
}  # fmt: skip
STEPS = {
    State.ASKED: gettext_lazy("To prepare"), State.PREPARED: gettext_lazy("To attest"),
    State.ATTESTED: gettext_lazy("To approve"),
}  # fmt: skip
PRESS = {
    State.ASKED: gettext_lazy("Prepare those chosen"), State.PREPARED: gettext_lazy("Attest those chosen"),
    State.ATTESTED: gettext_lazy("Approve those chosen"),
}  # fmt: skip
HAPPENED = {
    "payout_asked": pgettext_lazy("payout", "Asked for"), "payout_registered": gettext_lazy("Registered at the desk"),
    "payout_prepared": pgettext_lazy("payout", "Prepared"), "payout_attested": pgettext_lazy("payout", "Attested"),
    "payout_approved": pgettext_lazy("payout", "Approved"), "payout_paid": pgettext_lazy("payout", "Paid"),
    "payout_sent_back": pgettext_lazy("payout", "Sent back"), "payout_cancelled": pgettext_lazy("payout", "Stopped"),
    "payout_returned": gettext_lazy("Came back from the bank"), "payout_taken_back": gettext_lazy("Taken back"),
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the list was asked to show: which rows, in which order, and words to look for."""

    show: str = ""
    words: str = ""
    order: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        order = request.GET.get("ordne", "")
        return cls(
            request.GET.get("vis", "")[:20], " ".join(request.GET.get("q", "").split())[:80],
            order if order in ORDERS else "",
        )  # fmt: skip

    def query(self, **others: str) -> str:
        given = {"vis": self.show, "q": self.words, "ordne": self.order, **others}
        return urlencode({name: value for name, value in given.items() if value})


# ---- whose turn ----


def her_turn(user: Any, authority: Authority, today: dt.date) -> Q:
    """Return the condition that the next step with a payout is this user's: the same rule as `signing.is_her_turn`."""
    turn = Q(pk__in=[])
    if may(user, authority.pk, PREPARES):
        turn |= Q(state=State.ASKED) | Q(state=State.PREPARED, persons=2, prepared_by=user.pk)
    if may(user, authority.pk, ATTESTS):
        turn |= Q(state=State.PREPARED) & (Q(persons=2) | ~Q(prepared_by=user.pk))
    if may(user, authority.pk, APPROVES):
        turn |= Q(state=State.ATTESTED) & ~Q(prepared_by=user.pk) & ~Q(attested_by=user.pk)
    return turn & ~tied(user, today)


def kinds(user: Any, authority: Authority, today: dt.date) -> dict[str, tuple[Any, Q]]:
    """Return the filters by their names in the address: a word, and what each keeps."""
    return {
        "": (_("Your turn"), her_turn(user, authority, today)),
        "bedt": (_("Asked for"), Q(state=State.ASKED)),
        "signert": (_("Being signed"), Q(state__in=signing.SIGNED)),
        "anvist": (_("Waits for the payment file"), Q(state=State.APPROVED)),
        "sendt": (_("Sent to payment"), Q(state=State.SENT)),
        "betalt": (_("Paid"), Q(state=State.PAID)),
        "stoppet": (_("Stopped or came back"), Q(state__in=[State.CANCELLED, State.RETURNED])),
        "alle": (_("All"), Q()),
    }


def fitting(user: Any, authority: Authority, asked: Asked, today: dt.date) -> QuerySet[Any]:
    """Return the payouts that fit what was asked, in its order."""
    named = kinds(user, authority, today)
    rows = ROWS.filter(named.get(asked.show, named["alle"])[1], authority=authority)
    if asked.words:
        number = asked.words.upper().removeprefix("NP-").lstrip("0")
        found = Q(organisation__name__icontains=asked.words) | Q(grant__title__icontains=asked.words)
        found |= Q(grant__scheme__name__icontains=asked.words) | Q(organisation__number="".join(asked.words.split()))
        rows = rows.filter(found | Q(pk=number) if number.isdecimal() and len(number) < 19 else found)
    return rows.order_by(*ORDERS[asked.order])


# ---- what stands in the way, for many ----


def hindrances_of(payouts: Iterable[Payout], today: dt.date) -> dict[int, list[str]]:
    """Return what stops each payout that waits for a signature, in words; seven queries however many they are."""
    waits = [payout for payout in payouts if payout.state in signing.NEXT]
    if not waits:
        return {}
    grants: dict[int, Grant] = {payout.grant_id: payout.grant for payout in waits}
    known = facts.of(grants.values())
    rows = Payout.objects.filter(grant__in=grants, state__in=signing.SIGNED).order_by()
    signed = dict(rows.values_list("grant_id").annotate(Sum("amount_nok")))
    owners = {payout.organisation_id for payout in waits}
    used = BankAccount.objects.filter(organisation__in=owners, state=BankAccount.State.CONFIRMED)
    accounts = {account.organisation_id: account for account in used}
    found = {}
    for payout in waits:
        own = signing.facts_for(payout, signed.get(payout.grant_id, 0), known[payout.grant_id])
        found[payout.pk] = signing.hindrances(
            payout, found=rules.obstacles(own, payout.amount_nok, today), in_use=accounts.get(payout.organisation_id)
        )
    return found


# ---- the list ----


def listed(user: Any, authority: Authority, asked: Asked, page: str | None, today: dt.date) -> dict[str, Any]:
    """Return one page of payouts, the filters with their numbers, and what waits for the payment file."""
    named = kinds(user, authority, today)
    numbers = Payout.objects.filter(authority=authority).aggregate(
        **{f"n_{name or 'mine'}": Count("pk", filter=keep) for name, (_word, keep) in named.items() if name != "alle"},
        n_alle=Count("pk"), approved_nok=Sum("amount_nok", filter=Q(state=State.APPROVED)),
    )  # fmt: skip
    shown = Paginator(fitting(user, authority, asked, today), PER_PAGE).get_page(page)
    rows = list(shown)
    stops = hindrances_of(rows, today)
    access_log.saw_list(user, [payout.grant.case for payout in rows])
    lines = [{"payout": payout, "stops": stops.get(payout.pk, [])} for payout in rows]
    return {
        "page": shown, "lines": lines, "groups": grouped(lines) if not asked.show else [], "asked": asked,
        "query": asked.query(), "mine": numbers["n_mine"], "any": numbers["n_alle"],
        "approved": numbers["n_anvist"], "approved_nok": numbers["approved_nok"] or 0,
        "may_pay": may(user, authority.pk, PAYS), "may_prepare": may(user, authority.pk, PREPARES),
        "shown_nok": sum(payout.amount_nok for payout in rows), "is_narrowed": bool(asked.show or asked.words),
        "chips": [
            {"word": word, "number": numbers[f"n_{name or 'mine'}"], "is_chosen": name == asked.show,
             "query": Asked(name, asked.words, asked.order).query()}
            for name, (word, _keep) in named.items()
            if numbers[f"n_{name or 'mine'}"] or name in ("", "alle", asked.show)
        ],
        "orders": [
            {"word": word, "query": asked.query(ordne=order, vis=asked.show), "is_chosen": order == asked.order}
            for order, word in (("", _("Oldest first")), ("nyest", _("Newest first")), ("-belop", _("Largest first")),
                                ("belop", _("Smallest first")), ("mottaker", _("Recipient")))
        ],
    }  # fmt: skip


def grouped(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Part what waits for the reader by what she does with it; those that something stops come last."""
    by: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        by[line["payout"].state].append(line)
    return [
        {
            "step": signing.STEP_OF[state], "title": STEPS[state], "press": PRESS[state],
            "ready": [line for line in by[state] if not line["stops"]],
            "stopped": [line for line in by[state] if line["stops"]],
        }
        for state in STEPS
        if by[state]
    ]  # fmt: skip


COLUMNS = (
    ("reference", gettext_lazy("Reference")), ("organisation.name", gettext_lazy("Recipient")),
    ("organisation.number", gettext_lazy("Organisation number")), ("grant.scheme.name", gettext_lazy("Scheme")),
    ("grant.title", gettext_lazy("For what")), ("amount_nok", gettext_lazy("Amount in kroner")),
    (signing.state_word, gettext_lazy("State")), (lambda row: oslo_today(row.asked_at), gettext_lazy("Asked for")),
    ("prepared_by.name", gettext_lazy("Prepared by")), ("attested_by.name", gettext_lazy("Attested by")),
    ("approved_by.name", gettext_lazy("Approved by")), ("file.number", gettext_lazy("Payment file")),
    ("paid_on", gettext_lazy("Paid")), ("reason", gettext_lazy("Reason")),
)  # fmt: skip
"""What an export holds; never a bank account."""


def as_file(form: str, user: Any, authority: Authority, asked: Asked, today: dt.date) -> HttpResponse:
    """Return the payouts that fit as a download."""
    rows = list(fitting(user, authority, asked, today))
    access_log.saw_list(user, [payout.grant.case for payout in rows])
    return export.answer(form, "utbetalinger", COLUMNS, rows)


def chosen(user: Any, authority: Authority, keys: list[int], step: str, today: dt.date) -> list[dict[str, Any]]:
    """Return the payouts someone chose to sign together, as far as it is her turn; each with what stops it."""
    rows = list(
        ROWS.filter(her_turn(user, authority, today), authority=authority, pk__in=keys[:PER_PAGE]).order_by("pk")
    )
    rows = [payout for payout in rows if signing.STEP_OF.get(State(payout.state)) == step]
    stops = hindrances_of(rows, today)
    access_log.saw_list(user, [payout.grant.case for payout in rows])
    return [{"payout": payout, "stops": stops[payout.pk]} for payout in rows]


# ---- one payout ----


def page_of(payout: Payout, user: Any, today: dt.date) -> dict[str, Any]:
    """Return all that must be seen before a payout is signed."""
    grant = payout.grant
    known, asked = facts.of_one(grant), payout.amount_nok
    waits = payout.state in signing.NEXT
    if not waits:
        known = replace(known, underway_nok=0)
    else:
        rows = Payout.objects.filter(grant=grant, state__in=signing.SIGNED).aggregate(n=Sum("amount_nok"))
        known = signing.facts_for(payout, rows["n"] or 0, known)
    found = rules.obstacles(known, asked, today) if waits else []
    used = signing.in_use(payout.organisation_id)
    conditions = {row.pk: row for row in Condition.objects.filter(grant=grant).select_related("document", "settled_by")}
    matching = [
        rules.matching(known, one, asked if waits else 0)
        for one in known.conditions
        if one.kind is rules.Kind.MATCHING and not one.is_settled
    ]
    stopping = {obstacle.condition.pk for obstacle in found if obstacle.condition is not None}
    return {
        "payout": payout, "grant": grant, "facts": known, "waits": waits, "persons": payout.persons,
        "stops": signing.hindrances(payout, found=found, in_use=used) if waits else [],
        "payable_nok": rules.payable_nok(known, today) if waits else 0,
        "after_nok": known.unpaid_nok - (asked if waits else 0),
        "conditions": [
            {"row": conditions[one.pk], "facts": one, "stops": one.pk in stopping,
             "is_over": one.is_settled or one.is_reported}
            for one in known.conditions if one.pk in conditions
        ],
        "matching": [
            {
                "stands": one, "row": conditions[one.condition.pk],
                "classes": own_words.class_names(one.condition.classes),
            }
            for one in matching
        ],
        "sources": list(FinancingSource.objects.filter(grant=grant).select_related("document", "read_by")),
        "others": list(grant.payouts.exclude(pk=payout.pk).order_by("asked_at", "pk")[:PER_PAGE]),
        "entries": [
            {"row": row, "nok": abs(row.amount_nok)} for row in LedgerEntry.objects.filter(payout=payout).order_by("pk")
        ],
        **account_of(payout, used, user, today), "history": history_of(payout),
    }  # fmt: skip


def account_of(payout: Payout, used: BankAccount | None, user: Any, today: dt.date) -> dict[str, Any]:
    """Return where the money goes, as this user sees it, and what one should know of the account."""
    rows = BankAccount.objects.select_related("settled_by", "proposed_by")
    account = rows.filter(pk=payout.bank_account_id or (used.pk if used else None)).first()
    is_new = account is not None and account.settled_at and today - oslo_today(account.settled_at) < LONG_AGO
    return {
        "account": account,
        "account_number": banking.shown_to(user, account),
        "account_changed": bool(account and account.version > 1 and is_new),
        "account_proposed": BankAccount.objects.filter(
            organisation=payout.organisation_id, state=BankAccount.State.PROPOSED
        ).first(),
    }


def history_of(payout: Payout) -> list[dict[str, Any]]:
    """Return what has happened to a payout, the newest first; two queries."""
    rows = list(
        Event.objects.filter(subject_type=Payout._meta.label_lower, subject_id=payout.pk, kind__in=HAPPENED)[:PER_PAGE]
    )
    names = dict(User.objects.filter(pk__in={row.actor_id for row in rows}).values_list("pk", "name"))
    return [{"at": row.at, "who": names.get(row.actor_id or 0, ""), "what": HAPPENED[row.kind]} for row in rows]
