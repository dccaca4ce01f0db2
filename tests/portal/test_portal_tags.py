"""The words, marks and numbers every page uses."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from portal.templatetags import portal_tags as tags

SPRITE = Path(settings.BASE_DIR) / "static" / tags.SPRITE


def render(source: str, **values: object) -> str:
    return Template("{% load portal_tags %}" + source).render(Context(values))


@pytest.mark.parametrize("code", tags.STANDINGS)
def test_a_standing_is_always_icon_word_and_colour(code: str) -> None:
    shown = tags.STANDINGS[code]
    html = tags.standing_html(code)
    assert f"#i-{shown.icon}" in html
    assert str(shown.word) in html
    assert f'data-color="{shown.colour}"' in html
    assert "style=" not in html


@pytest.mark.parametrize("code", tags.STANDINGS)
def test_every_icon_of_a_standing_is_in_the_sprite(code: str) -> None:
    assert f'id="i-{tags.STANDINGS[code].icon}"' in SPRITE.read_text()


def test_on_track_is_never_shown_in_the_authoritys_own_colour() -> None:
    assert tags.STANDINGS["on_track"].colour == "info"


def test_the_mark_is_kept_per_language() -> None:
    with translation.override("en"):
        assert "Late" in tags.standing_html("late")
    with translation.override("nb"):
        assert str(tags.STANDINGS["late"].word) in tags.standing_html("late")


def test_the_tag_and_the_function_write_the_same() -> None:
    assert render("{% standing 'late' %}") == tags.standing_html("late")


def test_money_and_numbers_have_no_break_inside() -> None:
    assert render("{{ value|kroner }}", value=12500) == "kr\u00a012\u00a0500"
    assert render("{{ value|number }}", value=12995) == "12\u00a0995"
    assert render("{{ value|percent }}", value=Decimal("59.3")) == "59,3\u00a0%"


def test_a_missing_figure_is_never_nought() -> None:
    assert render("{{ value|kroner }}{{ value|number }}{{ value|percent }}{{ value|short_date }}", value=None) == ""


def test_dates_are_short_in_tables_and_long_in_text() -> None:
    with translation.override("nb"):
        assert tags.short_date(date(2026, 9, 7)) == "7.9.2026"
        assert tags.long_date(date(2026, 9, 7)) == "7. september 2026"


@pytest.mark.parametrize("precision", ["month", "quarter", "year", "period"])
def test_an_unknown_day_stays_unknown(precision: str) -> None:
    with translation.override("nb"):
        assert not tags.short_date(date(2026, 3, 31), precision).startswith("31.")
        assert "2026" in tags.short_date(date(2026, 3, 31), precision)


def test_the_clock_is_norwegian_time() -> None:
    assert tags.clock(datetime(2026, 9, 7, 12, 32, tzinfo=UTC)).endswith("14.32")


def test_what_is_made_up_says_so_in_norwegian() -> None:
    assert render("{% invented %}") == '<span class="p-opp" lang="nb">oppdiktet</span>'


@pytest.mark.parametrize(("theme", "used"), [("halden", "halden"), ("", "portal"), ("../../secret", "portal")])
def test_a_page_links_one_theme_that_exists(theme: str, used: str) -> None:
    assert f"/{used}." in tags.theme_css(SimpleNamespace(theme=theme))


@pytest.mark.parametrize("theme", sorted(tags.THEMES))
def test_every_theme_has_its_file(theme: str) -> None:
    assert (Path(settings.BASE_DIR) / "static/vendor/themes" / f"{theme}.css").is_file()


def test_breadcrumbs_end_on_this_page() -> None:
    html = render('{% breadcrumbs "Halden" "/halden/" "Plan" %}', request=SimpleNamespace(path="/halden/planer/p/"))
    assert '<a class="ds-link" href="/halden/planer/p/" aria-current="page">Plan</a>' in html
    assert html.count("aria-current") == 1


def test_the_menu_says_where_we_are() -> None:
    request = SimpleNamespace(path="/a/")
    assert 'aria-current="page"' in render("{% nav_item '/a/' 'A' %}", request=request)
    assert "aria-current" not in render("{% nav_item '/b/' 'B' %}", request=request)


def test_a_block_with_a_body_escapes_nothing_twice() -> None:
    assert render("{% empty_state %}<p>a &amp; b</p>{% endempty_state %}") == (
        '<div class="p-empty p-flow"><p>a &amp; b</p></div>'
    )
