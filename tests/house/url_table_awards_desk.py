"""What the addresses of prizes answer to each person: desk."""

from __future__ import annotations

from tests.house.url_rows import Row, all_get
from tests.house.url_table_money import MONEY_DESK, NEXT_DESK, at_home, gone, leads_on

COUNTS = leads_on(at_home("officer", "leader"))
"""Counts a vote; the operator reads."""

REGISTERS = at_home("officer", "leader")
"""Registers nominations on paper; the operator does not."""

WINNERS = "/{home}/prisarbeid/{prize}/vinnere/"
WON, WON_EARLIER = (f"/{{home}}/prisarbeid/{{prize}}/{at}/" for at in (
    "{announced_year}/vinner/{winner}", "2019/vinner/{earlier_winner}"))  # fmt: skip
ABOUT_WINNERS = at_home("officer", "leader")
"""Registers earlier winners, and pictures of any; the operator reads."""

ANNOUNCES = at_home("officer", "leader")
"""Announces winners and assesses access; the operator reads. Before it is announced: only who has declared reads."""
DONE = "/{home}/prisarbeid/{prize}/{announced_year}"
AT_WORK = "/{home}/prisarbeid/{prize}/{judging_year}"
MISSING = {person: 422 if status == 200 else status for person, status in ANNOUNCES.items()}

NOMINATIONS = "/{home}/prisarbeid/{prize}/{judging_year}/nominasjoner"
CANDIDATE = "/{home}/prisarbeid/{prize}/{judging_year}/kandidat/{candidate}/"
NEXT_CANDIDATE = "/{home}/prisarbeid/{prize}/{judging_year}/kandidat/{next_candidate}/"
READS_CANDIDATES = at_home("officer", "leader", "operator")
"""Reads what is said of nominees: at the desk, and has declared for all of them; the operator reads."""
HANDLES_CANDIDATES = at_home("officer", "leader")
"""Tells nominees, gathers them, takes them out; the operator does not."""

CATEGORY = "/{home}/prisarbeid/{prize}/{judging_year}/kategori/{judged_category}/"
SEES_FIELD, DECIDES = at_home("officer", "leader", "operator"), at_home("officer", "leader")
"""Has declared for the whole field of a category; the operator reads, and registers nothing."""

AWARDS_DESK: dict[str, list[Row]] = {
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/nominasjoner/": [
        *(
            Row(f"{NOMINATIONS}/{query}", MONEY_DESK)
            for query in ("", "?vis=sjekk&q=Hemmelig&sorter=ny", "?kategori=tull")
        ),
        Row(f"{NOMINATIONS}/?gjor=fortell", HANDLES_CANDIDATES),
        Row(f"{NOMINATIONS}/", leads_on(HANDLES_CANDIDATES), "post", {"gjor": "fortell"}),
        Row(f"{NOMINATIONS}/", gone(MONEY_DESK), "post", {"gjor": "tull"}),
        Row("/{home}/prisarbeid/{prize}/9999/nominasjoner/", gone(MONEY_DESK)),
        Row("/{next}/prisarbeid/{prize}/{judging_year}/nominasjoner/", NEXT_DESK),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/nominasjoner.<slug:form>": [
        *(Row(f"{NOMINATIONS}.{form}", MONEY_DESK) for form in ("csv", "xlsx")),
        Row(f"{NOMINATIONS}.pdf", gone(MONEY_DESK)),
        Row("/{next}/prisarbeid/{prize}/{judging_year}/nominasjoner.csv", NEXT_DESK),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/kandidat/<int:candidate>/": [
        *(Row(f"{CANDIDATE}{query}", READS_CANDIDATES) for query in ("", "?brev=1")),
        Row("/{home}/prisarbeid/{prize}/{announced_year}/kandidat/{announced_candidate}/", READS_CANDIDATES),
        *(
            Row(address, gone(MONEY_DESK))
            for address in (NEXT_CANDIDATE, "/{home}/prisarbeid/{prize}/{judging_year}/kandidat/{open_candidate}/")
        ),
        Row(CANDIDATE, gone(HANDLES_CANDIDATES), "post", {"gjor": "tull"}),
        Row(CANDIDATE, HANDLES_CANDIDATES, "post", {"gjor": "ut", "why": ""}),
        Row(CANDIDATE, leads_on(HANDLES_CANDIDATES), "post", {"gjor": "fortell", "seen": "999"}),
        Row(NEXT_CANDIDATE, gone(MONEY_DESK), "post", {"gjor": "ut", "why": "x"}),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/kandidat/<int:candidate>/samle/": [
        Row(f"{CANDIDATE}samle/", HANDLES_CANDIDATES),
        Row(f"{CANDIDATE}samle/", HANDLES_CANDIDATES, "post", {"into": "{next_candidate}"}),
        Row(f"{CANDIDATE}samle/", leads_on(HANDLES_CANDIDATES), "post", {"gjor": "del"}),
        Row(f"{NEXT_CANDIDATE}samle/", gone(HANDLES_CANDIDATES)),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/vinnere/": [
        Row(WINNERS, MONEY_DESK),
        Row(WINNERS, ABOUT_WINNERS, "post", {"name": ""}),
        Row("/{home}/prisarbeid/finnes-ikke/vinnere/", gone(MONEY_DESK)),
        Row("/{next}/prisarbeid/{prize}/vinnere/", NEXT_DESK),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/vinner/<int:winner>/": [
        *(Row(address, MONEY_DESK) for address in (WON, WON_EARLIER)),
        *(Row(f"{WON_EARLIER}?gjor={deed}", ABOUT_WINNERS) for deed in ("endre", "slett", "fjern-bilde")),
        Row(f"{WON}?gjor=endre", leads_on(ABOUT_WINNERS)),
        Row(f"{WON}?gjor=noe", gone(MONEY_DESK)),
        Row(WON, gone(MONEY_DESK), "post"),
        Row(WON, ABOUT_WINNERS, "post", {"gjor": "bilde"}),
        Row(WON_EARLIER, leads_on(ABOUT_WINNERS), "post", {"gjor": "slett", "seen": "999"}),
        Row("/{home}/prisarbeid/{prize}/{open_year}/vinner/{winner}/", gone(MONEY_DESK)),
        Row("/{home}/prisarbeid/{prize}/{announced_year}/vinner/{next_winner}/", gone(MONEY_DESK)),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/nominasjoner/ny/": [
        Row("/{home}/prisarbeid/{prize}/{open_year}/nominasjoner/ny/", REGISTERS),
        Row("/{home}/prisarbeid/{prize}/{announced_year}/nominasjoner/ny/", REGISTERS),
        Row("/{home}/prisarbeid/{prize}/{open_year}/nominasjoner/ny/", REGISTERS, "post", {"do": "finn"}),
        Row("/{home}/prisarbeid/{prize}/9999/nominasjoner/ny/", gone(MONEY_DESK)),
        Row("/{next}/prisarbeid/{prize}/{open_year}/nominasjoner/ny/", {**NEXT_DESK, "operator": 403}),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/avstemning/": [
        Row("/{home}/prisarbeid/{audience_prize}/{judging_year}/avstemning/", MONEY_DESK),
        Row("/{home}/prisarbeid/{prize}/{announced_year}/avstemning/", MONEY_DESK),
        Row("/{home}/prisarbeid/{audience_prize}/{judging_year}/avstemning/", COUNTS, "post", {"gjor": "tell"}),
        Row("/{home}/prisarbeid/{prize}/9999/avstemning/", gone(MONEY_DESK)),
        Row("/{next}/prisarbeid/{prize}/{announced_year}/avstemning/", NEXT_DESK),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/kunngjor/": [
        Row(f"{DONE}/kunngjor/", MONEY_DESK),
        Row(f"{AT_WORK}/kunngjor/", at_home("officer", "leader", "operator")),
        Row(f"{DONE}/kunngjor/?brev={{candidate}}", gone(MONEY_DESK)),
        Row(f"{DONE}/kunngjor/?diplom={{judged_category}}", gone(MONEY_DESK)),
        Row(f"{DONE}/kunngjor/?diplom={{announced_category}}", MONEY_DESK),
        Row(f"{AT_WORK}/kunngjor/?brev={{candidate}}", gone(at_home("officer", "leader", "operator"))),
        Row(f"{DONE}/kunngjor/", leads_on(ANNOUNCES), "post", {"gjor": "kunngjor"}),
        Row(f"{AT_WORK}/kunngjor/", leads_on(ANNOUNCES), "post", {"gjor": "kunngjor"}),
        Row(f"{DONE}/kunngjor/", gone(ANNOUNCES), "post", {"gjor": "penger", "vinner": "{next_winner}"}),
        Row("/{home}/prisarbeid/{prize}/9999/kunngjor/", gone(MONEY_DESK)),
        Row("/{next}/prisarbeid/{prize}/{announced_year}/kunngjor/", NEXT_DESK),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/innsyn/": [
        Row(f"{DONE}/innsyn/?vis=alle&retning=in&sok=x&side=9", MONEY_DESK),
        Row(f"{AT_WORK}/innsyn/", MONEY_DESK),
        Row(f"{AT_WORK}/innsyn/", ANNOUNCES, "post", {"access": "open"}),
        Row(f"{DONE}/innsyn/", MISSING, "post", {"access": "exempt", "gjelder": "valgte"}),
        Row("/{next}/prisarbeid/{prize}/{announced_year}/innsyn/", NEXT_DESK),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/kategori/<int:category>/": [
        *(Row(f"{CATEGORY}{asked}", SEES_FIELD) for asked in ("", "?spor=mote")),
        Row("/{home}/prisarbeid/{prize}/{announced_year}/kategori/{announced_category}/?spor=ta-opp", SEES_FIELD),
        Row(CATEGORY, DECIDES, "post", {"gjor": "se"}),
        Row(CATEGORY, leads_on(DECIDES), "post", {"gjor": "finalister"}),
        Row(CATEGORY, gone(DECIDES), "post"),
        Row("/{home}/prisarbeid/{prize}/{open_year}/kategori/{judged_category}/", gone(MONEY_DESK)),
        Row("/{next}/prisarbeid/{prize}/{judging_year}/kategori/{next_judged_category}/", NEXT_DESK),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/kategori/<int:category>/protokoll/": [
        Row(f"{CATEGORY}protokoll/", leads_on(SEES_FIELD)),
        Row(f"{CATEGORY}protokoll/", all_get(405, anonymous=302), "post"),
        Row("/{home}/prisarbeid/{prize}/{judging_year}/kategori/{next_judged_category}/protokoll/", gone(MONEY_DESK)),
    ],
    "<slug:authority>/prisarbeid/<slug:prize>/<int:year>/kategori/<int:category>/ark/<int:member>/": [
        *(Row(f"{CATEGORY}ark/{{{seat}}}/", DECIDES) for seat in ("seat", "paper_seat")),
        Row(f"{CATEGORY}ark/{{paper_seat}}/", DECIDES, "post", {"gjor": "erklar"}),
        Row(f"{CATEGORY}ark/{{next_seat}}/", gone(DECIDES)),
        Row(f"{CATEGORY}ark/{{paper_seat}}/", gone(DECIDES), "post"),
    ],
}
