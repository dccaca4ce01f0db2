"""Pages kept ready packed: given to strangers alike, never to anyone who is someone, and never without bounds."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory

from portal import kept_pages
from portal.kept_pages import SHELF, find, keep

PAGE = "<p>Ni tiltak mangler rapport.</p>" * 50


@pytest.fixture(autouse=True)
def _empty() -> None:
    SHELF.clear()


def ask(
    path: str = "/", *, cookies: dict[str, str] | None = None, encoding: str = "gzip, br", method: str = "GET"
) -> Any:
    request = RequestFactory(headers={"accept-encoding": encoding}).generic(method, path)
    request.COOKIES = cookies or {}
    request.user = AnonymousUser()
    request._messages = []
    return request


def kept(request: Any, state: str = "tilstand") -> Any:
    keep(request, HttpResponse(PAGE), state)
    return find(ask(), state)


def test_a_kept_page_is_given_packed_to_the_next_stranger() -> None:
    answer = kept(ask())
    assert gzip.decompress(answer.content).decode() == PAGE
    assert answer["Content-Encoding"] == "gzip"
    assert {"Cookie", "Accept-Encoding"} <= {each.strip() for each in answer["Vary"].split(",")}
    assert "tilstand" in answer["ETag"]


def test_one_who_takes_no_packed_page_gets_it_plain() -> None:
    keep(ask(), HttpResponse(PAGE), "tilstand")
    answer = find(ask(encoding="identity"), "tilstand")
    assert answer is not None and answer.content.decode() == PAGE
    assert not answer.has_header("Content-Encoding")


def test_the_one_it_was_made_for_gets_her_own_answer_marked() -> None:
    answer = keep(ask(), HttpResponse(PAGE), "tilstand")
    assert answer.content.decode() == PAGE and "tilstand" in answer["ETag"]


def test_another_state_is_another_page() -> None:
    keep(ask(), HttpResponse(PAGE), "tilstand")
    assert find(ask(), "en annen") is None
    assert find(ask(), "") is None


@pytest.mark.parametrize(
    "someone",
    [
        {"cookies": {settings.SESSION_COOKIE_NAME: "x"}},
        {"cookies": {"messages": "x"}},
        {"path": "/?status=late"},
        {"method": "POST"},
    ],
)
def test_who_brings_a_session_a_message_or_a_query_neither_leaves_a_page_nor_gets_one(someone: dict[str, Any]) -> None:
    assert kept(ask(**someone)) is None
    keep(ask(), HttpResponse(PAGE), "tilstand")
    assert find(ask(**someone), "tilstand") is None


def test_a_page_with_a_readers_own_form_token_is_not_kept() -> None:
    request = ask()
    get_token(request)
    assert kept(request) is None


def test_a_page_that_sets_a_cookie_or_went_wrong_is_not_kept() -> None:
    with_cookie = HttpResponse(PAGE)
    with_cookie.set_cookie("sist", "x")
    keep(ask(), with_cookie, "tilstand")
    keep(ask(), HttpResponse(PAGE, status=404), "tilstand")
    assert find(ask(), "tilstand") is None


def test_the_oldest_go_when_there_is_no_more_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_pages, "MOST_BYTES", 1000)
    for number in range(5):
        SHELF.put(f"side {number}", b"x" * 300)
        SHELF.take("side 0")
    assert sorted(SHELF.pages) == ["side 0", "side 3", "side 4"]
    assert SHELF.size == 900
    SHELF.put("side 4", b"x" * 100)
    assert SHELF.size == 700


def test_a_page_that_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_pages, "LARGEST", 10)
    assert kept(ask()) is None
