"""What the addresses of the business fund answer to each person."""

from __future__ import annotations

from tests.house.url_rows import ANYONE, AT_HOME, LED_ON, NOWHERE, SIGNED_IN, Row, all_get, only
from tests.house.url_table_money import MONEY_DESK, NEXT_DESK, SETS_UP, at_home, gone, leads_on
from tests.house.url_table_people import FOR_THE_MANAGER, FOR_THEM, NOT_THEIRS

HANDLES = at_home("officer", "leader")
"""Handles applications; the operator reads."""
MAY_READ = {**MONEY_DESK, **dict.fromkeys(AT_HOME, 403), **dict.fromkeys(
    ["officer", "leader", "decision_maker", "operator"], 200)}  # fmt: skip
"""Reads what an application says: at the desk, and has declared that nothing ties her to it."""
OF_ANOTHER = {**gone(MONEY_DESK), **dict.fromkeys(AT_HOME, 404)}
"""An application of another authority, under this one's address."""

ANSWERS = {**HANDLES, "operator": 403}
"""Answers what is declared of earlier aid, and marks what is reported."""

ANNOUNCES = at_home("officer", "leader")
"""Announces calls and lets a late application in; the operator does not."""
CALL = "/{home}/soknader/utlysninger/{call}/"
NEW_CALL = "/{home}/soknader/utlysninger/{unannounced}/"

OWN = "/min-side/soknader/{application}/"
OWN_DRAFT = "/min-side/soknader/{draft_application}/"
ACCOUNTS = "/min-side/soknader/{decided}/sluttregnskap/"
LED_BACK = leads_on(FOR_THEM)
"""One's own people are led to where it is done, or to what became of it; to others it does not exist."""

DECLARES = {**MONEY_DESK, "guest_officer": 200}
"""Says whether something ties her to cases: all at the desk, and a guest of one."""
ASKED = {**MONEY_DESK, "guest_officer": 404}
"""Is asked about an application: a guest of another case is not."""
RULES = {**MONEY_DESK, **dict.fromkeys(AT_HOME, 403), "leader": 200, "operator": 200}
"""Rules on ties."""

FUND: dict[str, list[Row]] = {
    # one's own applications
    "min-side/soknader/": [
        Row("/min-side/soknader/", SIGNED_IN),
        Row("/min-side/soknader/", all_get(405, anonymous=302), "post"),
    ],
    "min-side/soknader/<int:application>/": [
        *(Row(f"/min-side/soknader/{{{name}}}/", FOR_THEM) for name in ("draft_application", "application", "decided")),
        Row("/min-side/soknader/{next_application}/", NOT_THEIRS),
        Row("/min-side/soknader/{next_draft_application}/", NOT_THEIRS),
        Row("/min-side/soknader/999999999/", NOT_THEIRS),
    ],
    "min-side/soknader/<int:application>/vedlegg/": [
        Row(f"{OWN_DRAFT}vedlegg/", FOR_THEM),
        Row(f"{OWN}vedlegg/", FOR_THEM),
        Row("/min-side/soknader/{decided}/vedlegg/", LED_BACK),
        Row("/min-side/soknader/{next_draft_application}/vedlegg/", NOT_THEIRS),
        Row(f"{OWN_DRAFT}vedlegg/", {**FOR_THEM, "manager": 422, "colleague": 422}, "post", {"til": "tull"}),
    ],
    "min-side/soknader/<int:application>/vedlegg/<int:file>/": [
        Row(f"{OWN_DRAFT}vedlegg/{{application_file}}/?fjern=1", FOR_THEM),
        Row(f"{OWN_DRAFT}vedlegg/{{next_application_file}}/?fjern=1", NOT_THEIRS),
        Row(f"{OWN}vedlegg/{{application_file}}/", NOT_THEIRS),
        Row(f"{OWN_DRAFT}vedlegg/999999999/", LED_BACK, "post"),
    ],
    "min-side/soknader/<int:application>/kvittering/": [
        Row(f"{OWN}kvittering/", FOR_THEM),
        Row(f"{OWN_DRAFT}kvittering/", LED_BACK),
        Row("/min-side/soknader/{next_application}/kvittering/", NOT_THEIRS),
    ],
    "min-side/soknader/<int:application>/dokument/<int:document>/": [
        Row(f"{OWN}dokument/{{application_document}}/", FOR_THEM),
        Row(f"{OWN}dokument/{{document}}/", NOT_THEIRS),
        Row(f"{OWN}dokument/{{next_application_document}}/", NOT_THEIRS),
    ],
    "min-side/soknader/<int:application>/meldinger/": [
        Row(f"{OWN}meldinger/", FOR_THEM),
        Row(f"{OWN_DRAFT}meldinger/", LED_BACK),
        Row(f"{OWN}meldinger/", FOR_THEM, "post", {"text": ""}),
        Row("/min-side/soknader/{next_application}/meldinger/", NOT_THEIRS),
    ],
    "min-side/soknader/<int:application>/trekk/": [
        Row(f"{OWN}trekk/", FOR_THE_MANAGER),
        Row(f"{OWN}trekk/", FOR_THE_MANAGER, "post", {"why": "x" * 401}),
        Row("/min-side/soknader/{decided}/trekk/", leads_on(FOR_THE_MANAGER)),
        Row("/min-side/soknader/{next_application}/trekk/", NOT_THEIRS),
    ],
    "min-side/soknader/<int:application>/slett/": [
        Row(f"{OWN_DRAFT}slett/", FOR_THEM),
        Row(f"{OWN_DRAFT}slett/", LED_BACK, "post", {"seen": "999"}),
        Row(f"{OWN}slett/", LED_BACK),
        Row("/min-side/soknader/{next_draft_application}/slett/", NOT_THEIRS),
    ],
    "min-side/soknader/<int:application>/kopier/": [
        *(Row(f"{OWN}kopier/{query}", FOR_THEM) for query in ("", "?til={call}", "?til={next_call}")),
        Row(f"{OWN}kopier/", FOR_THEM, "post", {"til": "{call}"}),
        Row("/min-side/soknader/{next_application}/kopier/", NOT_THEIRS),
    ],
    # calls, as everyone reads them
    "<slug:authority>/utlysninger/": [
        *(Row(f"/{{home}}/utlysninger/{query}", ANYONE) for query in ("", "?side=9")),
        Row("/finnes-ikke/utlysninger/", NOWHERE),
        Row("/{home}/utlysninger/", all_get(405), "post"),
    ],
    "<slug:authority>/utlysninger/nytt.atom": [
        Row("/{home}/utlysninger/nytt.atom", ANYONE),
        Row("/finnes-ikke/utlysninger/nytt.atom", NOWHERE),
    ],
    "<slug:authority>/utlysninger/<slug:call>/": [
        Row("/{home}/utlysninger/utlysning/", ANYONE),
        Row("/{home}/utlysninger/ikke-kunngjort/", only(AT_HOME, 200, rest=404)),
        Row("/{home}/utlysninger/finnes-ikke/", NOWHERE),
    ],
    "<slug:authority>/utlysninger/<slug:call>/sjekk/": [
        Row("/{home}/utlysninger/utlysning/sjekk/", ANYONE),
        Row("/{home}/utlysninger/utlysning/sjekk/", ANYONE, "post", {"c0": "yes"}),
        Row("/{home}/utlysninger/ikke-kunngjort/sjekk/", only(AT_HOME, 200, rest=404)),
    ],
    # calls at the desk
    "<slug:authority>/soknader/utlysninger/": [
        Row("/{home}/soknader/utlysninger/", MONEY_DESK),
        Row("/{next}/soknader/utlysninger/", NEXT_DESK),
        Row("/{home}/soknader/utlysninger/", all_get(405, anonymous=302), "post"),
    ],
    "<slug:authority>/soknader/utlysninger/ny/": [
        *(
            Row(f"/{{home}}/soknader/utlysninger/ny/{query}", SETS_UP)
            for query in ("", "?fra={call}", "?fra={next_call}")
        ),
        Row("/{home}/soknader/utlysninger/ny/", SETS_UP, "post", {"title": "", "copy": "{next_call}"}),
    ],
    "<slug:authority>/soknader/utlysninger/<int:call>/": [
        *(Row(f"{CALL}{query}", SETS_UP) for query in ("", "?gjor=slett")),
        *(Row(f"{CALL}?gjor={deed}", ANNOUNCES) for deed in ("kunngjor", "trekk", "frist")),
        Row(f"{CALL}?gjor=noe", gone(SETS_UP)),
        Row(NEW_CALL, SETS_UP, "post", {"title": ""}),
        Row(CALL, leads_on(SETS_UP), "post", {"gjor": "slett"}),
        Row(CALL, leads_on(ANNOUNCES), "post", {"gjor": "trekk"}),
        Row(NEW_CALL, leads_on(ANNOUNCES), "post", {"gjor": "kunngjor"}),
        Row("/{home}/soknader/utlysninger/{next_call}/", gone(SETS_UP)),
    ],
    "<slug:authority>/soknader/utlysninger/<int:call>/skjema/": [
        *(Row(f"{CALL}skjema/{query}", SETS_UP) for query in ("",)),
        *(
            Row(f"{NEW_CALL}skjema/?gjor=ny&slag={kind}", SETS_UP)
            for kind in ("kriterium", "sporsmal", "vedlegg", "sjekk")
        ),
        Row(f"{CALL}skjema/?gjor=ny&slag=sjekk", leads_on(SETS_UP)),
        Row(f"{NEW_CALL}skjema/?gjor=endre&slag=sjekk&del=0", gone(SETS_UP)),
        Row(f"{NEW_CALL}skjema/", gone(SETS_UP), "post", {"gjor": "noe", "slag": "sjekk"}),
        Row(f"{NEW_CALL}skjema/", leads_on(SETS_UP), "post", {"gjor": "opp", "slag": "sjekk", "del": "1"}),
        Row("/{home}/soknader/utlysninger/{next_call}/skjema/", gone(SETS_UP)),
    ],
    "<slug:authority>/soknader/utlysninger/<int:call>/forhandsvisning/": [
        *(Row(f"{NEW_CALL}forhandsvisning/{query}", SETS_UP) for query in ("", "?steg=okonomi", "?steg=noe")),
        Row("/{home}/soknader/utlysninger/{next_call}/forhandsvisning/", gone(SETS_UP)),
    ],
    "<slug:authority>/soknader/utlysninger/<int:call>/slipp-inn/": [
        Row(f"{CALL}slipp-inn/", ANNOUNCES),
        Row(f"{CALL}slipp-inn/", ANNOUNCES, "post", {"number": "1-1"}),
        Row("/{home}/soknader/utlysninger/{next_call}/slipp-inn/", gone(SETS_UP)),
    ],
    # applications at the desk
    "<slug:authority>/soknader/": [
        Row("/{home}/soknader/", MONEY_DESK),
        Row("/{home}/soknader/?vis=alle&q=nf'%22:*&utlysning=x&saksbehandler=meg&sorter=navn&side=9", MONEY_DESK),
        Row("/{next}/soknader/", NEXT_DESK),
        Row("/finnes-ikke/soknader/", {**NOWHERE, "anonymous": 302}),
    ],
    "<slug:authority>/soknader/liste.<str:form>": [
        Row("/{home}/soknader/liste.csv?vis=alle", MONEY_DESK),
        Row("/{home}/soknader/liste.pdf", gone(MONEY_DESK)),
    ],
    "<slug:authority>/soknader/ny/": [
        Row("/{home}/soknader/ny/", HANDLES),
        Row("/{home}/soknader/ny/", HANDLES, "post", {"title": ""}),
    ],
    "<slug:authority>/soknader/<int:application>/": [
        Row("/{home}/soknader/{application}/", MAY_READ),
        Row("/{home}/soknader/{draft_application}/", OF_ANOTHER),
        Row("/{home}/soknader/{next_application}/", OF_ANOTHER),
        Row("/{home}/soknader/{application}/", leads_on(HANDLES), "post", {"gjor": "komplett"}),
        Row("/{home}/soknader/{application}/", leads_on(HANDLES), "post", {"gjor": "saksbehandler"}),
    ],
    "<slug:authority>/soknader/<int:application>/dokument/<int:document>/": [
        Row("/{home}/soknader/{application}/dokument/{application_document}/", MAY_READ),
        Row("/{home}/soknader/{application}/dokument/{document}/", gone(MAY_READ)),
        Row("/{home}/soknader/{next_application}/dokument/{application_document}/", OF_ANOTHER),
    ],
    "<slug:authority>/soknader/<int:application>/meldinger/": [
        Row("/{home}/soknader/{application}/meldinger/", MAY_READ),
        Row("/{home}/soknader/{application}/meldinger/", HANDLES, "post", {"text": ""}),
        Row("/{home}/soknader/{next_application}/meldinger/", OF_ANOTHER),
    ],
    "<slug:authority>/soknader/<int:application>/mangler/": [
        Row("/{home}/soknader/{application}/mangler/", HANDLES),
        Row("/{home}/soknader/{application}/mangler/", gone(HANDLES), "post", {"gjor": "noe"}),
        Row("/{home}/soknader/{next_application}/mangler/", OF_ANOTHER),
    ],
    "<slug:authority>/soknader/<int:application>/versjoner/": [
        Row("/{home}/soknader/{application}/versjoner/?fra=1&til=9", MAY_READ),
        Row("/{home}/soknader/{next_application}/versjoner/", OF_ANOTHER),
        Row("/{home}/soknader/{application}/versjoner/", {**all_get(405), "anonymous": 302}, "post"),
    ],
    # who may handle which case
    "<slug:authority>/habilitet/": [
        Row("/{home}/habilitet/", DECLARES),
        Row("/{home}/habilitet/?vis=alle&side=9", DECLARES),
        Row("/{next}/habilitet/", NEXT_DESK),
        Row("/{home}/habilitet/", {**all_get(405), "anonymous": 302}, "post"),
    ],
    "<slug:authority>/habilitet/erklar/": [
        Row("/{home}/habilitet/erklar/", leads_on(DECLARES)),
        Row("/{home}/habilitet/erklar/?sak={application_case}&sak=0", ASKED),
        Row("/{home}/habilitet/erklar/?sak={next_application_case}", gone(DECLARES)),
        Row("/{home}/habilitet/erklar/", leads_on(DECLARES), "post", {"svar": "no_ties"}),
    ],
    "<slug:authority>/habilitet/avgjor/<int:declaration>/": [
        Row("/{home}/habilitet/avgjor/{tie}/", RULES),
        Row("/{home}/habilitet/avgjor/{tie}/", {**RULES, "operator": 403}, "post", {"kan": ""}),
        Row("/{home}/habilitet/avgjor/{next_tie}/", gone(DECLARES)),
        Row("/{home}/habilitet/avgjor/{declaration}/", gone(DECLARES)),
    ],
    "<slug:authority>/saker/<int:case>/habilitet/": [
        Row("/{home}/saker/{application_case}/habilitet/", {**MAY_READ, "guest_officer": 404}),
        Row("/{home}/saker/{case}/habilitet/", gone(DECLARES)),
        Row("/{home}/saker/{next_application_case}/habilitet/", gone(DECLARES)),
        Row(
            "/{home}/saker/{application_case}/habilitet/",
            {**gone(HANDLES), "guest_officer": 404, "operator": 403},
            "post",
            {"behandling": "0"},
        ),
    ],
    # assessed, and before a meeting
    "<slug:authority>/soknader/<int:application>/vurdering/": [
        Row("/{home}/soknader/{application}/vurdering/", MAY_READ),
        Row("/{home}/soknader/{decided}/vurdering/", MAY_READ),
        Row("/{home}/soknader/{next_application}/vurdering/", OF_ANOTHER),
        Row("/{home}/soknader/{application}/vurdering/", gone(HANDLES), "post", {"gjor": "noe"}),
    ],
    "<slug:authority>/innstillinger/": [
        Row("/{home}/innstillinger/?side=9", MONEY_DESK),
        Row("/{home}/innstillinger/?ny=1", HANDLES),
        Row("/{home}/innstillinger/", HANDLES, "post", {"title": ""}),
        Row("/{next}/innstillinger/", NEXT_DESK),
    ],
    "<slug:authority>/innstillinger/<int:batch>/": [
        Row("/{home}/innstillinger/{batch}/", MAY_READ),
        Row("/{home}/innstillinger/{batch}/", gone(HANDLES), "post", {"gjor": "noe"}),
        Row("/{home}/innstillinger/{next_batch}/", OF_ANOTHER),
    ],
    "<slug:authority>/innstillinger/<int:batch>/innstilling.<str:form>": [
        Row("/{home}/innstillinger/{batch}/innstilling.docx", MAY_READ),
        Row("/{home}/innstillinger/{batch}/innstilling.odt", {**NOWHERE, "anonymous": 302}),
        Row("/{home}/innstillinger/{next_batch}/innstilling.pdf", OF_ANOTHER),
    ],
    "<slug:authority>/innstillinger/<int:batch>/protokoll/": [
        Row("/{home}/innstillinger/{batch}/protokoll/", leads_on(MAY_READ)),
        Row("/{home}/innstillinger/{next_batch}/protokoll/", OF_ANOTHER),
    ],
    # de minimis aid
    "<slug:authority>/soknader/<int:application>/stotte/": [
        Row("/{home}/soknader/{application}/stotte/", MAY_READ),
        Row("/{home}/soknader/{application}/stotte/", ANSWERS, "post", {"gjor": "oppgi"}),
        Row("/{home}/soknader/{draft_application}/stotte/", OF_ANOTHER),
        Row("/{home}/soknader/{next_application}/stotte/", OF_ANOTHER),
    ],
    "<slug:authority>/penger/tilsagn/<int:grant>/stotte/": [
        Row("/{home}/penger/tilsagn/{grant}/stotte/", MONEY_DESK),
        Row("/{home}/penger/tilsagn/{grant}/stotte/", ANSWERS, "post", {"gjor": "kobling", "linked": "1"}),
        Row("/{home}/penger/tilsagn/{grant}/stotte/", gone(ANSWERS), "post", {"gjor": "noe"}),
        Row("/{home}/penger/tilsagn/{grant}/stotte/", gone(ANSWERS), "post", {"gjor": "avvis", "kobling": "x"}),
        Row("/{home}/penger/tilsagn/{next_grant}/stotte/", gone(MONEY_DESK)),
    ],
    "<slug:authority>/stotteregister/": [
        Row("/{home}/stotteregister/", MONEY_DESK),
        Row("/{home}/stotteregister/?vis=alle&side=9", MONEY_DESK),
        Row("/{home}/stotteregister/?gjor=utelat&melding={aid_report}", ANSWERS),
        Row("/{home}/stotteregister/?gjor=utelat&melding={next_aid_report}", gone(ANSWERS)),
        Row("/{home}/stotteregister/", ANSWERS, "post", {"gjor": "meld"}),
        Row("/{home}/stotteregister/", gone(MONEY_DESK), "post"),
        Row("/{next}/stotteregister/", NEXT_DESK),
    ],
    "<slug:authority>/stotteregister/meldinger.csv": [
        Row("/{home}/stotteregister/meldinger.csv?vis=alle", MONEY_DESK),
        Row("/{next}/stotteregister/meldinger.csv", NEXT_DESK),
        Row("/{home}/stotteregister/meldinger.csv", {**all_get(405), "anonymous": 302}, "post"),
    ],
    # one’s own: writing an application
    "<slug:authority>/utlysninger/<slug:call>/sok/": [
        Row("/{home}/utlysninger/utlysning/sok/?svar=x", LED_ON),
        Row("/{home}/utlysninger/finnes-ikke/sok/", NOWHERE),
    ],
    "min-side/soknader/<int:application>/skriv/<slug:step>/": [
        Row("/min-side/soknader/{draft_application}/skriv/prosjekt/?mangler=1", FOR_THEM),
        Row("/min-side/soknader/{draft_application}/skriv/okonomi/", FOR_THEM),
        Row("/min-side/soknader/{draft_application}/skriv/vedlegg/", leads_on(FOR_THEM)),
        Row("/min-side/soknader/{draft_application}/skriv/noe/", gone(FOR_THEM)),
        Row("/min-side/soknader/{draft_application}/skriv/stotte/", leads_on(FOR_THEM), "post", {"do": "save"}),
        Row("/min-side/soknader/{draft_application}/skriv/send/", FOR_THE_MANAGER, "post", {"seen": "0"}),
        Row("/min-side/soknader/{draft_application}/skriv/send/", FOR_THEM),
        Row("/min-side/soknader/{decided}/skriv/prosjekt/", leads_on(FOR_THEM)),
        Row("/min-side/soknader/{next_draft_application}/skriv/prosjekt/", NOT_THEIRS),
    ],
    "min-side/soknader/<int:application>/lagre/": [
        Row("/min-side/soknader/{draft_application}/lagre/", leads_on(FOR_THEM), "post", {"step": "prosjekt"}),
        Row("/min-side/soknader/{draft_application}/lagre/", gone(FOR_THEM), "post", {"step": "send"}),
        Row("/min-side/soknader/{next_draft_application}/lagre/", NOT_THEIRS, "post", {"step": "prosjekt"}),
    ],
    # deciding, and the answer
    "<slug:authority>/soknader/<int:application>/vedtak/": [
        Row("/{home}/soknader/{application}/vedtak/", MAY_READ),
        Row("/{home}/soknader/{decided}/vedtak/", MAY_READ),
        Row("/{home}/soknader/{draft_application}/vedtak/", OF_ANOTHER),
        Row("/{home}/soknader/{next_application}/vedtak/", OF_ANOTHER),
        Row("/{home}/soknader/{application}/vedtak/", gone(MAY_READ), "post", {"gjor": "noe"}),
        Row("/{home}/soknader/{application}/vedtak/", {**MAY_READ, "operator": 403}, "post", {"gjor": "se"}),
    ],
    "<slug:authority>/soknader/delegering/": [
        Row("/{home}/soknader/delegering/", MONEY_DESK),
        Row("/{home}/soknader/delegering/", at_home("leader"), "post", {"gjor": "ny", "role": "editor"}),
        Row("/{next}/soknader/delegering/", NEXT_DESK),
    ],
    "min-side/soknader/<int:application>/vedtak/": [
        Row("/min-side/soknader/{decided}/vedtak/", FOR_THEM),
        Row("/min-side/soknader/{application}/vedtak/", leads_on(FOR_THEM)),
        Row("/min-side/soknader/{decided}/vedtak/", gone(FOR_THEM), "post", {"gjor": "noe"}),
        Row("/min-side/soknader/{next_application}/vedtak/", NOT_THEIRS),
    ],
    # letters
    "<slug:authority>/soknader/<int:application>/brev/": [
        Row("/{home}/soknader/{application}/brev/", MAY_READ),
        Row(
            "/{home}/soknader/{application}/brev/", {**HANDLES, "officer": 409, "leader": 409}, "post", {"seen": "999"}
        ),
        Row("/{home}/soknader/{next_application}/brev/", OF_ANOTHER),
    ],
    "<slug:authority>/soknader/<int:application>/brev/<slug:kind>.pdf": [
        Row("/{home}/soknader/{application}/brev/preliminary.pdf", MAY_READ),
        Row("/{home}/soknader/{application}/brev/noe.pdf", gone(MAY_READ)),
        Row("/{home}/soknader/{next_application}/brev/preliminary.pdf", OF_ANOTHER),
    ],
    # after the grant
    "min-side/soknader/<int:application>/endring/": [
        Row("/min-side/soknader/{decided}/endring/", FOR_THEM),
        Row("/min-side/soknader/{decided}/endring/", FOR_THEM, "post", {"text": ""}),
        Row(f"{OWN}endring/", NOT_THEIRS),
        Row("/min-side/soknader/{next_decided}/endring/", NOT_THEIRS),
    ],
    "min-side/soknader/<int:application>/sluttregnskap/<int:report>/": [
        Row(f"{ACCOUNTS}{{final_report}}/", FOR_THEM),
        Row(f"{ACCOUNTS}{{final_report}}/", FOR_THEM, "post", {"gjor": "send", "nok0": "tull"}),
        Row(f"{ACCOUNTS}0/", LED_BACK),
        Row(f"{ACCOUNTS}{{next_final_report}}/", NOT_THEIRS),
        Row("/min-side/soknader/{next_decided}/sluttregnskap/{next_final_report}/", NOT_THEIRS),
    ],
    "<slug:authority>/endringer/": [
        Row("/{home}/endringer/?side=9", MONEY_DESK),
        Row("/{next}/endringer/", NEXT_DESK),
        Row("/{home}/endringer/", all_get(405, anonymous=302), "post"),
    ],
    "<slug:authority>/endringer/<int:change>/": [
        Row("/{home}/endringer/{change}/", MAY_READ),
        Row("/{home}/endringer/{change}/", HANDLES, "post", {"agreed": ""}),
        Row("/{home}/endringer/{next_change}/", OF_ANOTHER),
    ],
    "<slug:authority>/soknader/<int:application>/sluttregnskap/<int:report>/": [
        Row("/{home}/soknader/{decided}/sluttregnskap/{final_report}/", MAY_READ),
        Row("/{home}/soknader/{application}/sluttregnskap/{final_report}/", gone(MAY_READ)),
        Row("/{home}/soknader/{next_decided}/sluttregnskap/{next_final_report}/", OF_ANOTHER),
    ],
    # complaints
    "min-side/soknader/<int:application>/klage/": [
        *(Row(f"/min-side/soknader/{{decided}}/klage/{query}", FOR_THEM) for query in ("", "?gjor=noe")),
        Row("/min-side/soknader/{decided}/klage/?gjor=trekk&klage={complaint}", FOR_THE_MANAGER),
        Row("/min-side/soknader/{decided}/klage/?gjor=trekk&klage={next_complaint}", {**NOT_THEIRS, "colleague": 403}),
        Row("/min-side/soknader/{decided}/klage/", FOR_THE_MANAGER, "post", {"gjor": "klag", "text": ""}),
        Row(f"{OWN}klage/", LED_BACK),
        Row("/min-side/soknader/{next_decided}/klage/", NOT_THEIRS),
    ],
    "<slug:authority>/klager/": [
        Row("/{home}/klager/?side=9", MONEY_DESK),
        Row("/{next}/klager/", NEXT_DESK),
        Row("/{home}/klager/", all_get(405, anonymous=302), "post"),
    ],
    "<slug:authority>/soknader/<int:application>/klage/": [
        *(Row(f"/{{home}}/soknader/{{{name}}}/klage/", HANDLES) for name in ("decided", "application")),
        Row("/{home}/soknader/{decided}/klage/", HANDLES, "post", {"text": ""}),
        Row("/{home}/soknader/{next_decided}/klage/", OF_ANOTHER),
    ],
    "<slug:authority>/klager/<int:complaint>/": [
        Row("/{home}/klager/{complaint}/", MAY_READ),
        Row("/{home}/klager/{complaint}/", HANDLES, "post", {"gjor": "avvis"}),
        Row("/{home}/klager/{complaint}/", gone(HANDLES), "post", {"gjor": "noe"}),
        Row("/{home}/klager/{next_complaint}/", OF_ANOTHER),
    ],
}
