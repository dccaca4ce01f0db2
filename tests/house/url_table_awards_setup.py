"""What the addresses of prizes answer to each person: prizes, statutes and rounds being set up."""

from __future__ import annotations

from tests.house.url_rows import Row
from tests.house.url_table_money import MONEY_DESK, NEXT_DESK, at_home, gone, leads_on

SETS_UP = at_home("officer", "leader")
"""Sets up prizes and rounds; the operator reads, and does nothing."""
NEXT_SETS_UP = {**NEXT_DESK, "operator": 403}
LEADS = {**SETS_UP, "officer": 403}
"""Sets up the working group."""
DESK = "/{home}/prisarbeid/"
PRIZE, NEXT_PRIZE = f"{DESK}{{prize}}/", "/{next}/prisarbeid/{prize}/"
JUDGED, DRAFT = f"{PRIZE}{{judging_year}}/", f"{PRIZE}{{draft_year}}/"

AWARDS_SETUP: dict[str, list[Row]] = {
    "<slug:authority>/prisarbeid/": [
        Row(DESK, MONEY_DESK),
        Row("/{next}/prisarbeid/", NEXT_DESK),
    ],
    "<slug:authority>/prisarbeid/ny/": [
        Row(f"{DESK}ny/", SETS_UP),
        Row(f"{DESK}ny/", SETS_UP, "post", {"name": ""}),
        Row("/{next}/prisarbeid/ny/", NEXT_SETS_UP),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/": [
        Row(PRIZE, SETS_UP),
        *(Row(f"{PRIZE}?gjor={deed}", SETS_UP) for deed in ("kategori", "mal")),
        Row(f"{PRIZE}?gjor=slett", gone(SETS_UP)),
        Row(PRIZE, leads_on(SETS_UP), "post", {"gjor": "slett", "del": "999999999"}),
        Row(f"{DESK}finnes-ikke/", gone(SETS_UP)),
        Row(NEXT_PRIZE, NEXT_SETS_UP),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/arbeidsgruppe/": [
        Row(f"{PRIZE}arbeidsgruppe/", SETS_UP),
        Row(f"{PRIZE}arbeidsgruppe/", LEADS, "post", {"name": ""}),
        Row(f"{NEXT_PRIZE}arbeidsgruppe/", NEXT_SETS_UP),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/statutter/<int:version>/": [
        Row(f"{PRIZE}statutter/1/", MONEY_DESK),
        Row(f"{PRIZE}statutter/2/", MONEY_DESK),
        Row(f"{PRIZE}statutter/2/?gjor=vedta", SETS_UP),
        Row(f"{PRIZE}statutter/1/", leads_on(SETS_UP), "post", {"text": "Noe annet."}),
        Row(f"{PRIZE}statutter/9/", gone(MONEY_DESK)),
        Row(f"{NEXT_PRIZE}statutter/1/", NEXT_DESK),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/runder/ny/": [
        Row(f"{PRIZE}runder/ny/", SETS_UP),
        Row(f"{PRIZE}runder/ny/", SETS_UP, "post", {"year": "1"}),
        Row(f"{NEXT_PRIZE}runder/ny/", NEXT_SETS_UP),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/": [
        *(Row(f"{PRIZE}{{{name}_year}}/", MONEY_DESK) for name in ("draft", "open", "judging", "announced")),
        Row(f"{PRIZE}1/", gone(MONEY_DESK)),
        Row(f"{NEXT_PRIZE}{{judging_year}}/", NEXT_DESK),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/rediger/": [
        Row(f"{DRAFT}rediger/", SETS_UP),
        Row(f"{JUDGED}rediger/", SETS_UP, "post", {"ceremony_at_0": "tull"}),
        Row(f"{JUDGED}rediger/", leads_on(SETS_UP), "post", {"gjor": "slett"}),
        Row(f"{NEXT_PRIZE}{{judging_year}}/rediger/", NEXT_SETS_UP),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/flytt/": [
        Row(f"{JUDGED}flytt/?til=cancelled", SETS_UP),
        Row(f"{JUDGED}flytt/", SETS_UP, "post", {"til": "cancelled", "why": ""}),
        Row(f"{JUDGED}flytt/?til=judging", leads_on(SETS_UP)),
        Row(f"{JUDGED}flytt/?til=tull", gone(SETS_UP)),
        Row(f"{NEXT_PRIZE}{{judging_year}}/flytt/?til=cancelled", NEXT_SETS_UP),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/jury/": [
        Row(f"{JUDGED}jury/", MONEY_DESK),
        Row(f"{JUDGED}jury/?gjor=sete", SETS_UP),
        Row(f"{JUDGED}jury/", leads_on(SETS_UP), "post", {"gjor": "fjern", "sete": "999999999"}),
        Row(f"{NEXT_PRIZE}{{judging_year}}/jury/", NEXT_DESK),
    ],
}
