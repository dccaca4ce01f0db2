"""What the officer's pages of a round read: each list with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from portal import answers, export, rules, wiring
from portal.models import InputAnswer, InputAttachment, Mail, Notice
from portal.models.inputs import ON_THE_WEB
from portal.templatetags.portal_tags import standing_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from portal.models import Input, InputRound, Invitation

PER_PAGE = 100
CONSEQUENCES = {
    "tatt-inn": InputAnswer.Consequence.TAKEN_IN, "delvis": InputAnswer.Consequence.PARTLY,
    "ikke": InputAnswer.Consequence.NOT, "notert": InputAnswer.Consequence.NOTED,
}  # fmt: skip
COLUMNS = (
    ("number", gettext_lazy("No.")), ("speaks_for", gettext_lazy("Who it speaks for")),
    (lambda row: organisation_words(row), gettext_lazy("Sent by the organisation, confirmed mandate")),
    ("get_source_display", gettext_lazy("How it came")), ("received_on", gettext_lazy("Received")),
    (lambda row: yes_no(row.is_late), pgettext_lazy("input", "Late")), ("text", gettext_lazy("Input")),
    ("attached", gettext_lazy("Attachments")),
    (lambda row: yes_no(row.is_on_the_web), gettext_lazy("May be shown on the web")),
    ("answer.get_consequence_display", gettext_lazy("What followed")), ("answer.text", gettext_lazy("Our answer")),
    (lambda row: answered_on(row), gettext_lazy("Answered")),
)  # fmt: skip


def yes_no(value: bool) -> str:
    return _("yes") if value else _("no")


def organisation_words(row: Input) -> str:
    """Return the organisation that sent it by one with a confirmed mandate; nothing where no organisation did."""
    if row.organisation is None:
        return ""
    return f"{row.organisation.name} ({row.organisation.number})" if row.organisation.number else row.organisation.name


def answered_on(row: Input) -> Any:
    answer = getattr(row, "answer", None)
    return timezone.localtime(answer.answered_at).date() if answer else ""


@dataclass(frozen=True)
class Asked:
    """What a list was asked to show: which rows, and words to look for."""

    show: str = ""
    words: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        return cls(request.GET.get("vis", "")[:20], " ".join(request.GET.get("q", "").split())[:80])

    def query(self, **others: str) -> str:
        given = {"vis": self.show, "q": self.words, **others}
        return urlencode({name: value for name, value in given.items() if value})


def late_ones(round_: InputRound) -> Q:
    """Return the condition that an input is late; the same rule as `rules.is_late`."""
    last = rules.last_day_of(round_.facts)
    return Q(received_on__gt=last) if last else Q(pk__in=[])


def fitting(round_: InputRound, asked: Asked) -> QuerySet[Any]:
    """Return the inputs that fit what was asked, in order, each with its answer and its number of attachments."""
    attached = InputAttachment.objects.filter(input=OuterRef("pk")).order_by().values("input").annotate(n=Count("pk"))
    rows = round_.inputs.select_related("answer", "web_choice", "organisation").annotate(
        attached=Coalesce(Subquery(attached.values("n"), output_field=IntegerField()), 0)
    )
    if asked.words:
        found = Q(text__icontains=asked.words) | Q(speaks_for__icontains=asked.words)
        found |= Q(answer__text__icontains=asked.words)
        if asked.words.isdecimal() and len(asked.words) < 9:
            found |= Q(number=int(asked.words))
        rows = rows.filter(found)
    if asked.show == "ubesvart":
        rows = rows.filter(answer=None)
    elif asked.show == "sent":
        rows = rows.filter(late_ones(round_))
    elif asked.show in CONSEQUENCES:
        rows = rows.filter(answer__consequence=CONSEQUENCES[asked.show])
    return rows.order_by("number")


def counts_of(round_: InputRound) -> dict[str, int]:
    """Return how many inputs there are of each kind a filter shows; one query."""
    kinds = {
        "all": Count("pk"), "ubesvart": Count("pk", filter=Q(answer=None)),
        "sent": Count("pk", filter=late_ones(round_)), "web": Count("pk", filter=ON_THE_WEB),
        "with_address": Count("pk", filter=~Q(address="")),
        **{name: Count("pk", filter=Q(answer__consequence=value)) for name, value in CONSEQUENCES.items()},
        "first": Min("number", filter=Q(answer=None)),
    }  # fmt: skip
    return round_.inputs.aggregate(**{f"n_{name}".replace("-", "_"): count for name, count in kinds.items()})


def chips(counts: dict[str, int], asked: Asked) -> list[dict[str, Any]]:
    """Return the filters that have something to show, with how many and whether each is chosen."""
    words = {"": _("All"), "ubesvart": _("Unanswered"), "sent": pgettext("input", "Late")}
    words |= {name: standing_word(f"input_{value}") for name, value in CONSEQUENCES.items()}
    rows = []
    for name, word in words.items():
        number = counts[f"n_{name or 'all'}".replace("-", "_")]
        if number or not name or name == asked.show:
            query = Asked(name, asked.words).query()
            rows.append({"word": word, "number": number, "query": query, "is_chosen": name == asked.show})
    return rows


def what_came(round_: InputRound, asked: Asked, page: str | None) -> dict[str, Any]:
    """Return one page of the inputs, the filters, and how far the answering has come."""
    counts = counts_of(round_)
    shown = Paginator(fitting(round_, asked), PER_PAGE).get_page(page)
    rows = list(shown)
    mails = mails_about([row.pk for row in rows], [])
    for row in rows:
        row.mail = mails.get((answers.INPUT, row.pk))
    return {
        "asked": asked, "page": shown, "rows": rows, "chips": chips(counts, asked), "query": asked.query(),
        "total": counts["n_all"], "answered": counts["n_all"] - counts["n_ubesvart"],
        "unanswered": counts["n_ubesvart"], "first_unanswered": counts["n_first"],
    }  # fmt: skip


def mails_about(inputs: list[int], invitations: list[int]) -> dict[tuple[str, int], str]:
    """Return how it went with the newest mail about each input and invitation: queued, sent or dead; one query."""
    about = Q(subject_type=answers.INPUT, subject_id__in=inputs, kind__in=["input_received", "input_answered"])
    about |= Q(subject_type=answers.INVITATION, subject_id__in=invitations, kind__in=["input_invited", "input_due"])
    rows = Notice.objects.filter(about, address__gt="", mail__isnull=False).order_by("pk")
    return {(kind, pk): state for kind, pk, state in rows.values_list("subject_type", "subject_id", "mail__state")}


# ---- the invited ----


def who_was_asked(round_: InputRound) -> dict[str, Any]:
    """Return the invitations with where each stands, and how many of each."""
    rows = list(round_.invitations.select_related("input"))
    mails = mails_about([], [row.pk for row in rows])
    for row in rows:
        row.stands = standing_of(row, mails.get((answers.INVITATION, row.pk), ""))
        row.mark = answers.sent_mark(row)
    return {
        "invitations": rows, "invited": sum(row.invited_at is not None for row in rows),
        "not_sent": sum(row.stands == "not_sent" for row in rows),
        "came": sum(row.stands == "answered" for row in rows),
        "waiting": sum(row.stands in ("invited", "not_reached") for row in rows),
        "not_reached": sum(row.stands == "not_reached" for row in rows),
    }  # fmt: skip


def standing_of(row: Invitation, mail: str) -> str:
    """Return where an invitation stands: answered, declined, not_sent, not_reached or invited."""
    if hasattr(row, "input"):
        return "answered"
    if row.declined_at is not None:
        return "declined"
    if row.invited_at is None:
        return "not_sent"
    return "not_reached" if mail == Mail.State.DEAD else "invited"


# ---- before a deed ----


def before_inviting(round_: InputRound) -> dict[str, Any]:
    """Return whom the invitation would go to."""
    return {"receivers": list(answers.not_invited(round_)), "obstacle": obstacle_to_asking(round_)}


def before_reminding(round_: InputRound) -> dict[str, Any]:
    """Return whom the reminder would go to, and how many have had one today."""
    told = set(answers.reminded(round_, timezone.localdate()).values_list("subject_id", flat=True))
    rows = list(answers.not_answered(round_))
    waiting = [row for row in rows if row.pk not in told]
    return {"receivers": waiting, "told": len(rows) - len(waiting), "obstacle": obstacle_to_asking(round_)}


def obstacle_to_asking(round_: InputRound) -> str:
    try:
        answers.refuse_unless_asking(round_, timezone.localdate())
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def before_publishing(round_: InputRound) -> dict[str, Any]:
    """Return what publishing would show to all, what not and why, and how many mails would go."""
    counts, today = counts_of(round_), timezone.localdate()
    state = rules.round_state(round_.facts, today)
    return {
        "must_close": state in (rules.RoundState.UPCOMING, rules.RoundState.OPEN), "unanswered": counts["n_ubesvart"],
        "obstacles": answers.obstacles(round_, today), "total": counts["n_all"],
        "shown": counts["n_web"], "hidden": counts["n_all"] - counts["n_web"], "mails": counts["n_with_address"],
        "by_letter": counts["n_all"] - counts["n_with_address"],
    }  # fmt: skip


# ---- everything at once ----


def in_full(round_: InputRound) -> Iterable[Any]:
    """Return every input with answer, attachments and what it changed, for paper."""
    rows = list(fitting(round_, Asked()).prefetch_related("attachments__document"))
    effects = wiring.effects_of_inputs([row.pk for row in rows])
    for row in rows:
        row.effects = effects.get(row.pk, [])
    return rows


def as_file(form: str, round_: InputRound, asked: Asked) -> HttpResponse:
    """Send exactly the inputs the list shows, in its order; without the contributors' addresses.

    Raises:
        Http404: another form than csv or xlsx.
    """
    return export.answer(form, f"innspill-{round_.slug}", COLUMNS, fitting(round_, asked))
