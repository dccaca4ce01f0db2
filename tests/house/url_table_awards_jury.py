"""What the addresses of prizes answer to each person: jury."""

from __future__ import annotations

from tests.house.url_rows import AT_HOME, OTHERS_AT_HOME, Row, all_get
from tests.house.url_table_money import leads_on

JUDGES = {**all_get(404, anonymous=302), **dict.fromkeys([*AT_HOME, *OTHERS_AT_HOME], 403), "jury": 200}
"""Who sits in the round's jury; others at the same authority are told no, the operator too, and to the rest it is not."""
NOT_THERE = {**all_get(404, anonymous=302), "operator": 403}
NO_SUCH = {**JUDGES, "jury": 404}
"""The round is there, and what is asked for in it is not."""
NEXT_DOOR = {**NOT_THERE, "neighbour": 403}
LED = leads_on(JUDGES)
JUDGING = "/{home}/jury/{prize}/{judging_year}/"

AWARDS_JURY: dict[str, list[Row]] = {
    "<slug:authority>/jury/": [
        Row("/{home}/jury/", JUDGES),
        Row("/{next}/jury/", NEXT_DOOR),
        Row("/{home}/jury/", all_get(405, anonymous=302), "post"),
    ],
    "<slug:authority>/jury/<slug:prize>/<int:year>/": [
        *(
            Row(f"/{{home}}/jury/{{prize}}/{{{year}}}/", JUDGES)
            for year in ("open_year", "judging_year", "announced_year")
        ),
        Row("/{home}/jury/{prize}/{draft_year}/", NOT_THERE),
        Row("/{next}/jury/{prize}/{judging_year}/", NEXT_DOOR),
    ],
    "<slug:authority>/jury/<slug:prize>/<int:year>/erklar/": [
        Row(f"{JUDGING}erklar/?kategori={{judged_category}}", LED),
        Row(f"{JUDGING}erklar/?kategori={{judged_category}}&kandidat={{candidate}}", JUDGES),
        Row(f"{JUDGING}erklar/?kategori={{judged_category}}&kandidat={{next_candidate}}", NO_SUCH),
        Row(f"{JUDGING}erklar/", NO_SUCH),
        Row(f"{JUDGING}erklar/", NO_SUCH, "post", {"kategori": "0", "svar": "no_ties"}),
    ],
    "<slug:authority>/jury/<slug:prize>/<int:year>/<int:category>/": [
        Row(f"{JUDGING}{{judged_category}}/", JUDGES),
        Row(f"{JUDGING}{{next_judged_category}}/", NO_SUCH),
        Row("/{home}/jury/{prize}/{open_year}/{open_category}/", LED),
        Row("/{home}/jury/{prize}/{announced_year}/{announced_category}/?vis=vurdert&q=x", JUDGES),
        Row(f"{JUDGING}{{judged_category}}/", LED, "post", {"gjor": "lever"}),
        Row(f"{JUDGING}{{judged_category}}/", NO_SUCH, "post", {"gjor": "tull"}),
    ],
    "<slug:authority>/jury/<slug:prize>/<int:year>/kandidat/<int:candidate>/": [
        Row(f"{JUDGING}kandidat/{{candidate}}/", JUDGES),
        Row(f"{JUDGING}kandidat/{{next_candidate}}/", NO_SUCH),
        Row("/{home}/jury/{prize}/{open_year}/kandidat/{open_candidate}/", LED),
        Row("/{next}/jury/{prize}/{judging_year}/kandidat/{next_candidate}/", NEXT_DOOR),
        Row(f"{JUDGING}kandidat/{{candidate}}/", JUDGES, "post", {"gjor": "si"}),
        Row(f"{JUDGING}kandidat/{{candidate}}/", NO_SUCH, "post", {"gjor": "tull"}),
    ],
    "<slug:authority>/jury/<slug:prize>/<int:year>/dokument/<int:document>/": [
        Row(f"{JUDGING}dokument/{{nomination_document}}/", JUDGES),
        Row(f"{JUDGING}dokument/{{next_nomination_document}}/", NO_SUCH),
        Row("/{home}/jury/{prize}/{announced_year}/dokument/{nomination_document}/", NO_SUCH),
    ],
}
