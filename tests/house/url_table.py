"""What each address answers to each person. A new address without a row here fails `test_urls.py`.

The admin's pages per model follow from the rules at the end; everything else has its row. In addresses, {…} is filled
from the world: {home} and {next} are slugs, the rest are ids of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.house.url_rows import (
    ANYONE,
    AT_HOME,
    CASEWORKERS,
    DESK,
    DESK_WRITERS,
    DESK_WRITES,
    LED_ON,
    NOT_SIGNED_IN,
    NOWHERE,
    OTHERS_AT_HOME,
    SIGNED_IN,
    STAFF,
    TELLS_OWN,
    Row,
    all_get,
    only,
)
from tests.house.url_table_archive import ARCHIVE
from tests.house.url_table_awards import AWARDS
from tests.house.url_table_fund import FUND
from tests.house.url_table_imports import IMPORTS
from tests.house.url_table_money import MONEY
from tests.house.url_table_people import PEOPLE
from tests.house.url_table_plans import PLANS

TABLE: dict[str, list[Row]] = {
    **PLANS,
    **IMPORTS,
    **PEOPLE,
    **MONEY,
    **FUND,
    **AWARDS,
    **ARCHIVE,
    # the portal's own pages
    "": [Row("/", ANYONE), Row("/", all_get(405), "post")],
    "klar/": [Row("/klar/", ANYONE)],
    "helse/": [Row("/helse/", ANYONE)],
    "sprak/": [Row("/sprak/", all_get(405)), Row("/sprak/", LED_ON, "post", {"language": "nn"})],
    "tilgjengelighet/": [Row("/tilgjengelighet/", ANYONE)],
    "personvern/": [Row("/personvern/", ANYONE)],
    "kontakt/": [Row("/kontakt/", ANYONE), Row("/kontakt/?til={home}", ANYONE)],
    "robots.txt": [Row("/robots.txt", ANYONE)],
    "dokument/<int:document>/": [
        Row("/dokument/{document}/", only(AT_HOME, 200, rest=404, anonymous=302)),
        Row("/dokument/{guest_document}/", only([*AT_HOME, "guest_officer"], 200, rest=404, anonymous=302)),
        Row("/dokument/{next_document}/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)),
        Row("/dokument/999999999/", all_get(404, anonymous=302)),
        Row("/dokument/{document}/", all_get(405), "post"),
    ],
    "drift/": [Row("/drift/", TELLS_OWN), Row("/drift/", all_get(405, anonymous=302), "post")],
    "metrikk/": [Row("/metrikk/", ANYONE), Row("/metrikk/", all_get(405), "post")],  # a token guards it in production
    "venter-pa-deg/": [Row("/venter-pa-deg/", SIGNED_IN), Row("/venter-pa-deg/", all_get(405, anonymous=302), "post")],
    "venter-pa-deg/kalender/": [
        Row("/venter-pa-deg/kalender/", SIGNED_IN),
        Row("/venter-pa-deg/kalender/", SIGNED_IN, "post", {"for": "me"}),
        Row("/venter-pa-deg/kalender/", all_get(403, anonymous=302), "post", {"for": "authority:999999999"}),
        Row("/venter-pa-deg/kalender/", LED_ON, "post", {"withdraw": "999999999"}),
    ],
    "kalender/<str:key>.ics": [
        Row("/kalender/feil.ics", NOWHERE),
        Row("/kalender/{calendar_key}.ics", ANYONE),  # whoever has the address may read it
        Row("/kalender/{calendar_key}.ics", all_get(405), "post"),
    ],
    "varsler/": [
        Row("/varsler/", SIGNED_IN),
        Row("/varsler/?alle=1&slag=milestone&side=9", SIGNED_IN),
        Row("/varsler/", LED_ON, "post", {"all": "1"}),
        Row("/varsler/", all_get(404, anonymous=302), "post", {"notice": "999999999"}),
    ],
    "varsler/valg/": [Row("/varsler/valg/", SIGNED_IN), Row("/varsler/valg/", LED_ON, "post", {"kind": "milestone"})],
    "varsler/stopp/<str:key>/": [
        Row("/varsler/stopp/feil/", NOWHERE),
        Row("/varsler/stopp/{stop_key}/", ANYONE),  # the mail it stands in is the right to use it
        Row("/varsler/stopp/{stop_key}/", ANYONE, "post", {"List-Unsubscribe": "One-Click"}),
    ],
    "<slug:authority>/frister/": [
        Row("/{home}/frister/", only(AT_HOME, 200, rest=404, anonymous=302, **dict.fromkeys(OTHERS_AT_HOME, 403))),
        Row("/{next}/frister/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)),
        Row("/finnes-ikke/frister/", all_get(404, anonymous=302)),
        Row("/{home}/frister/", all_get(405, anonymous=302), "post"),
    ],
    "<slug:authority>/": [Row("/{home}/", ANYONE), Row("/finnes-ikke/", NOWHERE), Row("/demo/", NOWHERE)],
    # an input round as anyone reads and answers it
    "<slug:authority>/innspill/": [
        Row("/{home}/innspill/", ANYONE),
        Row("/finnes-ikke/innspill/", NOWHERE),
        Row("/{home}/innspill/", all_get(405), "post"),
    ],
    "<slug:authority>/innspill/<slug:round>/": [
        Row("/{home}/innspill/runde/", ANYONE),
        Row("/{home}/innspill/runde/", ANYONE, "post", {"text": ""}),
        Row("/{home}/innspill/skjult-runde/", only(AT_HOME, 200, rest=404)),
        Row("/{next}/innspill/skjult-runde/", only(["neighbour", "operator"], 200, rest=404)),
        Row("/{home}/innspill/skjult-runde/", only(AT_HOME, 409, rest=404), "post", {"text": "x"}),
        Row("/{home}/innspill/finnes-ikke/", NOWHERE),
    ],
    "<slug:authority>/innspill/<slug:round>/kode/": [
        Row("/{home}/innspill/runde/kode/", LED_ON),
        Row("/{home}/innspill/runde/kode/", LED_ON, "post", {"code": "123456"}),
        Row("/{home}/innspill/finnes-ikke/kode/", NOWHERE),
    ],
    "<slug:authority>/innspill/<slug:round>/kvittering/": [
        Row("/{home}/innspill/runde/kvittering/", LED_ON),
        Row("/{home}/innspill/finnes-ikke/kvittering/", NOWHERE),
    ],
    "<slug:authority>/innspill/<slug:round>/invitasjon/<str:key>/": [
        Row("/{home}/innspill/runde/invitasjon/{invitation_key}/", ANYONE),  # the mail it stands in is the right
        Row("/{home}/innspill/runde/invitasjon/{invitation_key}/", ANYONE, "post", {"text": "Noe annet"}),
        Row("/{next}/innspill/runde/invitasjon/{invitation_key}/", NOWHERE),
        Row("/{home}/innspill/runde/invitasjon/feil/", NOWHERE),
        Row("/{home}/innspill/runde/invitasjon/{stop_key}/", NOWHERE),
    ],
    # an input round as officers work with it
    "<slug:authority>/innspill/<slug:round>/svar/": [
        *(
            Row(f"/{{home}}/innspill/runde/svar/{query}", DESK)
            for query in ("", "?vis=ubesvart&q=a", "?fil=csv", "?utskrift=1")
        ),
        *(
            Row(f"/{{home}}/innspill/runde/svar/?gjor={deed}", DESK_WRITES)
            for deed in ("inviter", "minn", "lukk", "publiser")
        ),
        Row("/{home}/innspill/skjult-runde/svar/", DESK),
        Row("/{home}/innspill/runde/svar/?gjor=slett", {**DESK_WRITES, **dict.fromkeys(DESK_WRITERS, 404)}),
        Row("/{home}/innspill/runde/svar/", {**DESK_WRITES, **dict.fromkeys(DESK_WRITERS, 404)}, "post"),
        Row("/{next}/innspill/runde/svar/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)),
        Row("/{home}/innspill/finnes-ikke/svar/", all_get(404, anonymous=302)),
    ],
    "<slug:authority>/innspill/<slug:round>/svar/ny/": [
        Row("/{home}/innspill/runde/svar/ny/", DESK_WRITES),
        Row("/{home}/innspill/runde/svar/ny/", DESK_WRITES, "post"),
        Row("/{next}/innspill/runde/svar/ny/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)),
    ],
    "<slug:authority>/innspill/<slug:round>/svar/<int:number>/": [
        Row("/{home}/innspill/runde/svar/1/", DESK),
        Row("/{home}/innspill/runde/svar/2/", DESK_WRITES, "post", {"text": ""}),
        Row("/{next}/innspill/runde/svar/1/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)),
        Row("/{home}/innspill/runde/svar/99/", {**DESK, **dict.fromkeys(AT_HOME, 404)}),
    ],
    "<slug:authority>/saker/<int:case>/": [
        Row("/{home}/saker/{case}/", ANYONE),
        Row("/{home}/saker/{next_case}/", NOWHERE),
        Row("/{home}/saker/999999999/", NOWHERE),
        Row("/{home}/saker/{case}/", all_get(405), "post"),
    ],
    # signing in
    "konto/fortsett/": [Row("/konto/fortsett/", LED_ON), Row("/konto/fortsett/", LED_ON, "post")],
    "konto/bekreft/": [
        Row("/konto/bekreft/?til=/admin/", LED_ON),  # each has just confirmed, but who is not signed in
        Row("/konto/bekreft/?til=/&for=submit&hos={home}", all_get(200, anonymous=302, citizen=302, manager=302)),
        Row("/konto/bekreft/?til=https://evil.example/", LED_ON),
    ],
    "konto/login/": [Row("/konto/login/", NOT_SIGNED_IN)],
    "konto/logout/": [Row("/konto/logout/", SIGNED_IN)],
    "konto/inactive/": [Row("/konto/inactive/", ANYONE)],
    "konto/signup/": [Row("/konto/signup/", NOT_SIGNED_IN)],
    "konto/reauthenticate/": [Row("/konto/reauthenticate/", SIGNED_IN)],
    "konto/email/": [
        Row("/konto/email/", SIGNED_IN),
        Row("/konto/email/", SIGNED_IN, "post", {"address": ""}),
    ],
    "konto/confirm-email/": [Row("/konto/confirm-email/", LED_ON)],
    "konto/^confirm-email/(?P<key>[-:\\w]+)/$": [Row("/konto/confirm-email/feil/", NOWHERE)],
    "konto/password/change/": [Row("/konto/password/change/", SIGNED_IN)],
    "konto/password/set/": [Row("/konto/password/set/", LED_ON)],
    "konto/password/reset/": [Row("/konto/password/reset/", ANYONE)],
    "konto/password/reset/done/": [Row("/konto/password/reset/done/", ANYONE)],
    "konto/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": [
        Row("/konto/password/reset/key/1-feil/", NOWHERE)
    ],
    "konto/password/reset/key/done/": [Row("/konto/password/reset/key/done/", ANYONE)],
    "konto/passord/<str:key>/": [
        Row("/konto/passord/feil/", NOWHERE),
        Row("/konto/passord/{stop_key}/", NOWHERE),
        Row("/konto/passord/{password_key}/", ANYONE),  # the mail it stands in is the right
        Row("/konto/passord/{password_key}/", ANYONE, "post", {"password1": "kort"}),
    ],
    "konto/kode/": [
        Row("/konto/kode/", NOT_SIGNED_IN),
        Row("/konto/kode/", NOT_SIGNED_IN, "post", {"address": ""}),
    ],
    "konto/kode/skriv/": [
        Row("/konto/kode/skriv/", LED_ON),
        Row("/konto/kode/skriv/", LED_ON, "post", {"code": "123456"}),
    ],
    "konto/okter/": [
        Row("/konto/okter/", SIGNED_IN),
        Row("/konto/okter/?side=9", SIGNED_IN),
        Row("/konto/okter/", LED_ON, "post", {"others": "1"}),
        Row("/konto/okter/", all_get(404, anonymous=302), "post", {"session": "999999999"}),
    ],
    "konto/login/code/confirm/": [Row("/konto/login/code/confirm/", LED_ON)],
    "konto/2fa/": [Row("/konto/2fa/", SIGNED_IN)],
    "konto/2fa/authenticate/": [Row("/konto/2fa/authenticate/", LED_ON)],
    "konto/2fa/reauthenticate/": [Row("/konto/2fa/reauthenticate/", LED_ON)],
    "konto/2fa/totp/activate/": [Row("/konto/2fa/totp/activate/", LED_ON)],
    "konto/2fa/totp/deactivate/": [Row("/konto/2fa/totp/deactivate/", all_get(404, anonymous=302))],
    "konto/2fa/recovery-codes/": [Row("/konto/2fa/recovery-codes/", all_get(404, anonymous=302))],
    "konto/2fa/recovery-codes/generate/": [Row("/konto/2fa/recovery-codes/generate/", LED_ON)],
    "konto/2fa/recovery-codes/download/": [Row("/konto/2fa/recovery-codes/download/", all_get(404, anonymous=302))],
    "konto/2fa/webauthn/": [Row("/konto/2fa/webauthn/", SIGNED_IN)],
    "konto/2fa/webauthn/add/": [Row("/konto/2fa/webauthn/add/", LED_ON)],
    "konto/2fa/webauthn/reauthenticate/": [Row("/konto/2fa/webauthn/reauthenticate/", LED_ON)],
    "konto/2fa/webauthn/keys/<int:pk>/remove/": [Row("/konto/2fa/webauthn/keys/1/remove/", LED_ON)],
    "konto/2fa/webauthn/keys/<int:pk>/edit/": [Row("/konto/2fa/webauthn/keys/1/edit/", LED_ON)],
    "konto/2fa/webauthn/login/": [Row("/konto/2fa/webauthn/login/", LED_ON)],
    "konto/koblinger/": [
        Row("/konto/koblinger/", SIGNED_IN),
        Row("/konto/koblinger/?sted={home}&next=//ond.example/", SIGNED_IN),
        Row("/konto/koblinger/", all_get(404, anonymous=302), "post", {"disconnect": "999999999"}),
    ],
    # the case pages as a whole
    "admin/": [Row("/admin/", STAFF)],
    "admin/login/": [Row("/admin/login/", LED_ON)],
    "admin/logout/": [Row("/admin/logout/", only(CASEWORKERS, 302, rest=403, anonymous=302))],
    "admin/password_change/": [Row("/admin/password_change/", only(CASEWORKERS, 302, rest=403, anonymous=302))],
    "admin/password_change/done/": [Row("/admin/password_change/done/", STAFF)],
    "admin/autocomplete/": [
        Row("/admin/autocomplete/?app_label=portal&model_name=unit&field_name=leader", STAFF),
        Row("/admin/autocomplete/?app_label=portal&model_name=finnes&field_name=ikke", all_get(403, anonymous=302)),
    ],
    "admin/jsi18n/": [Row("/admin/jsi18n/", STAFF)],
    "admin/r/<int:content_type_id>/<path:object_id>/": [
        Row("/admin/r/1/1/", only(CASEWORKERS, 404, rest=403, anonymous=302))
    ],
    "admin/^(?P<app_label>portal|strategy|grants)/$": [
        Row("/admin/portal/", STAFF),
        Row("/admin/strategy/", {**STAFF, "guest_officer": 404}),  # a plan is no part of her case
        Row("/admin/grants/", {**STAFF, "guest_officer": 404}),
    ],
    "admin/(?P<url>.*)$": [Row("/admin/finnes/ikke/", only(CASEWORKERS, 404, rest=403, anonymous=302))],
}

# ---- the admin's pages per model ----

WRITERS = {"leader", "officer", "region_secretary", "neighbour", "operator"}
TEXT_WRITERS = WRITERS | {"editor"}
LEADERS = {"leader", "operator"}
GUESTS = {"guest_officer"}
"""They add to their one case; in cases of others the page does not exist for them."""
NOBODY: set[str] = set()
OPERATOR = {"operator"}


@dataclass(frozen=True)
class Rights:
    """Who may add, change and delete a model's rows in her own authority; caseworkers may read them all."""

    add: set[str]
    change: set[str]
    delete: set[str]


def rights(writers: set[str], **others: set[str]) -> Rights:
    return Rights(**{"add": writers, "change": writers, "delete": writers, **others})


ADMIN: dict[str, Rights] = {
    "portal.authority": rights(OPERATOR, change=LEADERS),
    "portal.unit": rights(LEADERS),
    "portal.noticerule": rights(LEADERS),
    "portal.user": rights(NOBODY, change=OPERATOR),
    "portal.membership": rights(LEADERS),
    "portal.identityprovider": rights(LEADERS),
    "portal.deputy": rights(LEADERS),
    "portal.organisation": rights(WRITERS),
    "portal.body": rights(WRITERS),
    "portal.bodymembership": rights(WRITERS),
    "portal.case": rights(WRITERS, delete=NOBODY),
    "portal.casestep": rights(WRITERS, add=WRITERS | GUESTS),
    "portal.pathtemplate": rights(WRITERS),
    "portal.document": rights(WRITERS, add=WRITERS | GUESTS, delete=NOBODY),
    "portal.inputround": rights(WRITERS),
    "portal.input": rights(NOBODY),
    "portal.mail": rights(NOBODY),
    "portal.notice": rights(NOBODY),
    "portal.event": rights(NOBODY),
    "portal.accesslog": rights(NOBODY),
    "strategy.plan": rights(TEXT_WRITERS),
    "strategy.goal": rights(TEXT_WRITERS),
    "strategy.strategy": rights(TEXT_WRITERS),
    "strategy.measure": rights(TEXT_WRITERS, add=NOBODY),  # comes with its participation
    "strategy.measureentry": rights(TEXT_WRITERS, add=NOBODY, delete=NOBODY),
    "strategy.tag": rights(TEXT_WRITERS),
    "strategy.swotitem": rights(TEXT_WRITERS),
    "strategy.stakeholder": rights(TEXT_WRITERS),
    "strategy.measureparticipation": rights(WRITERS),
    "strategy.indicator": rights(WRITERS),
    "strategy.observation": rights(WRITERS),
    "strategy.target": rights(WRITERS),
    "grants.scheme": rights(WRITERS),
    "grants.schemestatutes": rights(WRITERS),
    "grants.condition": rights(WRITERS),
    "grants.paymentrules": rights(LEADERS),
    "grants.budgetline": rights(NOBODY),  # these are moved on the desk's own pages
    "grants.grant": rights(NOBODY),
    "grants.payout": rights(NOBODY),
    "grants.repayment": rights(NOBODY),
    "grants.ledgerentry": rights(NOBODY),
    "grants.yearend": rights(NOBODY),
    "grants.aidceiling": rights(OPERATOR),
    "grants.exchangerate": rights(OPERATOR),
}
