"""What the addresses of prizes answer to each person."""

from __future__ import annotations

from tests.house.url_rows import Row
from tests.house.url_table_awards_desk import AWARDS_DESK
from tests.house.url_table_awards_jury import AWARDS_JURY
from tests.house.url_table_awards_public import AWARDS_PUBLIC
from tests.house.url_table_awards_setup import AWARDS_SETUP

AWARDS: dict[str, list[Row]] = {**AWARDS_PUBLIC, **AWARDS_SETUP, **AWARDS_DESK, **AWARDS_JURY}
