"""What each address about people and whom they act for answers to each person."""

from __future__ import annotations

from tests.house.url_rows import ANYONE, AT_HOME, DESK, LED_ON, NOWHERE, SIGNED_IN, Row, all_get, only

DECIDES = {**DESK, **dict.fromkeys(AT_HOME, 403), "officer": 200, "leader": 200}
"""Pages where officers and leaders answer; the operator of the portal does not."""
NOTHING_TO_END = {**DECIDES, "officer": 404, "leader": 404}

FOR_THEM = only(["manager", "colleague"], 200, rest=404, anonymous=302)
FOR_THE_MANAGER = {**FOR_THEM, "colleague": 403}
"""What binds the organisation: the colleague prepares only, and to others it does not exist."""
NOT_THEIRS = all_get(404, anonymous=302)
SAVES = {**NOT_THEIRS, "manager": 302, "colleague": 302}
SENDS = {**SAVES, "colleague": 403}

PEOPLE: dict[str, list[Row]] = {
    # coming in by an outside service, and going out
    "<slug:authority>/logg-inn/": [
        Row("/{home}/logg-inn/", ANYONE),
        Row("/{home}/logg-inn/?next=https://evil.example/", ANYONE),
        Row("/finnes-ikke/logg-inn/", NOWHERE),
        Row("/{home}/logg-inn/", all_get(405), "post"),
    ],
    "konto/inn/<int:provider>/": [
        Row("/konto/inn/999999999/", NOWHERE),
        Row("/konto/inn/{idporten}/", all_get(405), "post"),
    ],
    "konto/inn/<int:provider>/svar/": [
        Row("/konto/inn/999999999/svar/", NOWHERE),
        Row("/konto/inn/{idporten}/svar/", all_get(400)),
        Row("/konto/inn/{idporten}/svar/?code=x&state=x&iss=x", all_get(400)),
        Row("/konto/inn/{idporten}/svar/", all_get(405), "post"),
    ],
    "konto/inn/<int:provider>/ut/": [
        Row("/konto/inn/999999999/ut/", NOWHERE),
        Row("/konto/inn/{idporten}/ut/", all_get(400)),
        Row("/konto/inn/{idporten}/ut/?iss=x&sid=x", all_get(400)),
        Row("/konto/inn/{idporten}/ut/", all_get(405), "post"),
    ],
    "konto/ferdig/": [Row("/konto/ferdig/", ANYONE), Row("/konto/ferdig/", all_get(405), "post")],
    "konto/velkommen/": [
        Row("/konto/velkommen/", LED_ON),
        Row("/konto/velkommen/", LED_ON, "post", {"do": "connect"}),
    ],
    "konto/velkommen/kode/": [
        Row("/konto/velkommen/kode/", LED_ON),
        Row("/konto/velkommen/kode/", LED_ON, "post", {"do": "confirm", "code": "123456"}),
    ],
    # one's own page, and the organisations one has a mandate for
    "min-side/": [Row("/min-side/", SIGNED_IN), Row("/min-side/", all_get(405, anonymous=302), "post")],
    "min-side/virksomhet/<int:organisation>/": [
        Row("/min-side/virksomhet/{organisation}/", FOR_THEM),
        Row("/min-side/virksomhet/{next_organisation}/", NOT_THEIRS),
        Row("/min-side/virksomhet/999999999/", NOT_THEIRS),
        Row("/min-side/virksomhet/{organisation}/?fjern={mandate}", FOR_THE_MANAGER),
        Row("/min-side/virksomhet/{organisation}/?fjern={next_mandate}", NOT_THEIRS),
        Row("/min-side/virksomhet/{organisation}/", NOT_THEIRS, "post", {"gjor": "noe"}),
        Row("/min-side/virksomhet/{organisation}/", NOT_THEIRS, "post", {"gjor": "trekk", "invitasjon": "999999999"}),
    ],
    "min-side/virksomhet/<int:organisation>/inviter/": [
        Row("/min-side/virksomhet/{organisation}/inviter/", FOR_THE_MANAGER),
        Row("/min-side/virksomhet/{organisation}/inviter/", FOR_THE_MANAGER, "post", {"name": ""}),
        Row("/min-side/virksomhet/{next_organisation}/inviter/", NOT_THEIRS),
    ],
    "min-side/virksomhet/<int:organisation>/innspill/<int:round>/": [
        Row("/min-side/virksomhet/{organisation}/innspill/{open_round}/", FOR_THEM),
        Row("/min-side/virksomhet/{organisation}/innspill/{next_round}/", NOT_THEIRS),
        Row("/min-side/virksomhet/{next_organisation}/innspill/{next_round}/", NOT_THEIRS),
        Row("/min-side/virksomhet/{organisation}/innspill/999999999/", NOT_THEIRS),
        Row("/min-side/virksomhet/{organisation}/innspill/{open_round}/?vedlegg=1", NOT_THEIRS),
        Row("/min-side/virksomhet/{organisation}/innspill/{open_round}/", NOT_THEIRS, "post", {"do": "noe"}),
        Row("/min-side/virksomhet/{organisation}/innspill/{open_round}/", SENDS, "post", {"do": "send"}),
        Row("/min-side/virksomhet/{organisation}/innspill/{open_round}/", SAVES, "post", {"do": "save", "text": "Kai"}),
        Row("/min-side/virksomhet/{organisation}/innspill/{open_round}/?gjor=slett", FOR_THEM),
        Row("/min-side/virksomhet/{organisation}/innspill/{open_round}/?gjor=send", FOR_THE_MANAGER),
    ],
    # mandates
    "min-side/fullmakter/": [
        Row("/min-side/fullmakter/", SIGNED_IN),
        Row("/min-side/fullmakter/?gjor=forlat&fullmakt=999999999", all_get(404, anonymous=302)),
        Row("/min-side/fullmakter/", all_get(404, anonymous=302), "post", {"gjor": "trekk", "foresporsel": "999999999"}),
    ],
    "min-side/fullmakter/ny/": [
        Row("/min-side/fullmakter/ny/", SIGNED_IN),
        Row("/min-side/fullmakter/ny/?hos={home}", SIGNED_IN),
        Row("/min-side/fullmakter/ny/", SIGNED_IN, "post", {"role": "Leder"}),
    ],
    "fullmakt/<str:key>/": [
        Row("/fullmakt/feil/", NOWHERE),
        Row("/fullmakt/fortsett/", NOWHERE),
        Row("/fullmakt/{stop_key}/", NOWHERE),
        Row("/fullmakt/{mandate_key}/", ANYONE),  # the mail it stands in is the right to look
        Row("/fullmakt/{mandate_key}/", NOWHERE, "post", {"gjor": "slett"}),
    ],
    "<slug:authority>/fullmakter/": [
        Row("/{home}/fullmakter/", DESK),
        Row("/{home}/fullmakter/?vis=slutt&q=bakeri&side=9", DESK),
        Row("/{home}/fullmakter/?fil=csv", DESK),
        Row("/{next}/fullmakter/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)),
        Row("/{home}/fullmakter/?gjor=avslutt&fullmakt={mandate}", DECIDES),
        Row("/{home}/fullmakter/?gjor=avslutt&fullmakt={next_mandate}", NOTHING_TO_END),
        Row("/{home}/fullmakter/", NOTHING_TO_END, "post", {"gjor": "avslutt", "fullmakt": "999999999", "why": "x"}),
    ],
    "<slug:authority>/fullmakter/ny/": [
        Row("/{home}/fullmakter/ny/", DECIDES),
        Row("/{next}/fullmakter/ny/", {**all_get(404, anonymous=302), "neighbour": 200, "operator": 403}),
        Row("/{home}/fullmakter/ny/", DECIDES, "post"),
    ],
    "<slug:authority>/fullmakter/<int:asked>/": [
        Row("/{home}/fullmakter/{mandate_request}/", DESK),
        Row("/{home}/fullmakter/{next_mandate_request}/", {**all_get(404, anonymous=302), **dict.fromkeys(
            ["elected", "forum_reviewer", "jury"], 403)}),
        Row("/{next}/fullmakter/{mandate_request}/", all_get(404, anonymous=302)),
        Row("/{home}/fullmakter/{mandate_request}/", DECIDES, "post", {"gjor": "nei"}),
    ],
}  # fmt: skip
