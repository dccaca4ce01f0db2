"""What the addresses of prizes answer to each person: public."""

from __future__ import annotations

from tests.house.url_rows import ANYONE, AT_HOME, LED_ON, NOWHERE, Row, all_get, only

VOTE = "/{home}/priser/{audience_prize}/{judging_year}/"
"""The round whose vote is open."""
PRIZE = "/{home}/priser/{prize}/"

NOMINEE = "/{home}/priser/{prize}/{judging_year}/nominert/{nominee_key}/"

AWARDS_PUBLIC: dict[str, list[Row]] = {
    "<slug:authority>/priser/<slug:prize>/<int:year>/nominert/<str:key>/": [
        Row(NOMINEE, ANYONE),
        Row(NOMINEE, ANYONE, "post"),
        *(
            Row(address, NOWHERE)
            for address in (
                "/{home}/priser/{prize}/{open_year}/nominert/{nominee_key}/",
                "/{home}/priser/{prize}/{judging_year}/nominert/{next_nominee_key}/",
                "/{home}/priser/{prize}/{judging_year}/nominert/{vote_key}/",
                "/{home}/priser/finnes-ikke/{judging_year}/nominert/{nominee_key}/",
            )
        ),
    ],
    "<slug:authority>/priser/": [
        Row("/{home}/priser/", ANYONE),
        Row("/finnes-ikke/priser/", NOWHERE),
        Row("/{home}/priser/", all_get(405), "post"),
    ],
    "<slug:authority>/priser/vinnere.atom": [
        Row("/{home}/priser/vinnere.atom", ANYONE),
        Row("/finnes-ikke/priser/vinnere.atom", NOWHERE),
    ],
    "<slug:authority>/priser/<slug:prize>/": [
        *(Row(f"/{{home}}/priser/{{{name}}}/", ANYONE) for name in ("prize", "audience_prize")),
        Row("/{home}/priser/finnes-ikke/", NOWHERE),
        Row(PRIZE, all_get(405), "post"),
    ],
    "<slug:authority>/priser/<slug:prize>/<int:year>/": [
        *(Row(f"{PRIZE}{{{year}}}/", ANYONE) for year in ("open_year", "judging_year", "announced_year")),
        Row(f"{PRIZE}{{draft_year}}/", only(AT_HOME, 200, rest=404)),
        Row(f"{PRIZE}1/", NOWHERE),
    ],
    "<slug:authority>/priser/<slug:prize>/vinnere/": [
        *(Row(f"{PRIZE}vinnere/{query}", ANYONE) for query in ("", "?q=gammel&kategori=x&side=9")),
        Row("/{home}/priser/finnes-ikke/vinnere/", NOWHERE),
    ],
    "<slug:authority>/priser/<slug:prize>/vinnere/<int:winner>/": [
        *(Row(f"{PRIZE}vinnere/{{{name}}}/", ANYONE) for name in ("winner", "earlier_winner")),
        Row(f"{PRIZE}vinnere/{{next_winner}}/", NOWHERE),
        Row("/{home}/priser/{audience_prize}/vinnere/{winner}/", NOWHERE),
    ],
    "<slug:authority>/priser/<slug:prize>/vinnere/<int:winner>/bilde/": [
        *(Row(f"{PRIZE}vinnere/{{{name}}}/bilde/", NOWHERE) for name in ("winner", "next_winner")),
    ],
    "<slug:authority>/priser/<slug:prize>/boks/": [
        Row(f"{PRIZE}boks/", ANYONE),
        Row("/{home}/priser/finnes-ikke/boks/", NOWHERE),
    ],
    "<slug:authority>/priser/<slug:prize>/<int:year>/nominer/": [
        *(Row(f"/{{home}}/priser/{{prize}}/{{{year}}}/nominer/", ANYONE) for year in ("open_year", "announced_year")),
        Row("/{home}/priser/{prize}/{open_year}/nominer/", ANYONE, "post", {"do": "finn"}),
        Row("/{home}/priser/{prize}/{open_year}/nominer/", LED_ON, "post", {"do": "endre"}),
        Row("/{home}/priser/{prize}/{judging_year}/nominer/", all_get(409), "post", {"reasons": "x"}),
        Row("/{home}/priser/{prize}/{draft_year}/nominer/", NOWHERE),
        Row("/{home}/priser/{audience_prize}/{open_year}/nominer/", NOWHERE),
    ],
    "<slug:authority>/priser/<slug:prize>/<int:year>/nominer/kode/": [
        Row("/{home}/priser/{prize}/{open_year}/nominer/kode/", LED_ON),
        Row("/{home}/priser/{prize}/{draft_year}/nominer/kode/", NOWHERE),
    ],
    "<slug:authority>/priser/<slug:prize>/<int:year>/nominer/kvittering/": [
        Row("/{home}/priser/{prize}/{open_year}/nominer/kvittering/", LED_ON),
        Row("/{home}/priser/{prize}/{draft_year}/nominer/kvittering/", NOWHERE),
    ],
    "<slug:authority>/priser/<slug:prize>/<int:year>/stem/": [
        Row(f"{VOTE}stem/", ANYONE),
        Row(f"{VOTE}stem/", ANYONE, "post", {"address": "x"}),
        Row("/{home}/priser/{prize}/{judging_year}/stem/", NOWHERE),
        Row("/{home}/priser/{audience_prize}/{draft_year}/stem/", NOWHERE),
    ],
    "<slug:authority>/priser/<slug:prize>/<int:year>/stem/<str:key>/": [
        Row(f"{VOTE}stem/{{vote_key}}/", ANYONE),
        Row(f"{VOTE}stem/{{vote_key}}/", ANYONE, "post", {"kategori": "x"}),
        Row(f"{VOTE}stem/{{next_vote_key}}/", NOWHERE),
        Row(f"{VOTE}stem/{{nominee_key}}/", NOWHERE),
    ],
    "<slug:authority>/priser/<slug:prize>/<int:year>/stemmetall/": [
        *(Row(f"/{{home}}/priser/{{prize}}/{{announced_year}}/stemmetall/{query}", ANYONE) for query in ("", "?fil=1")),
        Row(f"{VOTE}stemmetall/", NOWHERE),
        Row("/{home}/priser/{prize}/{judging_year}/stemmetall/?fil=1", NOWHERE),
    ],
}
