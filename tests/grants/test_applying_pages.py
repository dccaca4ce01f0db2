"""The pages an application is written on: nothing typed is lost, and nothing is sent that was not read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grants.applying import content as typed
from grants.applying import steps
from grants.calls import eligibility
from grants.desk import late as late_entry
from grants.models import Application, Call, Question
from portal import typed as kept
from portal.models import Organisation
from tests import factories_fund as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.world import World

JSON = {"Accept": "application/json"}


@pytest.fixture
def call(world: World) -> Call:
    """An open call of the home authority's fund, with a question that hangs on another."""
    call = make.a_call(make.a_fund_with(world.home.authority).scheme, published=False, title="Nyskaping i Hjemby")
    asked = Question.objects.create(authority=call.authority, call=call, text="Har dere en partner?", kind="yes_no")
    Question.objects.create(
        authority=call.authority, call=call, text="Hvem?", kind="text", shown_if=asked, shown_if_answer="yes"
    )
    return make.publish(call)


@pytest.fixture
def organisation(world: World) -> Organisation:
    return Organisation.objects.filter(authority=world.home.authority).exclude(number="").get()


@pytest.fixture
def client(as_role: Callable[[str], Client]) -> Client:
    return as_role("manager")


@pytest.fixture
def draft(world: World, call: Call, organisation: Organisation) -> Application:
    """All that is asked for, saved by the manager; only the declaration is left."""
    day = timezone.localdate() + dt.timedelta(days=60)
    answers = {str(row.pk): "no" if row.kind == "yes_no" else "Halve strømmen." for row in call.questions.all()}
    content = make.some_content(
        starts_on=day.isoformat(), ends_on=(day + dt.timedelta(days=90)).isoformat(), answers=answers, declared=False
    )  # fmt: skip
    by = world.user("manager")
    return make.a_draft_application(call, organisation, by=by, content=content)


def page(application: Application, step: str) -> str:
    return reverse("write_application", args=[application.pk, step])


def seen(application: Application, step: str) -> str:
    application.refresh_from_db()
    return steps.seen(application, typed.of(application.content), step)


def money(application: Application, **facts: str) -> dict[str, str]:
    """Return the step of money as it stands, with some of it changed."""
    content = typed.of(application.content)
    found = {"step": "okonomi", "seen": seen(application, "okonomi"), "has-costs": "1", "has-money": "1"}
    for n, row in enumerate(content.costs):
        found |= {f"cost-{n}-kind": row.kind, f"cost-{n}-text": row.text, f"cost-{n}-amount": row.amount}
    for n, paid in enumerate(content.financing):
        found |= {f"money-{n}-payer": paid.payer, f"money-{n}-text": paid.text, f"money-{n}-amount": paid.amount}
    return {**found, **facts}


# ---- beginning ----


def test_nobody_begins_past_the_check_and_who_is_not_signed_in_comes_back_to_it(
    world: World, call: Call, organisation: Organisation, as_role: Callable[[str], Client]
) -> None:
    address = reverse("start_application", args=[call.authority.slug, call.slug])
    check = reverse("call_check", args=[call.authority.slug, call.slug])
    answers = {row.pk: row.right_answer for row in call.checks.all()}
    passed = f"{address}?{urlencode({eligibility.NAME: eligibility.seal(call, answers)})}"
    client = as_role("manager")
    assert client.get(address)["Location"] == check
    assert "logg-inn" in as_role("anonymous").get(passed)["Location"]
    assert organisation.name in client.get(passed).content.decode()
    assert "Velg" in client.post(passed, {"applicant": "99"}).content.decode() or not call.applications.exists()
    begun = client.post(passed, {"applicant": str(organisation.pk)})
    made = call.applications.get()
    assert begun["Location"] == page(made, "prosjekt") and list(made.eligibility.values()) == list(answers.values())


# ---- writing ----


def test_what_is_typed_is_kept_letter_by_letter_and_what_is_wrong_is_said_at_its_field(
    client: Client, draft: Application
) -> None:
    typed_in = money(draft, do="next", **{"cost-0-amount": "600 tusen", "money-1-text": "<script>alert(1)</script>"})
    text = client.post(page(draft, "okonomi"), typed_in).content.decode()
    draft.refresh_from_db()
    assert draft.content["costs"][0]["amount"] == "600 tusen"
    assert 'aria-invalid="true"' in text and 'href="#cost-0-amount"' in text and "<script>alert" not in text
    right = money(draft, do="next", **{"cost-0-amount": "kr 600.000,-", "seen": seen(draft, "okonomi")})
    assert client.post(page(draft, "okonomi"), right)["Location"] == page(draft, "stotte")


def test_lines_come_and_go_by_buttons_without_scripts(client: Client, draft: Application) -> None:
    answer = client.post(page(draft, "okonomi"), money(draft, do="add-cost-travel"))
    assert answer["Location"].endswith("#cost-1")
    draft.refresh_from_db()
    assert [row["kind"] for row in draft.content["costs"]] == ["bought", "travel"]
    client.post(page(draft, "okonomi"), money(draft, do="drop-cost-0"))
    draft.refresh_from_db()
    assert [row["kind"] for row in draft.content["costs"]] == ["travel"]


def test_the_page_saves_itself_and_gets_the_sums_the_server_computed(client: Client, draft: Application) -> None:
    given = money(draft, do="quiet", **{"money-1-amount": "280 000"})
    answer = client.post(reverse("save_application", args=[draft.pk]), given, headers=JSON).json()
    assert "20\xa0000" in answer["balance"] and "#money-1-amount" in answer["missing"]
    assert answer["seen"] == seen(draft, "okonomi") and draft.content["financing"][1]["amount"] == "280 000"


def test_two_on_different_steps_are_not_in_each_others_way_and_two_on_one_see_both(
    client: Client, draft: Application, as_role: Callable[[str], Client]
) -> None:
    colleague = as_role("colleague")
    mine, project = money(draft, do="save", **{"cost-0-text": "Min ovn"}), seen(draft, "prosjekt")
    colleague.post(page(draft, "prosjekt"), {"seen": project, "title": "Kollegas navn", "do": "save"})
    assert client.post(page(draft, "okonomi"), mine).status_code == 302
    late = {"seen": project, "title": "Mitt navn", "do": "save"}
    both = client.post(page(draft, "prosjekt"), late)
    text = both.content.decode()
    assert both.status_code == 409 and "Kollegas navn" in text and "Mitt navn" in text
    draft.refresh_from_db()
    assert (draft.title, draft.content["costs"][0]["text"]) == ("Kollegas navn", "Min ovn")
    client.post(page(draft, "prosjekt"), {**late, "seen": seen(draft, "prosjekt")})
    draft.refresh_from_db()
    assert draft.title == "Mitt navn"


def test_signs_no_database_keeps_are_left_out_and_the_rest_stands(client: Client, draft: Application) -> None:
    words = "Emoji 🧁, \x00nullbyte, \x07bjelle og\r\nlinje"
    client.post(page(draft, "prosjekt"), {"seen": seen(draft, "prosjekt"), "summary": words, "do": "save"})
    draft.refresh_from_db()
    assert draft.content["summary"] == "Emoji 🧁, nullbyte, bjelle og\nlinje"


def test_a_session_that_ends_while_one_types_loses_nothing(world: World, client: Client, draft: Application) -> None:
    client.get(page(draft, "prosjekt"))
    session = client.session
    for name in ("_auth_user_id", "_auth_user_backend", "_auth_user_hash"):
        session.pop(name, None)
    session.save()
    given = {"seen": seen(draft, "prosjekt"), "step": "prosjekt", "title": "Skrevet uten innlogging", "do": "quiet"}
    answer = client.post(reverse("save_application", args=[draft.pk]), given)
    assert answer.status_code == 302 and draft.title != given["title"]
    form = client.session[kept.SESSION_KEY]
    assert dict(form["fields"])["title"] == given["title"]
    again = signed_in(world.user("manager"), "ansattporten")
    assert again.post(form["path"], dict(form["fields"])).status_code == 302
    draft.refresh_from_db()
    assert draft.title == given["title"]


def test_an_answer_shows_the_question_that_hangs_on_it(client: Client, draft: Application, call: Call) -> None:
    first, then = call.questions.filter(shown_if=None).get(kind="yes_no"), call.questions.get(text="Hvem?")
    given = {"seen": seen(draft, "prosjekt"), f"q-{first.pk}": "yes", f"q-{then.pk}": "", "do": "next"}
    text = client.post(page(draft, "prosjekt"), given).content.decode()
    assert f'href="#q-{then.pk}"' in text
    given |= {"seen": seen(draft, "prosjekt"), f"q-{first.pk}": "no"}
    assert client.post(page(draft, "prosjekt"), given)["Location"] == page(draft, "okonomi")


# ---- sending ----


def test_it_is_sent_as_it_was_read_declared_and_once(
    client: Client, draft: Application, as_role: Callable[[str], Client]
) -> None:
    address = page(draft, "send")
    assert as_role("colleague").post(address, {"seen": "0"}).status_code == 403
    draft.refresh_from_db()
    undeclared = client.post(address, {"seen": draft.row_version}).content.decode()
    assert 'href="' in undeclared and Application.objects.get(pk=draft.pk).state == "draft"
    given: dict[str, Any] = {"seen": draft.row_version, "declared": "yes", "language": "nn", "do": "send"}
    as_role("colleague").post(
        page(draft, "prosjekt"), {"seen": seen(draft, "prosjekt"), "title": "Endret", "do": "save"}
    )  # fmt: skip
    overtaken = client.post(address, given)
    assert overtaken.status_code == 200 and Application.objects.get(pk=draft.pk).state == "draft"
    draft.refresh_from_db()
    done = client.post(address, {**given, "seen": draft.row_version})
    assert done["Location"] == reverse("application_receipt", args=[draft.pk])
    draft.refresh_from_db()
    assert (draft.state, draft.language, draft.title) == ("submitted", "nn", "Endret")
    assert client.post(address, given)["Location"] == done["Location"]


def test_a_closed_call_sends_nothing_and_the_draft_tells_its_number(
    world: World, client: Client, draft: Application, organisation: Organisation
) -> None:
    now = timezone.now()
    closed = make.a_call(
        draft.call.scheme, opens_at=now - dt.timedelta(days=9), closes_at=now - dt.timedelta(seconds=1)
    )
    late = make.a_draft_application(closed, organisation, by=world.user("manager"), content=draft.content)
    text = client.post(page(late, "send"), {"seen": late.row_version, "declared": "yes"}).content.decode()
    assert late_entry.number_of(late) in text and Application.objects.get(pk=late.pk).state == "draft"
    client.post(page(late, "prosjekt"), {"seen": seen(late, "prosjekt"), "title": "Skriver videre", "do": "save"})
    late.refresh_from_db()
    assert late.title == "Skriver videre"


def test_who_writes_while_a_colleague_sends_sees_what_did_not_come_along(
    world: World, call: Call, client: Client, organisation: Organisation
) -> None:
    done = make.an_application(call, organisation, by=world.user("manager"))
    given = {"seen": "0.x", "summary": "Skrevet mens den ble sendt.", "do": "save"}
    answer = client.post(page(done, "prosjekt"), given)
    assert answer.status_code == 409 and "Skrevet mens den ble sendt." in answer.content.decode()
    done.refresh_from_db()
    assert "sendt" not in done.content["summary"]


def test_a_step_costs_the_same_however_much_is_written(client: Client, draft: Application) -> None:
    def cost() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page(draft, "okonomi")).status_code == 200
        return len(caught)

    cost()
    few = cost()
    content = typed.of(draft.content)
    content.costs = [typed.Cost(text=str(n), amount="100") for n in range(typed.MOST_ROWS)]
    Application.objects.filter(pk=draft.pk).update(content=typed.stored(content))
    assert cost() == few <= 16


def test_a_stranger_and_the_desk_find_no_draft(draft: Application, as_role: Callable[[str], Client]) -> None:
    for person in ("officer", "leader", "operator", "neighbour", "stranger"):
        assert as_role(person).get(page(draft, "prosjekt")).status_code == 404
