"""A person's notices, her choices, and the way out of a kind of mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from portal import keys, wiring
from portal.models import LinkKey, Notice
from portal.models.base import key_in
from portal.notice_choices import EVERY_KIND, choose, stoppable, stopped
from portal.ratelimit import limit
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portal.kinds import Kind

PER_PAGE = 50
ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""RFC 8058: what a mail program posts when its reader presses "unsubscribe" there."""


@never_cache
@login_required
@read_or_act
def inbox(request: HttpRequest) -> HttpResponse:
    """Show a person's notices, newest first; a press marks one or all of them as read."""
    own = Notice.objects.filter(user=request.user)
    if request.method == "POST":
        mark_read(request, own)
        return redirect(request.get_full_path())
    asked = {name: request.GET.get(name, "")[:40] for name in ("slag", "alle")}
    kinds = wiring.kinds()
    shown = own if asked["alle"] else own.current()
    if asked["slag"]:
        shown = shown.filter(kind=asked["slag"])
    page = Paginator(
        shown.select_related("mail", "authority").order_by("-created_at", "on_date", "pk"), PER_PAGE
    ).get_page(request.GET.get("side"))
    held = own.order_by("kind").values_list("kind", flat=True).distinct()
    context = {
        "asked": asked,
        "query": urlencode({name: value for name, value in asked.items() if value}),
        "kinds": [(name, label_of(kinds.get(name))) for name in held],
        "page": page,
        "rows": [row_of(notice, kinds.get(notice.kind)) for notice in page],
        "unread": own.current().filter(read_at__isnull=True).count(),
    }
    return render(request, "portal/inbox.html", context)


def mark_read(request: HttpRequest, own: Any) -> None:
    """Mark the notice that was pressed, or all of the person's own, as read.

    Raises:
        Http404: the notice is not hers.
    """
    unread = own.filter(read_at__isnull=True)
    if "all" in request.POST:
        read = unread.update(read_at=timezone.now())
        text = ngettext("%(count)d notice is marked as read.", "%(count)d notices are marked as read.", read)
        messages.success(request, text % {"count": read})
        return
    notice = get_object_or_404(own, pk=key_in(request.POST.get("notice", "")))
    unread.filter(pk=notice.pk).update(read_at=timezone.now())


def row_of(notice: Notice, kind: Kind | None) -> dict[str, Any]:
    """Return a notice with what the page says of it; the mail's own text where it was about this alone."""
    is_deadline = kind is not None and bool(kind.days_before)
    mail = notice.mail
    return {
        "notice": notice,
        "kind": label_of(kind),
        "is_deadline": is_deadline,
        "is_leaders": notice.occasion.startswith("leader-"),
        "text": mail.text if mail is not None and mail.digest_on is None and not is_deadline else "",
        "language": mail.language if mail is not None else "",
    }


def label_of(kind: Kind | None) -> str:
    return str(kind.label) if kind is not None else _("Other")


# ---- what one wants by mail ----


@never_cache
@login_required
@read_or_act
def notice_choices(request: HttpRequest) -> HttpResponse:
    """Let a person choose which kinds of notices she wants by mail; in the portal they stand anyway."""
    kinds, before = wiring.kinds(), stopped(request.user)
    if request.method == "POST":
        wanted, may = set(request.POST.getlist("kind")), set(stoppable())
        choose((may & wanted) & before, by_mail=True, user=request.user)
        choose((may - wanted) - before, by_mail=False, user=request.user)
        messages.success(request, _("Your choices are saved."))
        return redirect("notice_choices")
    context = {
        "choices": [(kind, kind.name not in before) for kind in kinds.values() if kind.may_stop],
        "always": [kind for kind in kinds.values() if not kind.may_stop],
    }
    return render(request, "portal/notice_choices.html", context)


@csrf_exempt
@never_cache
@read_or_act
@limit("unsubscribe", per_minute=300)
def unsubscribe(request: HttpRequest, key: str) -> HttpResponse:
    """Stop a kind of mail for the one whose mail held this address; acts when a button is pressed, never when opened.

    Without a form token: the key in the address is what gives the right, and mail programs post without a page.
    """
    found = keys.find(LinkKey.Purpose.UNSUBSCRIBE, key, now=timezone.now())
    if found is None:
        return render(request, "portal/unsubscribe.html", {"step": "expired", "noindex": True}, status=404)
    receiver: dict[str, Any] = {"user": found.user} if found.user else {"user": None, "address": found.address}
    kinds = [kind for kind in [*stoppable(), EVERY_KIND] if found.scope in (kind, EVERY_KIND)]
    step, changed = "ask", sorted(set(kinds) - stopped(**receiver))
    if request.method == "POST":
        LinkKey.objects.filter(pk=found.pk).update(used_at=timezone.now())
        if "undo" in request.POST:
            changed = [kind for kind in kinds if kind in request.POST.getlist("kind")]
            choose(changed, by_mail=True, **receiver)
            step = "undone"
        elif "stop" in request.POST or request.POST.get(ONE_CLICK[0]) == ONE_CLICK[1]:
            choose(changed, by_mail=False, **receiver)
            step = "stopped"
    names = wiring.kinds()
    context = {
        "step": step,
        "is_all": found.scope == EVERY_KIND,
        "labels": [names[kind].label for kind in kinds if kind != EVERY_KIND],
        "changed": changed,
        "receiver": found.user.email if found.user else found.address,
        "has_account": found.user is not None,
        "noindex": True,
    }
    return render(request, "portal/unsubscribe.html", context)
