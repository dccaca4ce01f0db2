"""What is marked exempt is on no page, feed or file that everyone reads; officers mark it, with the legal basis."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from django.core.exceptions import PermissionDenied

from grants import exempt, public
from grants.models import Account, ExemptField, Grant
from portal.models import Event
from strategy import content, status
from tests import factories_money as make
from tests.house.url_places_awards import places_of_awards
from tests.house.url_table import TABLE
from tests.world_money import FUND, SCHEME, SECRET

if TYPE_CHECKING:
    from django.test import Client

    from tests.world import World

pytestmark = pytest.mark.django_db
HIDDEN = re.compile("hemmelig", re.IGNORECASE)
LINK = re.compile(r'(?:href|src)="([^"#]+)')
NEVER_FETCHED = ("/static/", "/media/", "/konto/", "/admin/", "mailto:", "http")
MOST_PAGES = 400


@pytest.fixture
def secrets(world: World) -> list[Grant]:
    """Leave, beside the world's own, one of each way in which a fact of money may be kept from the public."""
    authority = world.home.authority
    account = Account.objects.get(authority=authority, scheme__slug=SCHEME, line__stage="adopted")
    named = make.make.an_organisation(authority, name=f"{SECRET} på egen post")
    line = make.a_line(account.scheme, 500, name=f"{SECRET}, egen post", area="Sted", recipient=named)
    assert line.account is not None
    a_closed_case = make.make.a_case(
        authority, title=f"{SECRET} i saken", access="exempt", access_basis="Offl. § 13", public_title="Tilskudd"
    )
    hidden = make.a_scheme(authority, name=f"{SECRET} ordning", slug="skjult", is_public=False, purpose=SECRET)
    a_hidden_line = make.a_line(hidden, 900, name=f"{SECRET} i skjult ordning")
    assert a_hidden_line.account is not None
    found = [
        make.a_grant(account, a_secret(world), 10, title=SECRET, access="exempt", access_basis="Offl. § 26"),
        make.a_grant(account, a_secret(world), 11, title=SECRET, case=a_closed_case),
        make.a_grant(account, a_secret(world), 12, title=f"{SECRET} søker", state="proposed"),
        make.a_grant(account, a_secret(world), 13, title=f"{SECRET} fikk nei", state="declined"),
        make.a_grant(a_hidden_line.account, a_secret(world), 14, title=SECRET),
        make.a_grant(line.account, named, 15, title="Noe som kan sies", decision_reference=f"Brev om {SECRET}"),
    ]
    ExemptField.objects.create(authority=authority, grant=found[-1], field="recipient", basis="Offl. § 13")
    for grant in [*found, Grant.objects.get(authority=authority, title__startswith=SECRET, scheme__slug=FUND)]:
        make.a_condition(grant, "matching", title=f"{SECRET} betaler", description=SECRET)
        make.a_source(grant, 5, payer=SECRET)
        make.a_grant_report(grant, "sent", title=SECRET, text=SECRET)
    make.a_condition(account.scheme, "attested", title=f"{SECRET} på posten", line=line)
    return found


def a_secret(world: World) -> Any:
    return make.make.an_organisation(world.home.authority, name=f"{SECRET} {next(make.make.counter)}")


def text_of(answer: Any) -> str:
    """Return all that an answer tells: its headers, and its text or what a spreadsheet holds."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    return f"{dict(answer.headers)} {body.decode('utf-8', 'replace')}"


def what_tells(client: Client, addresses: list[str]) -> tuple[dict[str, str], int]:
    """Walk the addresses and every link from them; return each page that tells something hidden, and how many open."""
    waiting, seen, telling, opened = list(addresses), set(addresses), {}, 0
    while waiting and opened < MOST_PAGES:
        address = waiting.pop(0)
        answer = client.get(address)
        if answer.status_code != 200:
            continue
        opened += 1
        text = text_of(answer)
        if found := HIDDEN.search(text):
            telling[address] = text[max(found.start() - 60, 0) : found.end() + 40]
        if not answer["Content-Type"].startswith("text/html"):
            continue
        for link in LINK.findall(text):
            target = urljoin(address, link.replace("&amp;", "&"))
            if target not in seen and not target.startswith(NEVER_FETCHED):
                seen.add(target)
                waiting.append(target)
    return telling, opened


@pytest.mark.slow
def test_no_page_file_or_feed_that_everyone_reads_tells_what_is_exempt(
    world: World, secrets: list[Grant], client: Client
) -> None:
    places = places_of_awards(world) | {
        "home": world.home.slug, "next": world.next.slug, "plan": world.home.plan_slug, "region": "byregionen",
        "shared": "felles-plan", "case": world.home.case.pk, "measure": world.home.participation.measure_id,
        "grant": world.home.one(Grant).pk, "draft": "utkast", "round": "runde", "open_round": "runde",
    }  # fmt: skip
    declared = [
        row.address.format(**places)
        for rows in TABLE.values() for row in rows
        if row.method == "get" and row.answers["anonymous"] == 200 and not re.search(r"\{\w*(key|idporten)", row.address)
    ]  # fmt: skip
    asked = [f"/{world.home.slug}/tildelinger/{secret.year}/?sorter=mottaker" for secret in secrets]
    telling, opened = what_tells(client, ["/", *declared, *asked])
    assert not telling
    assert opened > 80, "the walk stopped early"


def test_the_walk_would_see_it(world: World, client: Client) -> None:
    ExemptField.objects.all().delete()
    telling, _opened = what_tells(client, [f"/{world.home.slug}/tildelinger/2026/tall.xlsx"])
    assert telling


def test_nothing_exempt_lies_in_what_a_report_freezes(world: World, secrets: list[Grant]) -> None:
    kept = status.read(world.home.plan, today=make.DAY, participants=[])
    text, _sha = content.encode(kept)
    assert kept.panels
    assert not HIDDEN.search(text)


def test_neither_search_nor_order_tells_what_is_left_out(world: World, secrets: list[Grant], client: Client) -> None:
    rows = public.rows(world.home.authority.pk)
    assert public.that_fit(rows, words="hemmelig") == []
    by_name = public.in_order(rows, "mottaker")
    hidden = [bool(row.recipient) for row in by_name]
    assert hidden == sorted(hidden, reverse=True)  # those without a name stand last, whatever they are called
    assert client.get(f"/{world.home.slug}/tildelinger/2026/?q=hemmelig").context["rows"] == []


def test_the_sums_hold_what_is_exempt_and_say_by_which_law(world: World, secrets: list[Grant], client: Client) -> None:
    facts = client.get(f"/{world.home.slug}/tildelinger/2026/").context
    kept_back = facts["kept_back"]
    assert (kept_back.count, kept_back.net_nok) == (2, 21)
    assert kept_back.bases == "Offl. § 13, Offl. § 26"
    by_application = Grant.objects.filter(authority=world.home.authority, decision__isnull=False, year=2026)
    assert facts["totals"].net_nok == 600_000 + 75_000 + 15 + 21 + sum(row.amount_nok for row in by_application)
    assert sum(bar.amount_nok for bar in facts["bars"]) == facts["totals"].net_nok
    secret = next(row for row in facts["rows"] if row.amount_nok == 75_000)
    assert not secret.recipient
    assert "(Offl. § 13, fvl. § 13)" in secret.shown_recipient


def test_what_is_exempt_as_a_whole_has_no_page(world: World, secrets: list[Grant], as_role: Any) -> None:
    for grant in secrets[:5]:
        page = f"/{world.home.slug}/tildelinger/tilsagn/{grant.pk}/"
        for person in ("anonymous", "stranger", "elected", "neighbour", "guest_officer"):
            assert as_role(person).get(page).status_code == 404, person
        assert as_role("officer").get(page).status_code == 200


# ---- marking ----


def given(world: World) -> Grant:
    return Grant.objects.get(authority=world.home.authority, scheme__slug=SCHEME)


def seen(grant: Grant) -> dict[str, str]:
    """Return what the form carries of how the grant stood when it was opened."""
    return {"access": "open", "seen": exempt.version_of(grant, exempt.marks_of(grant))}


def page_of(grant: Grant) -> str:
    return f"/{grant.authority.slug}/tildelinger/tilsagn/{grant.pk}/"


def test_what_an_officer_marks_is_gone_at_once(world: World, officer_client: Client, client: Client) -> None:
    grant = given(world)
    assert grant.organisation.name in client.get(page_of(grant)).content.decode()
    typed = {"recipient": "on", "recipient_basis": " Offl.  § 13 ", **seen(grant)}
    assert officer_client.post(page_of(grant), typed).status_code == 302
    html = client.get(page_of(grant)).content.decode()
    assert grant.organisation.name not in html
    assert "Offl. § 13" in html
    event = Event.objects.get(kind="grant.exempted")
    assert event.facts == {"fields": ["recipient"], "access": "open"}
    assert officer_client.post(page_of(grant), seen(grant)).status_code == 302
    assert grant.organisation.name in client.get(page_of(grant)).content.decode()


def test_a_mark_without_its_law_is_sent_back_with_what_was_typed(world: World, officer_client: Client) -> None:
    answer = officer_client.post(
        page_of(given(world)), {"title": "on", "recipient_basis": "Offl. § 13", "access": "exempt"}
    )
    form = answer.context["form"]
    assert set(form.errors) == {"title_basis", "access_basis"}
    assert form["recipient_basis"].value() == "Offl. § 13"
    assert not exempt.marks_of(given(world))


def test_a_text_that_names_an_exempt_recipient_must_be_marked_too(world: World, officer_client: Client) -> None:
    grant = given(world)
    Grant.objects.filter(pk=grant.pk).update(title=f"Drift av {grant.organisation.name}")
    typed = {"recipient": "on", "recipient_basis": "Offl. § 13", **seen(grant)}
    assert set(officer_client.post(page_of(grant), typed).context["form"].errors) == {"title"}
    typed |= {"title": "on", "title_basis": "Offl. § 13"}
    assert officer_client.post(page_of(grant), typed).status_code == 302


def test_two_who_mark_at_once_are_told(world: World, officer_client: Client) -> None:
    grant = given(world)
    was = officer_client.get(f"{page_of(grant)}?gjor=unnta").context["form"]["seen"].value()
    exempt.mark(grant, {"title": "Offl. § 13"}, access="open", access_basis="", by=world.user("leader"))
    answer = officer_client.post(page_of(grant), {"access": "open", "seen": was}, follow=True)
    assert [str(message) for message in answer.context["messages"]]
    assert exempt.marks_of(grant) == {"title": "Offl. § 13"}


def test_a_second_press_changes_nothing(world: World) -> None:
    grant, officer = given(world), world.user("officer")
    for _ in range(2):
        exempt.mark(grant, {"title": "Offl. § 13"}, access="open", access_basis="", by=officer, seen=None)
    assert Event.objects.filter(kind="grant.exempted").count() == 1
    assert ExemptField.objects.filter(grant=grant).count() == 1


@pytest.mark.parametrize("person", ["attester", "decision_maker", "finance_preparer", "editor", "neighbour", "manager"])
def test_others_mark_nothing(world: World, person: str) -> None:
    with pytest.raises(PermissionDenied):
        exempt.mark(given(world), {}, access="exempt", access_basis="x", by=world.user(person))
