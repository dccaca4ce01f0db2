"""A round's candidates as the desk works with them: the list, one on a page, and two that are one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from awards import gate, permissions, rules
from awards.candidates import answers, candidate_lists, candidate_page, gathering, holding, informing, standing
from awards.candidates.candidate_forms import AnswerForm, ChangeForm, DismissForm, GatherForm, ToldForm, WhyForm
from awards.models import Candidate, Nomination, NomineeAnswer, PrizeRound
from grants.views.grants import tell
from portal import access_log
from portal.input_forms import add
from portal.letters import engine
from portal.models.base import key_in
from portal.permissions import require
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest

HERE = "awards/candidates/"


def place_of(round_: PrizeRound) -> list[Any]:
    return [round_.authority.slug, round_.prize.slug, round_.year]


def facts_of(round_: PrizeRound) -> dict[str, Any]:
    """Return what every page about a round's candidates shows."""
    return {
        "authority": round_.authority, "round": round_, "prize": round_.prize,
        "list_url": reverse("nominations", args=place_of(round_)),
    }  # fmt: skip


def seen_in(request: Any) -> int | None:
    return key_in(request.POST.get("seen", "")) or None


# ---- the list ----


@never_cache
@login_required
@read_or_act
def nominations(request: Any, authority: str, prize: str, year: int) -> HttpResponse:
    """List the round's candidates, narrowed as the address says; tell all who have not been told."""
    found = gate.round_of(request.user, authority, prize, year)
    if request.method == "POST":
        return tell_all(request, found)
    if request.GET.get("gjor") == "fortell":
        return confirm_telling(request, found)
    asked, today = candidate_lists.Asked.of(request), timezone.localdate()
    context = candidate_lists.listed(found, asked, request.user, today, request.GET.get("side"))
    return render(request, f"{HERE}list.html", {**facts_of(found), **context})


def confirm_telling(request: Any, round_: PrizeRound) -> HttpResponse:
    """Show whom telling all would reach, and a button that does it."""
    require(permissions.may(request.user, round_.authority_id, permissions.SETS_UP))
    rows = informing.waiting(round_.pk)
    stands = candidate_lists.standings_by_category(request.user, candidate_lists.rows_of(round_))
    shut = {key for key, each in stands.items() if each["waits"] or each["is_out"]}
    hers = [row for row in rows if row.category_id not in shut]
    context = {
        **facts_of(round_), "reached": [row for row in hers if row.email],
        "bare": [row for row in hers if not row.email], "others": len(rows) - len(hers),
        "may_tell": round_.state in informing.TELLS,
    }  # fmt: skip
    return render(request, f"{HERE}tell_all.html", context)


def tell_all(request: Any, round_: PrizeRound) -> HttpResponse:
    if request.POST.get("gjor") != "fortell":
        raise Http404
    try:
        told = informing.inform_all(round_, by=request.user, now=timezone.now())
    except ValidationError as error:
        tell(request, error)
        return redirect("nominations", *place_of(round_))
    words = ngettext("%(n)d nominee is told by e-mail.", "%(n)d nominees are told by e-mail.", told.told)
    level = messages.success if told.told else messages.info
    level(request, words % {"n": told.told})
    if told.without_address:
        words = ngettext(
            "%(n)d has no e-mail address: tell by letter.", "%(n)d have no e-mail address: tell by letter.",
            told.without_address,
        )  # fmt: skip
        messages.warning(request, words % {"n": told.without_address})
    if told.for_others:
        words = ngettext(
            "%(n)d is in a category that is closed to you.", "%(n)d are in categories that are closed to you.",
            told.for_others,
        )  # fmt: skip
        messages.warning(request, words % {"n": told.for_others})
    return redirect("nominations", *place_of(round_))


@never_cache
@login_required
@require_safe
def nominations_file(request: Any, authority: str, prize: str, year: int, form: str) -> HttpResponse:
    """Send what the list shows as a file."""
    found = gate.round_of(request.user, authority, prize, year)
    return candidate_lists.as_file(form, found, candidate_lists.Asked.of(request), timezone.localdate())


# ---- one candidate ----


@never_cache
@login_required
@read_or_act
def candidate_desk(request: Any, authority: str, prize: str, year: int, candidate: int) -> HttpResponse:
    """Show a candidate with all that is known of it; what is pressed there is done here."""
    round_ = gate.round_of(request.user, authority, prize, year)
    found = gate.candidate_of(round_, candidate)
    if found.merged_into_id is not None and request.method != "POST":
        return redirect("candidate_desk", *place_of(round_), holding.root_of(found).pk)
    if (stop := gate.gate_candidate(request, found)) is not None:
        return stop
    forms = forms_of(found)
    if request.method == "POST":
        require(permissions.may(request.user, round_.authority_id, permissions.SETS_UP))
        if (deed := DEEDS.get(request.POST.get("gjor", ""))) is None:
            raise Http404
        if (answer := deed(request, found, forms)) is not None:
            return answer
    if "brev" in request.GET:
        return letter(request, found)
    access_log.saw(request.user, found.case, "case")
    context = {**facts_of(round_), **candidate_page.desk_page(found, request.user, timezone.localdate())}
    return render(request, f"{HERE}page.html", {**context, "candidate": found, "forms": forms})


def letter(request: Any, found: Candidate) -> HttpResponse:
    """Show the letter to a nominee as it would read today, marked as a draft; nothing is kept."""
    access_log.saw(request.user, found.case, "case")
    made = informing.draft_of(found, by=request.user, on=timezone.localdate())
    name = engine.filename("brev", f"utkast {found.round}")
    return HttpResponse(
        made, content_type=engine.PDF,
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"},
    )  # fmt: skip


def forms_of(found: Candidate) -> dict[str, Any]:
    """Return the forms of a candidate's page, unfilled."""
    seen = {"seen": found.row_version}
    return {
        "why": WhyForm(initial=seen, auto_id="ut_%s"),
        "told": ToldForm(initial={**seen, "on": timezone.localdate()}, auto_id="fortalt_%s"),
        "answer": AnswerForm(initial={**seen, "answer": found.answer, "facts": found.facts}, auto_id="svar_%s"),
        "change": ChangeForm(
            initial={**seen, "kind": found.kind, "name": found.name, "number": found.number, "email": found.email,
                     "category": found.category_id}, round_=found.round, before=found, auto_id="rett_%s",
        ),
    }  # fmt: skip


def to(found: Candidate, at: str = "") -> HttpResponse:
    return redirect(reverse("candidate_desk", args=[*place_of(found.round), found.pk]) + at)


def filled(request: Any, forms: dict[str, Any], name: str, form: Any, act: Any, said: str) -> bool:
    """Do a deed with what a form holds; what is refused stands in the form, which takes its place on the page."""
    forms[name] = form
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except ValidationError as error:
        add(form, error)
        return False
    messages.success(request, said)
    return True


def tried(request: Any, found: Candidate, act: Any, said: str, at: str = "") -> HttpResponse:
    """Do a deed, and go back to the page, which says what came of it."""
    try:
        act()
    except ValidationError as error:
        tell(request, error)
    else:
        messages.success(request, said)
    return to(found, at)


def by_of(request: Any) -> dict[str, Any]:
    return {"by": request.user, "now": timezone.now()}


def inform(request: Any, found: Candidate, forms: Any) -> HttpResponse:
    again = request.POST.get("igjen") == "ja"
    said = _("The nominee is told by e-mail.") if not again else _("A new link is sent. The older one stops working.")
    return tried(
        request, found, lambda: informing.inform(found, seen=seen_in(request), again=again, **by_of(request)), said,
        "#nominert",
    )  # fmt: skip


def write_letter(request: Any, found: Candidate, forms: Any) -> HttpResponse:
    """Write the letter; its PDF stands among the documents."""
    said = _("The letter is kept in the case. Print it and post it today.")
    act = lambda: informing.write_letter(found, seen=seen_in(request), **by_of(request))  # noqa: E731
    return tried(request, found, act, said, "#dokumenter")


def told_on_paper(request: Any, found: Candidate, forms: Any) -> HttpResponse | None:
    def act(typed: dict[str, Any]) -> None:
        informing.inform_on_paper(found, typed["on"], seen=typed["seen"], **by_of(request))

    form = ToldForm(request.POST, auto_id="fortalt_%s")
    return to(found, "#nominert") if filled(request, forms, "told", form, act, _("The day is noted.")) else None


def answered(request: Any, found: Candidate, forms: Any) -> HttpResponse | None:
    def act(typed: dict[str, Any]) -> None:
        answers.answer(
            found, answer=typed["answer"], facts=typed["facts"], how=NomineeAnswer.How.PAPER, seen=typed["seen"],
            **by_of(request),
        )  # fmt: skip

    form = AnswerForm(request.POST, auto_id="svar_%s")
    return (
        to(found, "#nominert") if filled(request, forms, "answer", form, act, _("The answer is registered.")) else None
    )


def out(request: Any, found: Candidate, forms: Any) -> HttpResponse | None:
    def act(typed: dict[str, Any]) -> None:
        standing.take_out(found, typed["why"], seen=typed["seen"], **by_of(request))

    form = WhyForm(request.POST, auto_id="ut_%s")
    said = _("The nominee takes no part. You can let it in again until the jury has decided.")
    return to(found, "#statutter") if filled(request, forms, "why", form, act, said) else None


def let_in(request: Any, found: Candidate, forms: Any) -> HttpResponse:
    said = _("The nominee takes part again.")
    return tried(
        request, found, lambda: standing.let_in(found, seen=seen_in(request), **by_of(request)), said, "#statutter"
    )


def put_right(request: Any, found: Candidate, forms: Any) -> HttpResponse | None:
    form = ChangeForm(request.POST, round_=found.round, before=found, auto_id="rett_%s")

    def act(typed: dict[str, Any]) -> None:
        kept = found.register_copy if typed["number"] == found.number else None
        standing.change(found, **typed, register_copy=form.copy or kept, **by_of(request))

    return to(found) if filled(request, forms, "change", form, act, _("It is put right.")) else None


# ---- one nomination ----


def nomination_in(request: Any, found: Candidate) -> Nomination:
    rows = Nomination.objects.select_related("candidate")
    return get_object_or_404(rows, pk=key_in(request.POST.get("nominasjon", "")), candidate=found)


def dismiss(request: Any, found: Candidate, forms: Any) -> HttpResponse | None:
    row = nomination_in(request, found)

    def act(typed: dict[str, Any]) -> None:
        standing.dismiss(row, typed["why"], **by_of(request))

    form = DismissForm(request.POST, auto_id=f"avvis{row.pk}_%s")
    forms["dismissed"] = row.pk
    done = filled(request, forms, "dismiss", form, act, _("The nomination does not count."))
    return to(found, f"#nominasjon-{row.number}") if done else None


def count_again(request: Any, found: Candidate, forms: Any) -> HttpResponse:
    row = nomination_in(request, found)
    said = _("The nomination counts again.")
    return tried(request, found, lambda: standing.dismiss(row, "", **by_of(request)), said, f"#nominasjon-{row.number}")


def move(request: Any, found: Candidate, forms: Any) -> HttpResponse:
    """Put a nomination under another candidate, or under a new one."""
    row, wanted = nomination_in(request, found), request.POST.get("til", "")
    other = None
    if wanted != "ny":
        if not (key := key_in(wanted)):
            messages.warning(request, _("Choose where the nomination belongs."))
            return to(found, f"#nominasjon-{row.number}")
        other = get_object_or_404(Candidate, pk=key, round=found.round_id)
    try:
        after = gathering.move_nomination(row, other, **by_of(request))
    except ValidationError as error:
        tell(request, error)
        return to(found, f"#nominasjon-{row.number}")
    messages.success(
        request, _("Nomination %(number)d stands under %(name)s now.") % {"number": row.number, "name": after.name}
    )
    return to(found, "#nominasjoner")


DEEDS: dict[str, Any] = {
    "fortell": inform, "papir": told_on_paper, "brev": write_letter, "svar": answered, "ut": out, "inn": let_in,
    "rett": put_right, "avvis": dismiss, "teller": count_again, "flytt": move,
}  # fmt: skip


# ---- two that are one ----


@never_cache
@login_required
@read_or_act
def gather_candidate(request: HttpRequest, authority: str, prize: str, year: int, candidate: int) -> HttpResponse:
    """Gather a candidate in another of its category; or take one out again that was gathered."""
    round_ = gate.round_of(request.user, authority, prize, year, roles=permissions.SETS_UP)
    found = gate.candidate_of(round_, candidate)
    if (stop := gate.gate_candidate(request, found)) is not None:
        return stop
    if request.method == "POST" and request.POST.get("gjor") == "del":
        said = _("It stands by itself again, with its own nominations.")
        return tried(request, found, lambda: gathering.take_apart(found, **by_of(request)), said)
    if found.merged_into_id is not None:
        messages.info(request, _("It is gathered already. See how it stands."))
        return to(holding.root_of(found))
    rows = Candidate.objects.filter(category=found.category_id, merged_into=None).exclude(pk=found.pk)
    key = rules.name_key(found.name)
    others = sorted(rows.order_by("name", "pk"), key=lambda one: not rules.are_alike(key, rules.name_key(one.name)))
    start = {"into": key_in(request.GET.get("med", "")) or None, "seen": found.row_version}
    form = GatherForm(request.POST if request.method == "POST" else None, others=others, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            left = gathering.merge(found, form.cleaned_data["into"], seen=form.cleaned_data["seen"], **by_of(request))
        except ValidationError as error:
            add(form, error)
        else:
            messages.success(request, _("%(one)s is gathered in %(other)s.") % {"one": found.name, "other": left.name})
            return to(left)
    context = {
        **facts_of(round_), "candidate": found, "form": form, "others": others,
        "scored": found.opinions.values("sheet").distinct().count(),
    }  # fmt: skip
    return render(request, f"{HERE}gather.html", context)
