"""The private page of one who was invited to give input. Looking changes nothing; only a pressed button does.

The link may be forwarded or opened by a mail scanner: it never shows what was answered, and every mail goes to the
invited address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from portal import inputs, keys, ratelimit, round_lists
from portal.input_forms import InvitedForm
from portal.models import Authority, Input, InputRound, Invitation, LinkKey
from portal.views import rounds
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse


@never_cache
@read_or_act
def invitation(request: HttpRequest, authority: str, round: str, key: str) -> HttpResponse:  # noqa: A002
    """Let the invited answer once, say that there is nothing to say, or get the receipt again."""
    if ratelimit.over_limit("invitation", ratelimit.visitor(request), per_minute=rounds.POSTS_A_MINUTE):
        return rounds.too_fast(request)
    found = invited_by(key, authority, round)
    if found is None:
        return useless(request, authority, round)
    if request.method != "POST":
        return show(request, found, InvitedForm(initial={"speaks_for": found.name}))
    mark_used(key)
    act = {"decline": decline, "receipt": receipt_again}.get(request.POST.get("do", ""), send)
    return act(request, found)


def invited_by(raw: str, authority: str, slug: str) -> Invitation | None:
    """Return the invitation a link opens, if it is for this round and still holds."""
    key = keys.find(LinkKey.Purpose.INVITATION, raw, now=timezone.now())
    if key is None:
        return None
    in_public = Invitation.objects.filter(round__in=InputRound.objects.public())
    return (
        in_public.filter(pk=key.subject_id, round__authority__slug=authority, round__slug=slug)
        .select_related("round__authority", "round__case")
        .first()
    )


def mark_used(raw: str) -> None:
    """Note when the key was last used to do something."""
    LinkKey.objects.filter(purpose=LinkKey.Purpose.INVITATION, key_hash=keys.hashed(raw)).update(used_at=timezone.now())


def useless(request: HttpRequest, authority: str, slug: str) -> HttpResponse:
    """Say, in the same words whatever the reason, that the link does not open anything, and how to get a new one.

    Raises:
        Http404: there is no such public round.
    """
    round_ = InputRound.objects.public().filter(authority__slug=authority, slug=slug).first()
    owner = Authority.objects.filter(slug=authority, is_listed=True).first()
    if round_ is None or owner is None:
        raise Http404
    return render(
        request, "portal/rounds/bad_link.html", {"authority": owner, "round": round_, "noindex": True}, status=404
    )


def answered(found: Invitation) -> Input | None:
    """Return the input that the invitation was answered with, if it was."""
    return Input.objects.filter(invitation=found).first()


def show(
    request: HttpRequest, found: Invitation, form: InvitedForm, *, status: int = 200, **facts: Any
) -> HttpResponse:
    """Write out the invited's page."""
    today = timezone.localdate()
    context = {
        **round_lists.line_of(found.round, today), "authority": found.round.authority, "invitation": found,
        "form": form, "input": answered(found), "takes": inputs.takes_input(found.round, today), "noindex": True,
        "documents": round_lists.documents_of(found.round),
        "chose_files": bool(form.is_bound and form.errors and request.FILES), **facts,
    }  # fmt: skip
    return render(request, "portal/rounds/invitation.html", context, status=status)


def send(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Take the input; what was written is kept on the page when it cannot be taken."""
    form = InvitedForm(request.POST, request.FILES)
    if answered(found) is not None:
        return show(request, found, InvitedForm())
    if not form.is_valid():
        return show(request, found, form)
    try:
        received, is_new = inputs.submit_by_invitation(
            found.pk, form.typed, form.cleaned_data["files"], now=timezone.now()
        )
    except inputs.NotTaken:
        return show(request, found, form, lost=form.typed.text, status=409)
    if not is_new:
        return show(request, found, InvitedForm())
    rounds.remember(request, rounds.RECEIPTS, found.round, received.pk)
    return redirect("input_receipt", found.round.authority.slug, found.round.slug)


def decline(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Note that there is nothing to say. The same link opens the form again while the round is open."""
    inputs.decline(found.pk, now=timezone.now())
    found.refresh_from_db()
    return show(request, found, InvitedForm(initial={"speaks_for": found.name}))


def receipt_again(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Mail the receipt once more to the invited address, once a day."""
    given = answered(found)
    if given is None:
        return show(request, found, InvitedForm(initial={"speaks_for": found.name}))
    given.round = found.round
    notice = inputs.send_receipt(given, occasion="again", on_date=timezone.localdate())
    return show(request, found, InvitedForm(), receipt="sent" if notice else "sent_today")
