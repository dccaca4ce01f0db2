"""How the tests read a plan's pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.urls import reverse

if TYPE_CHECKING:
    from django.test import Client

    from strategy.models import Plan


def english(client: Client) -> Client:
    client.cookies["sprak"] = "en"
    return client


def address(plan: Plan) -> str:
    return reverse("plan_status", args=[plan.authority.slug, plan.slug])


def page(client: Client, url: str, **headers: str) -> Any:
    return client.get(url, headers=headers)


def body(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode().replace("\xa0", " ")


def table_rows(html: str) -> list[str]:
    return re.findall(r'<tr id="t[0-9-]+">.*?</tr>', html)
