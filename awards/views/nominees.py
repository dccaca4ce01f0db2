"""The nominee's own page, by the link she was mailed. Looking changes nothing; only a pressed button does.

It shows what is kept of her and why she is nominated, never by whom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from awards import gate
from awards.announcing import thanks
from awards.candidates import answers, holding
from awards.candidates.candidate_forms import OwnAnswerForm
from awards.letter_texts import nominated
from awards.models import Candidate, PrizeRound
from portal import keys, ratelimit
from portal.input_forms import add
from portal.models import Authority, LinkKey
from portal.views import rounds
from portal.views.documents import file_of
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

HERE = "awards/nominee/"
Purpose = LinkKey.Purpose


@never_cache
@read_or_act
def nominee_page(request: HttpRequest, authority: str, prize: str, year: int, key: str) -> HttpResponseBase:
    """Tell the nominee what she is nominated for and what is kept of her; take her answer."""
    if ratelimit.over_limit("nominee", ratelimit.visitor(request), per_minute=rounds.POSTS_A_MINUTE):
        return rounds.too_fast(request)
    found = nominee_of(key, authority, prize, year)
    if found is None:
        return useless(request, authority, prize, year)
    if request.method != "POST":
        return show(request, found, blank(found))
    if asked := request.POST.get("papir"):
        return file_of(thanks.own_paper(found, asked))
    form = OwnAnswerForm(request.POST)
    if not form.is_valid():
        return show(request, found, form)
    try:
        is_news = answers.answer(found, **form.cleaned_data, now=timezone.now())
    except ValidationError as error:
        add(form, error)
        return show(request, found, form, status=409)
    LinkKey.objects.filter(purpose=Purpose.NOMINEE, key_hash=keys.hashed(key)).update(used_at=timezone.now())
    said = _("Thank you. Your answer is kept.") if is_news else _("We have your answer already. Nothing is changed.")
    messages.success(request, said)
    return redirect("nominee_page", authority, prize, year, key)


def nominee_of(raw: str, authority: str, prize: str, year: int) -> Candidate | None:
    """Return the candidate a link opens, or the one it is gathered in; nothing where the link does not hold."""
    key = keys.find(Purpose.NOMINEE, raw, now=timezone.now())
    if key is None:
        return None
    rows = Candidate.objects.filter(
        pk=key.subject_id, authority__slug=authority, round__prize__slug=prize, round__year=year
    )
    found = rows.select_related("merged_into").first()
    if found is None:
        return None
    root = holding.root_of(found)
    return Candidate.objects.select_related(
        "category__category", "case", "authority", "round__prize__authority", "round__authority", "round__statutes"
    ).get(pk=root.pk)  # fmt: skip


def useless(request: HttpRequest, authority: str, prize: str, year: int) -> HttpResponse:
    """Say, in the same words whatever the reason, that the link does not open anything.

    Raises:
        Http404: there is no such public round.
    """
    owner = Authority.objects.filter(slug=authority, is_listed=True).first()
    if owner is None:
        raise Http404
    round_ = gate.public_round(authority, prize, year)
    context = {"authority": owner, "round": round_, "noindex": True}
    return render(request, f"{HERE}bad_link.html", context, status=404)


def blank(found: Candidate) -> OwnAnswerForm:
    return OwnAnswerForm(initial={"answer": found.answer, "facts": found.facts})


def show(request: HttpRequest, found: Candidate, form: OwnAnswerForm, *, status: int = 200) -> HttpResponse:
    """Write out the nominee's page."""
    round_ = found.round
    rows = list(found.nominations.filter(dismissed_why="").prefetch_related("files").order_by("number"))
    context = {
        "authority": found.authority, "round": round_, "candidate": found, "form": form, "noindex": True,
        "reasons": [row.reasons for row in rows], "nominations": len(rows),
        "files": sum(len(row.files.all()) for row in rows), "takes": answers.takes_answer(found),
        "is_over": round_.state in (PrizeRound.State.ANNOUNCED, PrizeRound.State.CANCELLED),
        "kept": nominated.kept(found.authority), "is_public": round_.prize.is_public,
        "papers": thanks.own_papers(found),
    }  # fmt: skip
    return render(request, f"{HERE}page.html", context, status=status)
