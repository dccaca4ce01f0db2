"""The crispy pack: every kind of field has its label, description and error wired together."""

import re
from typing import Any

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Reset, Row, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.files.base import ContentFile
from django.template import Context, Template

from portal.designsystemet import Action, Actions, Affixed, Columns

WAYS = [("a", "Grant"), ("b", "Loan")]
FIELDS: dict[str, forms.Field] = {
    "text": forms.CharField(help_text="Short"),
    "textarea": forms.CharField(widget=forms.Textarea, help_text="Long"),
    "select": forms.ChoiceField(choices=[("", "Choose"), *WAYS], help_text="One"),
    "date": forms.DateField(help_text="31.12.2027"),
    "number": forms.IntegerField(help_text="Whole"),
    "password": forms.CharField(widget=forms.PasswordInput, help_text="Secret"),
    "checkbox": forms.BooleanField(help_text="Tick"),
    "checkboxes": forms.MultipleChoiceField(choices=WAYS, widget=forms.CheckboxSelectMultiple, help_text="Any"),
    "radios": forms.ChoiceField(choices=WAYS, widget=forms.RadioSelect, help_text="One of them"),
    "file": forms.FileField(help_text="PDF"),
    "moment": forms.SplitDateTimeField(widget=forms.SplitDateTimeWidget, help_text="When"),
}
GROUPS = {"checkboxes", "radios", "moment"}


def form_of(name: str, data: dict[str, Any] | None = None, **changes: Any) -> forms.Form:
    field = FIELDS[name]
    made = type("Made", (forms.Form,), {name: field})(data)
    for key, value in changes.items():
        setattr(made.fields[name], key, value)
    return made


def crispy(form: Any) -> str:
    return Template("{% load crispy_forms_filters %}{{ form|crispy }}").render(Context({"form": form}))


def ids(html: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', html)


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_is_wrong_names_its_help_and_its_error(name: str) -> None:
    html = crispy(form_of(name, {}))
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    assert described[1].split() == [f"id_{name}_helptext", f"id_{name}_error"]
    assert set(described[1].split()) <= set(ids(html))
    assert "ds-validation-message" in html
    assert 'aria-invalid="true"' in html


@pytest.mark.parametrize("name", FIELDS)
def test_ids_are_there_once_and_every_label_points_at_one(name: str) -> None:
    html = crispy(form_of(name, {}))
    found = ids(html)
    assert len(found) == len(set(found))
    assert set(re.findall(r'<label[^>]*\bfor="([^"]*)"', html)) <= set(found)


@pytest.mark.parametrize("name", FIELDS)
def test_nothing_breaks_the_content_security_policy(name: str) -> None:
    html = crispy(form_of(name, {}))
    assert not re.search(r"\sstyle=|\son\w+=|<script|<style", html)


@pytest.mark.parametrize("name", FIELDS)
def test_every_input_has_the_class_of_the_design_system(name: str) -> None:
    html = crispy(form_of(name, {}))
    controls = re.findall(r"<(?:input|select|textarea)\b[^>]*>", html)
    assert controls
    assert all("ds-input" in control for control in controls)


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_a_group_is_a_fieldset_with_a_legend(name: str) -> None:
    html = crispy(form_of(name))
    assert html.count("<fieldset") == html.count("<legend") == 1


@pytest.mark.parametrize("name", sorted(FIELDS.keys() - {"checkbox"}))
def test_what_may_be_left_out_says_so_and_what_must_not_bears_no_mark(name: str) -> None:
    assert "p-optional" not in crispy(form_of(name))
    assert "p-optional" in crispy(form_of(name, required=False))


def test_a_form_of_filters_marks_nothing() -> None:
    form = form_of("text", required=False)
    form.mark_optional = False  # type: ignore[attr-defined]
    assert "p-optional" not in crispy(form)


def test_parts_of_one_field_have_each_their_name() -> None:
    assert len(set(re.findall(r'aria-label="([^"]+)"', crispy(form_of("moment"))))) == 2


def test_a_hidden_field_is_only_itself() -> None:
    form = type("Made", (forms.Form,), {"key": forms.CharField(widget=forms.HiddenInput)})()
    assert crispy(form).strip() == '<input type="hidden" name="key" id="id_key">'


def test_a_file_that_is_there_is_named_and_can_be_removed() -> None:
    stored = ContentFile(b"", name="documents/plan.pdf")
    stored.url = "/documents/7/"  # type: ignore[attr-defined]
    form = type("Made", (forms.Form,), {"doc": forms.FileField(required=False)})(initial={"doc": stored})
    html = crispy(form)
    assert '<a href="/documents/7/">plan.pdf</a>' in html
    assert 'name="doc-clear"' in html


def test_what_was_typed_is_kept_and_escaped() -> None:
    html = crispy(form_of("number", {"number": '"><script>'}))
    assert "&quot;&gt;&lt;script&gt;" in html


class Application(forms.Form):
    title = forms.CharField(label="Title")
    way = forms.ChoiceField(label="Way", choices=WAYS, widget=forms.RadioSelect)
    amount = forms.IntegerField(label="Amount")

    def clean(self) -> None:
        raise forms.ValidationError("The sums differ.")


def summary(*given: Any) -> str:
    names = [f"form{number}" for number in range(len(given))]
    source = "{% load designsystemet %}{% error_summary " + " ".join(names) + " %}"
    return Template(source).render(Context(dict(zip(names, given, strict=True))))


def test_the_summary_links_to_the_fields_in_their_order() -> None:
    html = summary(Application({"title": ""}))
    assert re.findall(r'href="#([^"]+)"', html) == ["id_title", "id_way_0", "id_amount"]
    assert html.index("The sums differ.") < html.index("id_title")
    assert 'role="alert"' in html


def test_a_message_all_fields_share_is_named_in_the_summary() -> None:
    assert "Title: " in summary(Application({"way": "a", "amount": "1"}))


def test_the_summary_follows_the_order_of_the_layout() -> None:
    form = Application({})
    form.helper = FormHelper()  # type: ignore[attr-defined]
    form.helper.layout = Layout(Columns("amount", "title"), "way")  # type: ignore[attr-defined]
    assert re.findall(r'href="#([^"]+)"', summary(form)) == ["id_amount", "id_title", "id_way_0"]


def test_a_form_without_mistakes_has_no_summary() -> None:
    assert summary(Application()).strip() == ""


def test_what_is_wrong_with_the_whole_is_said_once() -> None:
    form = Application({"title": "x", "way": "a", "amount": "1"})
    assert "The sums differ." in crispy(form)
    summary(form)
    assert "The sums differ." not in crispy(form)


def test_a_formset_is_summed_up_with_its_forms() -> None:
    formset = forms.formset_factory(Application, extra=0)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-title": "x", "form-1-title": ""}
    )
    assert "#id_form-1-title" in summary(formset)
    assert 'name="form-TOTAL_FORMS"' in crispy(formset)


def test_a_whole_form_with_layout_buttons_and_units() -> None:
    form = Application({})
    form.helper = helper = FormHelper()  # type: ignore[attr-defined]
    helper.layout = Layout(
        Fieldset("What", Row("title"), Affixed("amount", before="kr"), "way"),
        Actions(Action("Save", name="do", value="save"), Action("Later", variant="secondary")),
    )
    helper.add_input(Submit("go", "Send"))
    helper.add_input(Reset("no", "Undo"))
    html = render_crispy_form(form, context={"csrf_token": "token"})
    assert html.index("ds-error-summary") < html.index("<form")
    assert 'name="csrfmiddlewaretoken"' in html
    assert "novalidate" in html
    assert '<legend class="p-h2">What</legend>' in html
    assert re.search(r'ds-field-affix" aria-hidden="true">kr</span><input', html)
    assert re.search(r'<button class="ds-button" type="submit" name="do" value="save"[^>]*>Save</button>', html)
    assert "style=" not in html
