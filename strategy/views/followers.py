"""Following a plan or a measure by e-mail: the address, the code, and the way out.

No page tells whether an address follows already: each says and does the same for one that does and one that does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from portal import codes, ratelimit
from portal.codes import TooMany
from portal.models import EmailCode
from portal.models.authority import LanguageForm
from portal.models.base import key_in
from portal.views.methods import read_or_act
from portal.views.notices import ONE_CLICK
from portal.views.rounds import too_fast
from strategy import followers, sentences
from strategy.follow_forms import FollowCodeForm, FollowForm
from strategy.models import Measure, Plan
from strategy.views.plans import let_in

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

POSTS_A_MINUTE, CODES_AN_HOUR = 30, 30
"""Per visitor; a whole office may share one address."""
SESSION = "follows"
"""Where the session keeps, by plan, which code was asked for and for which measure; never the address itself."""


class Asked(NamedTuple):
    """What one asks to follow: the plan, or one measure in force of it."""

    plan: Plan
    measure: Measure | None

    @property
    def address(self) -> str:
        """Return the page where it is asked for."""
        query = f"?tiltak={self.measure.pk}" if self.measure else ""
        return reverse("follow", args=[self.plan.authority.slug, self.plan.slug]) + query

    @property
    def code_address(self) -> str:
        return reverse("follow_code", args=[self.plan.authority.slug, self.plan.slug])

    def context(self, **facts: Any) -> dict[str, Any]:
        return {
            "plan": self.plan, "authority": self.plan.authority, "measure": self.measure,
            "words": sentences.Words.of(self.plan), "page_url": self.address, "noindex": True, **facts,
        }  # fmt: skip


def asked_for(request: HttpRequest, authority: str, plan: str, measure: str | None) -> Asked:
    """Return what is asked for.

    Raises:
        Http404: the plan is not public, or has no such measure in force.
    """
    gate = let_in(request, authority, plan).gate
    if gate.status == Plan.Status.DRAFT or not gate.is_listed:
        raise Http404
    found = Plan.objects.select_related("authority").get(pk=gate.plan_id)
    return Asked(found, measure_of(found, measure) if measure else None)


def measure_of(plan: Plan, number: str) -> Measure:
    in_force = Measure.objects.filter(plan=plan, current_entry__isnull=False).exclude(current_entry__change="dropped")
    return get_object_or_404(in_force.select_related("current_entry__strategy"), pk=key_in(number))


@never_cache
@read_or_act
def follow(request: HttpRequest, authority: str, plan: str) -> HttpResponse:
    """Ask where news is to be sent; mail a code there and lead on to it."""
    if is_too_fast(request):
        return too_fast(request)
    asked = asked_for(request, authority, plan, request.GET.get("tiltak"))
    form = FollowForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "strategy/follow/follow.html", asked.context(form=form))
    try:
        if ratelimit.over_limit("follow-codes", ratelimit.visitor(request), per_hour=CODES_AN_HOUR):
            raise TooMany
        code = followers.start(asked.plan.pk, asked.measure, form.cleaned_data["address"], now=timezone.now())
    except TooMany:
        form.add_error(None, _("We cannot send more codes right now. Try again in an hour."))
        return render(request, "strategy/follow/follow.html", asked.context(form=form), status=429)
    remember(request, asked, code.pk)
    return redirect(asked.code_address)


def is_too_fast(request: HttpRequest) -> bool:
    return request.method == "POST" and ratelimit.over_limit(
        "follow-post", ratelimit.visitor(request), per_minute=POSTS_A_MINUTE
    )


def remember(request: HttpRequest, asked: Asked, code: int) -> None:
    """Note in the session which code this visitor waits for, and what it is to open."""
    own = {"code": code, "measure": asked.measure.pk if asked.measure else None}
    request.session[SESSION] = {**request.session.get(SESSION, {}), str(asked.plan.pk): own}


def forget(request: HttpRequest, asked: Asked) -> None:
    kept = request.session.get(SESSION, {})
    request.session[SESSION] = {plan: own for plan, own in kept.items() if plan != str(asked.plan.pk)}


@never_cache
@read_or_act
def follow_code(request: HttpRequest, authority: str, plan: str) -> HttpResponse:
    """Ask for the mailed code; the right one makes its address a follower."""
    if is_too_fast(request):
        return too_fast(request)
    asked = asked_for(request, authority, plan, None)
    own = request.session.get(SESSION, {}).get(str(asked.plan.pk))
    mine = EmailCode.objects.filter(pk=own["code"] if own else None, purpose=followers.purpose_of(asked.plan.pk))
    if own is None or (code := mine.first()) is None:
        return redirect(asked.address)
    asked = Asked(asked.plan, measure_of(asked.plan, str(own["measure"])) if own["measure"] else None)
    if request.method == "POST" and request.POST.get("do") == "again":
        sent = followers.send_code_again(code.pk, asked.plan.pk, asked.measure, now=timezone.now())
        return show_code(request, asked, code, FollowCodeForm(), sent_again=sent, refused=not sent)
    form = FollowCodeForm(request.POST if request.method == "POST" else None)
    return confirm(request, asked, code, form) if form.is_valid() else show_code(request, asked, code, form)


def confirm(request: HttpRequest, asked: Asked, code: EmailCode, form: FollowCodeForm) -> HttpResponse:
    """Try the digits."""
    own = asked.plan.authority.language_form
    chosen = request.LANGUAGE_CODE  # type: ignore[attr-defined]
    follower = followers.confirm(
        code.pk, asked.plan.pk, asked.measure.pk if asked.measure else None, form.cleaned_data["code"],
        language=chosen if chosen in LanguageForm.values else own, now=timezone.now(),
    )  # fmt: skip
    if follower is None:
        form.add_error("code", _("This is not the code we sent last. Look in the newest e-mail from us."))
        return show_code(request, asked, code, form)
    forget(request, asked)
    messages.success(
        request,
        _("%(address)s now follows “%(what)s”. The first e-mail comes with the next report.")
        % {"address": follower.address, "what": asked.measure or asked.plan},
    )
    return redirect(asked.measure.get_absolute_url() if asked.measure else asked.plan.get_absolute_url())


def show_code(request: HttpRequest, asked: Asked, code: EmailCode, form: FollowCodeForm, **facts: Any) -> HttpResponse:
    """Write out the page that asks for the code."""
    code.refresh_from_db()
    left = max(codes.ATTEMPTS - code.attempts, 0)
    context = asked.context(
        form=form, code=code, left=left, is_dead=left == 0 or code.expires_at <= timezone.now(),
        may_send_again=code.sendings < codes.SENDINGS, **facts,
    )  # fmt: skip
    return render(request, "strategy/follow/code.html", context)


@csrf_exempt
@never_cache
@read_or_act
@ratelimit.limit("stop-following", per_minute=300)
def stop_following(request: HttpRequest, key: str) -> HttpResponse:
    """Stop the mails of one who holds the link from one of them; acts when a button is pressed, never when opened.

    Without a form token: the key in the address is what gives the right, and mail programs post without a page.
    """
    now = timezone.now()
    following = followers.of_key(key, now=now)
    if following is None:
        return render(request, "strategy/follow/stop.html", {"step": "expired", "noindex": True}, status=404)
    plan = following[0].plan if following else None
    step = "ask" if following else "gone"
    if request.method == "POST" and following:
        if (only := key_in(request.POST.get("bare", ""))) in {row.pk for row in following}:
            step, following = "one", followers.stop(key, only=only, now=now)
        elif "stop" in request.POST or request.POST.get(ONE_CLICK[0]) == ONE_CLICK[1]:
            step, following = "stopped", followers.stop(key, now=now)
        step = step if following or step != "one" else "stopped"
    context = {
        "step": step, "following": following, "plan": plan, "authority": plan.authority if plan else None,
        "noindex": True,
    }  # fmt: skip
    return render(request, "strategy/follow/stop.html", context)
