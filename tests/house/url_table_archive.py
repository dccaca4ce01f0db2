"""What the addresses of archive, access, retention and one's own data answer to each person."""

from __future__ import annotations

from tests.house.url_rows import ANYONE, NOWHERE, SIGNED_IN, Row, all_get
from tests.house.url_table_money import MONEY_DESK, at_home, gone, leads_on

ANSWERS = at_home("officer", "leader", "operator")
"""What officers and leaders do; the operator reads."""

ARCHIVE: dict[str, list[Row]] = {
    "<slug:authority>/arkiv/": [
        Row("/{home}/arkiv/", MONEY_DESK),
        Row("/finnes-ikke/arkiv/", {**NOWHERE, "anonymous": 302}),
    ],
    "<slug:authority>/arkiv/<int:number>.zip": [Row("/{home}/arkiv/999999.zip", gone(ANSWERS))],
    "<slug:authority>/saker/<int:case>/eksport/": [Row("/{home}/saker/{case}/eksport/", ANSWERS)],
    "<slug:authority>/innsyn/": [Row("/{home}/innsyn/", ANYONE), Row("/finnes-ikke/innsyn/", NOWHERE)],
    "<slug:authority>/innsyn/krav/": [Row("/{home}/innsyn/krav/", ANSWERS)],
    "<slug:authority>/innsyn/krav/<int:asked>/": [
        Row("/{home}/innsyn/krav/{access_request}/", ANSWERS),
        Row("/{home}/innsyn/krav/{next_access_request}/", gone(ANSWERS)),
    ],
    "<slug:authority>/innsyn/svar/<str:key>/": [
        Row("/{home}/innsyn/svar/feil/", NOWHERE),
        Row("/{home}/innsyn/svar/feil/", all_get(404), "post"),
    ],
    "<slug:authority>/bevaring/": [
        Row("/{home}/bevaring/", MONEY_DESK),
        Row(
            "/{home}/bevaring/", leads_on(at_home("leader")), "post",
            {"series": "prize", "action": "keep", "basis": "Plan"},
        ),
    ],
    "min-side/opplysninger/": [Row("/min-side/opplysninger/", SIGNED_IN)],
}  # fmt: skip
