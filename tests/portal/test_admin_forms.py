"""What a browser would send from a case page, for tests that change a little of it; and that sending it does nothing."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.models import Body, Case, Organisation, RegionMembership, Unit
from strategy.models import Goal, Measure, MeasureEntry, MeasureParticipation, Plan, PlanParticipant, Strategy, Tag
from tests import factories as make
from tests.world import World

pytestmark = pytest.mark.django_db
NOT_SENT = ("submit", "file", "button", "reset")


class Fields(HTMLParser):
    """The fields of a page's own form, as a browser would send them untouched."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.inside = False
        self.fields: dict[str, str] = {}
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        name = facts.get("name") or ""
        if tag == "form":
            self.inside = facts.get("id") == self.form_id
        elif self.inside and tag == "input" and name and facts.get("type") not in NOT_SENT:
            if facts.get("type") not in ("checkbox", "radio") or "checked" in facts:
                self.fields[name] = facts.get("value") or ("on" if "checked" in facts else "")
        elif self.inside and tag == "select":
            self.select = name
            self.fields.setdefault(name, "")
        elif self.inside and tag == "option" and self.select and "selected" in facts:
            self.fields[self.select] = facts.get("value") or ""
        elif self.inside and tag == "textarea":
            self.area = name
            self.fields[name] = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.fields[self.area] = self.fields[self.area].removeprefix("\n")
            self.area = ""


def page(model: Any, kind: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=arguments)


def form_of(client: Client, url: str) -> dict[str, str]:
    """Return what the page's form would send as it stands."""
    answer = client.get(url)
    assert answer.status_code == 200, f"{url}: {answer.status_code} {answer.get('Location', '')}"
    reader = Fields(f"{answer.context['opts'].model_name}_form")
    reader.feed(answer.content.decode())
    return {name: value for name, value in reader.fields.items() if name[0] != "_" and "__prefix__" not in name}


def send(client: Client, url: str, **changes: Any) -> Any:
    """Send the page's form with these fields changed."""
    return client.post(url, {**form_of(client, url), **changes})


def new_row(form: dict[str, str], prefix: str, **values: Any) -> dict[str, Any]:
    """Return the form with one more row below the page."""
    place = int(form.get(f"{prefix}-TOTAL_FORMS", 0))
    row = {f"{prefix}-{place}-{name}": value for name, value in values.items()}
    start = {f"{prefix}-INITIAL_FORMS": "0", f"{prefix}-MIN_NUM_FORMS": "0", f"{prefix}-MAX_NUM_FORMS": "1000"}
    return {**start, **form, f"{prefix}-TOTAL_FORMS": str(place + 1), **row}


def row_of(form: dict[str, str], prefix: str, pk: int) -> str:
    """Return what the fields of an existing row below the page start with."""
    found = [name for name, value in form.items() if name.startswith(f"{prefix}-") and name.endswith("-id")]
    return next(name.removesuffix("-id") for name in found if form[name] == str(pk))


def complaints(answer: Any) -> set[str]:
    """Return the names of the fields that have errors beside them; `__all__` for those on top of a form.

    A page that was saved, or that shows no error, has none.
    """
    if answer.status_code != 200 or not answer.context or "adminform" not in answer.context:
        return set()
    found = set(answer.context["adminform"].form.errors)
    for inline in answer.context["inline_admin_formsets"]:
        found |= {f"{row.prefix}-{name}" for row in inline.formset.forms for name in row.errors}
        if inline.formset.non_form_errors():
            found.add(f"{inline.formset.prefix}-__all__")
    return found


def is_refused(answer: Any) -> bool:
    """Say whether the form came back with an error."""
    return answer.status_code == 200 and bool(complaints(answer))


# ---- a page that is sent as it was read changes nothing ----


@pytest.mark.parametrize(
    "model", [Unit, Body, Organisation, Case, Plan, Goal, Strategy, Tag, Measure, MeasureEntry, MeasureParticipation]
)
def test_a_page_that_is_sent_untouched_is_taken_and_changes_nothing(
    world: World, leader_client: Client, model: Any
) -> None:
    row = world.home.one(model)
    before = model.objects.filter(pk=row.pk).values().get()
    answer = send(leader_client, page(model, "change", row.pk))
    assert answer.status_code == 302, complaints(answer)
    assert model.objects.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("place", ["home", "region"])
def test_the_operator_may_send_a_plans_page_and_an_authoritys_untouched(
    world: World, operator_client: Client, place: str
) -> None:
    side = getattr(world, place)
    links = list(PlanParticipant.objects.values_list("plan", "authority", "role").order_by("pk"))
    members = list(RegionMembership.objects.values_list("region", "member").order_by("pk"))
    for row in (side.plan, side.authority):
        assert send(operator_client, page(type(row), "change", row.pk)).status_code == 302
    assert list(PlanParticipant.objects.values_list("plan", "authority", "role").order_by("pk")) == links
    assert list(RegionMembership.objects.values_list("region", "member").order_by("pk")) == members


def test_a_step_below_its_case_tells_its_dates_and_keeps_what_its_row_does_not_show(
    world: World, officer_client: Client
) -> None:
    days = {"starts_on": dt.date(2026, 3, 1), "ends_on": dt.date(2026, 4, 30), "papers_due_on": dt.date(2026, 2, 20)}
    step = make.a_step(make.a_case(world.home.authority), precision="month", **days)
    url = page(Case, "change", step.case_id)
    assert "mars–april 2026" in officer_client.get(url).content.decode()
    row = row_of(form_of(officer_client, url), "steps", step.pk)
    assert send(officer_client, url, **{f"{row}-actor": "Forumet"}).status_code == 302
    step.refresh_from_db()
    assert (step.actor, step.precision) == ("Forumet", "month")
    assert {name: getattr(step, name) for name in days} == days


def test_a_new_measure_pressed_twice_is_made_once(world: World, officer_client: Client) -> None:
    new = page(MeasureParticipation, "add")
    form = {**form_of(officer_client, new), "plan": world.home.plan.pk, "title": "Trykket to ganger"}
    for _press in range(2):
        answer = officer_client.post(new, form, follow=True)
        assert answer.status_code == 200
        assert any("Trykket to ganger" in str(message) for message in answer.context["messages"])
    assert MeasureEntry.objects.filter(title="Trykket to ganger").count() == 1
    form["once"] = form_of(officer_client, new)["once"]
    officer_client.post(new, form)
    assert MeasureEntry.objects.filter(title="Trykket to ganger").count() == 2


@pytest.mark.parametrize("said", ["", "x", "-1", "99999"])
def test_a_bulk_change_that_does_not_say_what_it_saw_changes_nothing(
    world: World, officer_client: Client, said: str
) -> None:
    part = world.home.participation
    answer = officer_client.post(
        page(MeasureParticipation, "changelist"),
        {"action": "change_chosen", "_selected_action": [part.pk], "confirm": "1", "state": "on_hold",
         f"seen-{part.pk}": said},
    )  # fmt: skip
    assert answer.status_code == 302
    before = part.state
    part.refresh_from_db()
    assert part.state == before != "on_hold"
