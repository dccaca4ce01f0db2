"""What the addresses of money answer to each person."""

from __future__ import annotations

from tests.house.url_rows import ANYONE, AT_HOME, DESK, DESK_WRITERS, NOWHERE, Row, all_get, only
from tests.house.url_table_people import FOR_THE_MANAGER, FOR_THEM, NOT_THEIRS

MARKS = only(DESK_WRITERS, 200, rest=403)
"""Marking what the public does not see of a grant that everyone may read of."""
OPEN = {"access": "open"}
MONEY_DESK = {**DESK, "guest_officer": 403}
"""The desk's pages of money, for all who do casework in the authority."""
SETS_UP = {**MONEY_DESK, **dict.fromkeys(AT_HOME, 403), **dict.fromkeys(DESK_WRITERS, 200)}
"""What is drawn up by officers and leaders."""
REGISTERS = {**SETS_UP, "decision_maker": 200, "operator": 403}
"""Decisions are registered by those who may; the operator signs nothing."""
NEXT_DESK = only(["neighbour", "operator"], 200, rest=404, anonymous=302)


def gone(answers: dict[str, int]) -> dict[str, int]:
    """Return the same people's answers where the row is another's, or does not exist."""
    return {person: 404 if status == 200 else status for person, status in answers.items()}


def leads_on(answers: dict[str, int]) -> dict[str, int]:
    """Return the same people's answers where the page leads on to another."""
    return {person: 302 if status == 200 else status for person, status in answers.items()}


RECEIVES_CLAIM = {**REGISTERS, "finance_preparer": 200}
"""A claim that is paid is registered by those who pay too."""
READS = {**DESK, **dict.fromkeys(AT_HOME, 403), "guest_officer": 403, "officer": 404, "leader": 404}
"""Reading a paper that is not there: told to those who read papers."""

RECEIVES = {**SETS_UP, "finance_preparer": 200, "operator": 403}
"""Money that has come, and a year's end, are registered by those who keep the accounts too."""
SAVES_YEAR = {person: 302 if status == 200 else status for person, status in RECEIVES.items()}
CLOSES_YEAR = {**MONEY_DESK, **dict.fromkeys(AT_HOME, 403), "leader": 200, "approver": 200}


def at_home(*people: str) -> dict[str, int]:
    """Return the answers of a page for these people of the home authority's desk."""
    return {**MONEY_DESK, **dict.fromkeys(AT_HOME, 403), **dict.fromkeys(people, 200)}


PREPARES, PAYS = at_home("officer", "finance_preparer"), at_home("finance_preparer")
HANDLES = at_home("officer", "finance_preparer", "attester", "approver")
"""Sends a payout back, or stops it."""
READS_FILES = at_home("finance_preparer", "attester", "approver")
CONFIRMS = at_home("officer", "leader", "finance_preparer", "attester")
NOTHING_TO_PAY = {person: 409 if status == 200 else status for person, status in PAYS.items()}
STALE = {person: 409 if status == 200 else status for person, status in PREPARES.items()}

MONEY: dict[str, list[Row]] = {
    # what everyone reads of money
    "<slug:authority>/tildelinger/": [
        *(Row(f"/{{home}}/tildelinger/{query}", ANYONE) for query in ("", "?q=drift&sorter=dato&side=9", "?ordning=x")),
        Row("/finnes-ikke/tildelinger/", NOWHERE),
        Row("/{home}/tildelinger/", all_get(405), "post"),
    ],
    "<slug:authority>/tildelinger/<int:year>/": [
        Row("/{home}/tildelinger/2026/", ANYONE),
        Row("/{home}/tildelinger/1/", NOWHERE),
        Row("/finnes-ikke/tildelinger/2026/", NOWHERE),
    ],
    "<slug:authority>/tildelinger/<int:year>/tall.<str:form>": [
        Row("/{home}/tildelinger/2026/tall.csv", ANYONE),
        Row("/{home}/tildelinger/2026/tall.xlsx", ANYONE),
        Row("/{home}/tildelinger/2026/tall.pdf", NOWHERE),
        Row("/{home}/tildelinger/99999/tall.csv", NOWHERE),
    ],
    "<slug:authority>/tildelinger/nytt.atom": [
        Row("/{home}/tildelinger/nytt.atom", ANYONE),
        Row("/finnes-ikke/tildelinger/nytt.atom", NOWHERE),
    ],
    "<slug:authority>/tildelinger/tilsagn/<int:grant>/": [
        Row("/{home}/tildelinger/tilsagn/{grant}/", ANYONE),
        Row("/{home}/tildelinger/tilsagn/{grant}/?gjor=unnta", MARKS),
        Row("/{home}/tildelinger/tilsagn/{grant}/", {**MARKS, **dict.fromkeys(DESK_WRITERS, 302)}, "post", OPEN),
        Row("/{next}/tildelinger/tilsagn/{grant}/", NOWHERE),
        Row("/{home}/tildelinger/tilsagn/{next_grant}/", NOWHERE),
        Row("/{home}/tildelinger/tilsagn/999999999/", NOWHERE),
    ],
    "<slug:authority>/stotteordninger/": [
        Row("/{home}/stotteordninger/", ANYONE),
        Row("/finnes-ikke/stotteordninger/", NOWHERE),
        Row("/{home}/stotteordninger/", all_get(405), "post"),
    ],
    "<slug:authority>/stotteordninger/<slug:scheme>/": [
        Row("/{home}/stotteordninger/driftsstotte/", ANYONE),
        Row("/{home}/stotteordninger/naeringsfond/", ANYONE),
        Row("/{home}/stotteordninger/finnes-ikke/", NOWHERE),
        Row("/{home}/stotteordninger/driftsstotte/", all_get(405), "post"),
    ],
    # the year, accounts, entries and budget lines
    "<slug:authority>/penger/": [
        *(Row(f"/{{home}}/penger/{query}", MONEY_DESK) for query in ("", "?ar=2026&fil=csv", "?fil=xlsx")),
        Row("/{home}/penger/?ar=26", gone(MONEY_DESK)),
        Row("/{home}/penger/?fil=pdf", gone(MONEY_DESK)),
        Row("/{next}/penger/", NEXT_DESK),
        Row("/finnes-ikke/penger/", all_get(404, anonymous=302)),
        Row("/{home}/penger/", all_get(405, anonymous=302), "post"),
    ],
    "<slug:authority>/penger/konto/<int:account>/": [
        *(
            Row(f"/{{home}}/penger/konto/{{account}}/{query}", MONEY_DESK)
            for query in ("", "?slag=commitment&q=drift&sorter=eldst", "?fra=2026-01-01&til=x&side=99", "?fil=csv")
        ),
        Row("/{home}/penger/konto/{account}/?fil=pdf", gone(MONEY_DESK)),
        Row("/{home}/penger/konto/{next_account}/", gone(MONEY_DESK)),
        Row("/{next}/penger/konto/{next_account}/", NEXT_DESK),
        Row("/{home}/penger/konto/{account}/", all_get(405, anonymous=302), "post"),
    ],
    "<slug:authority>/penger/postering/<int:entry>/": [
        Row("/{home}/penger/postering/{entry}/", MONEY_DESK),
        Row("/{home}/penger/postering/{next_entry}/", gone(MONEY_DESK)),
        Row("/{home}/penger/postering/{entry}/", gone(REGISTERS), "post"),
        Row("/{home}/penger/postering/{entry}/", REGISTERS, "post", {"gjor": "angre", "why": ""}),
        Row("/{next}/penger/postering/{next_entry}/", NEXT_DESK),
    ],
    "<slug:authority>/penger/poster/": [
        *(
            Row(f"/{{home}}/penger/poster/{query}", MONEY_DESK)
            for query in ("", "?ar=2027&trinn=proposed&q=byen&sorter=belop", "?ordning=x&side=9", "?fil=csv")
        ),
        *(Row(f"/{{home}}/penger/poster/?ny=1{query}", SETS_UP) for query in ("", "&del={line}", "&etter={line}")),
        Row("/{home}/penger/poster/?ny=1&del={next_line}", gone(SETS_UP)),
        Row("/{home}/penger/poster/", SETS_UP, "post", {"name": ""}),
        Row("/{next}/penger/poster/", NEXT_DESK),
    ],
    "<slug:authority>/penger/poster/<int:line>/": [
        Row("/{home}/penger/poster/{line}/", MONEY_DESK),
        Row("/{home}/penger/poster/{proposed_line}/", MONEY_DESK),
        Row("/{home}/penger/poster/{next_line}/", gone(MONEY_DESK)),
        *(Row(f"/{{home}}/penger/poster/{{{name}}}/?gjor=endre", SETS_UP) for name in ("line", "proposed_line")),
        *(
            Row(f"/{{home}}/penger/poster/{{proposed_line}}/?gjor={deed}", REGISTERS)
            for deed in ("vedta", "avvis", "trekk")
        ),
        Row("/{home}/penger/poster/{proposed_line}/", REGISTERS, "post", {"gjor": "vedta"}),
        Row("/{home}/penger/poster/{proposed_line}/?gjor=gjenapne", gone(REGISTERS)),
        Row("/{home}/penger/poster/{line}/?gjor=slett", gone(SETS_UP)),
        Row("/{home}/penger/poster/{line}/", gone(MONEY_DESK), "post"),
        Row("/{next}/penger/poster/{next_line}/", NEXT_DESK),
    ],
    # a recipient's own
    "min-side/virksomhet/<int:organisation>/tilskudd/": [
        Row("/min-side/virksomhet/{organisation}/tilskudd/", FOR_THEM),
        Row("/min-side/virksomhet/{next_organisation}/tilskudd/", NOT_THEIRS),
        Row("/min-side/virksomhet/{organisation}/tilskudd/", all_get(405, anonymous=302), "post"),
    ],
    "min-side/virksomhet/<int:organisation>/tilskudd/<int:grant>/": [
        Row("/min-side/virksomhet/{organisation}/tilskudd/{grant}/", FOR_THEM),
        Row("/min-side/virksomhet/{organisation}/tilskudd/{next_grant}/", NOT_THEIRS),
        Row("/min-side/virksomhet/{next_organisation}/tilskudd/{next_grant}/", NOT_THEIRS),
        Row("/min-side/virksomhet/{organisation}/tilskudd/{grant}/", NOT_THEIRS, "post", {"gjor": "noe"}),
        Row(
            "/min-side/virksomhet/{organisation}/tilskudd/{grant}/", NOT_THEIRS, "post", {"gjor": "vis", "vilkar": "0"}
        ),
    ],
    "min-side/virksomhet/<int:organisation>/tilskudd/<int:grant>/finansiering/": [
        Row("/min-side/virksomhet/{organisation}/tilskudd/{grant}/finansiering/", FOR_THEM),
        Row("/min-side/virksomhet/{organisation}/tilskudd/{grant}/finansiering/?kilde=999999999", NOT_THEIRS),
        Row("/min-side/virksomhet/{organisation}/tilskudd/{next_grant}/finansiering/", NOT_THEIRS),
        Row("/min-side/virksomhet/{organisation}/tilskudd/{grant}/finansiering/", FOR_THEM, "post", {"gjor": "legg"}),
        Row("/min-side/virksomhet/{organisation}/tilskudd/{grant}/finansiering/", NOT_THEIRS, "post", {"gjor": "noe"}),
    ],
    "min-side/virksomhet/<int:organisation>/tilskudd/<int:grant>/rapport/<int:report>/": [
        Row("/min-side/virksomhet/{organisation}/tilskudd/{grant}/rapport/{grant_report}/", FOR_THEM),
        Row("/min-side/virksomhet/{organisation}/tilskudd/{grant}/rapport/999999999/", NOT_THEIRS),
        Row(
            "/min-side/virksomhet/{organisation}/tilskudd/{grant}/rapport/{grant_report}/",
            FOR_THEM,
            "post",
            {"gjor": "send"},
        ),
    ],
    "min-side/virksomhet/<int:organisation>/tilskudd/<int:grant>/dokument/<int:document>/": [
        Row("/min-side/virksomhet/{organisation}/tilskudd/{grant}/dokument/{document}/", NOT_THEIRS),
        Row("/min-side/virksomhet/{organisation}/tilskudd/{grant}/dokument/999999999/", NOT_THEIRS),
    ],
    "min-side/virksomhet/<int:organisation>/tilskudd/<int:grant>/utbetaling/": [
        Row("/min-side/virksomhet/{organisation}/tilskudd/{grant}/utbetaling/", FOR_THE_MANAGER),
        Row("/min-side/virksomhet/{organisation}/tilskudd/{next_grant}/utbetaling/", NOT_THEIRS),
        Row("/min-side/virksomhet/{organisation}/tilskudd/{grant}/utbetaling/", FOR_THE_MANAGER, "post"),
    ],
    "min-side/virksomhet/<int:organisation>/bankkonto/": [
        Row("/min-side/virksomhet/{organisation}/bankkonto/", FOR_THEM),
        Row("/min-side/virksomhet/{next_organisation}/bankkonto/", NOT_THEIRS),
        Row("/min-side/virksomhet/{organisation}/bankkonto/", FOR_THE_MANAGER, "post", {"number": "1"}),
    ],
    # a fund, a year's end, and reconciliation
    "<slug:authority>/penger/fond/<int:fund>/": [
        Row("/{home}/penger/fond/{fund}/", MONEY_DESK),
        Row("/{home}/penger/fond/{fund}/?fil=csv", MONEY_DESK),
        Row("/{home}/penger/fond/{fund}/?fil=pdf", gone(MONEY_DESK)),
        Row("/{home}/penger/fond/0/", SETS_UP),
        *(Row(f"/{{home}}/penger/fond/{{fund}}/?gjor={deed}", SETS_UP) for deed in ("inviter", "lofte")),
        *(Row(f"/{{home}}/penger/fond/{{fund}}/?gjor={deed}&lofte={{pledge}}", SETS_UP) for deed in ("frist", "trekk")),
        Row("/{home}/penger/fond/{fund}/?gjor=trekk&lofte={next_pledge}", gone(SETS_UP)),
        Row("/{home}/penger/fond/{fund}/?gjor=inn&lofte={pledge}", RECEIVES),
        Row("/{home}/penger/fond/{fund}/?gjor=ramme", REGISTERS),
        Row("/{home}/penger/fond/{fund}/", REGISTERS, "post", {"gjor": "ramme", "amount": "12,5"}),
        Row("/{home}/penger/fond/{fund}/?gjor=avvis&ramme=999999999", gone(REGISTERS)),
        Row("/{home}/penger/fond/{fund}/?gjor=noe", gone(MONEY_DESK)),
        Row("/{home}/penger/fond/{next_fund}/", gone(MONEY_DESK)),
        Row("/{home}/penger/fond/{fund}/", gone(MONEY_DESK), "post"),
        Row("/{next}/penger/fond/{next_fund}/", NEXT_DESK),
    ],
    "<slug:authority>/penger/arsslutt/<int:year>/": [
        *(Row(f"/{{home}}/penger/arsslutt/{year}/", MONEY_DESK) for year in (2024, 2026, 2031)),
        Row("/{home}/penger/arsslutt/2026/?fil=csv", MONEY_DESK),
        Row("/{home}/penger/arsslutt/2024/?fil=csv", gone(MONEY_DESK)),
        Row("/{home}/penger/arsslutt/1/", gone(MONEY_DESK)),
        *(Row(f"/{{home}}/penger/arsslutt/2026/?gjor={deed}", RECEIVES) for deed in ("send", "kast")),
        Row("/{home}/penger/arsslutt/2026/?gjor=lukk", CLOSES_YEAR),
        Row("/{home}/penger/arsslutt/2026/?gjor=tilbake", {**RECEIVES, "approver": 200}),
        Row("/{home}/penger/arsslutt/2024/?gjor=send", gone(RECEIVES)),
        Row("/{home}/penger/arsslutt/2026/?gjor=lag", gone(MONEY_DESK)),
        Row("/{home}/penger/arsslutt/2026/", SAVES_YEAR, "post", {"gjor": "lagre"}),
        Row("/{home}/penger/arsslutt/2031/", SAVES_YEAR, "post", {"gjor": "lag"}),
        Row("/{home}/penger/arsslutt/2026/", gone(MONEY_DESK), "post"),
        Row("/{next}/penger/arsslutt/2026/", NEXT_DESK),
    ],
    "<slug:authority>/penger/avstemming/": [
        *(Row(f"/{{home}}/penger/avstemming/{query}", MONEY_DESK) for query in ("", "?sjekk=1", "?fil=csv")),
        Row("/{home}/penger/avstemming/?fil=pdf", gone(MONEY_DESK)),
        Row("/{home}/penger/avstemming/", all_get(405, anonymous=302), "post"),
        Row("/{next}/penger/avstemming/", NEXT_DESK),
    ],
    # grants at the desk
    "<slug:authority>/penger/tilsagn/": [
        *(
            Row(f"/{{home}}/penger/tilsagn/{query}", MONEY_DESK)
            for query in ("", "?vis=ubetalt&q=drift&sorter=igjen", "?ar=x&ordning=x&side=9", "?fil=csv", "?fil=xlsx")
        ),
        Row("/{home}/penger/tilsagn/?fil=pdf", gone(MONEY_DESK)),
        Row("/{next}/penger/tilsagn/", NEXT_DESK),
        Row("/{home}/penger/tilsagn/", all_get(405, anonymous=302), "post"),
    ],
    "<slug:authority>/penger/tilsagn/ny/": [
        *(Row(f"/{{home}}/penger/tilsagn/ny/{query}", SETS_UP) for query in ("", "?konto={account}", "?konto=x")),
        Row("/{home}/penger/tilsagn/ny/", SETS_UP, "post", {"title": "Torgdag", "amount_nok": "12,5"}),
        Row("/{next}/penger/tilsagn/ny/", NEXT_DESK),
    ],
    "<slug:authority>/penger/tilsagn/<int:grant>/": [
        Row("/{home}/penger/tilsagn/{grant}/", MONEY_DESK),
        *(Row(f"/{{home}}/penger/tilsagn/{{grant}}/?gjor={deed}", SETS_UP) for deed in ("stotte", "vilkar")),
        *(Row(f"/{{home}}/penger/tilsagn/{{grant}}/?gjor={deed}", leads_on(SETS_UP)) for deed in ("endre", "fjern")),
        Row("/{home}/penger/tilsagn/{grant}/?gjor=vilkar&vilkar={next_condition}", gone(SETS_UP)),
        Row("/{home}/penger/tilsagn/{grant}/?gjor=noe", gone(SETS_UP)),
        Row("/{home}/penger/tilsagn/{grant}/", leads_on(SETS_UP), "post", {"gjor": "hent"}),
        Row("/{home}/penger/tilsagn/{grant}/", gone(MONEY_DESK), "post"),
        Row("/{home}/penger/tilsagn/{next_grant}/", gone(MONEY_DESK)),
        Row("/{next}/penger/tilsagn/{next_grant}/", NEXT_DESK),
    ],
    "<slug:authority>/penger/tilsagn/<int:grant>/vedtak/": [
        Row("/{home}/penger/tilsagn/{grant}/vedtak/", leads_on(REGISTERS)),
        *(
            Row(f"/{{home}}/penger/tilsagn/{{grant}}/vedtak/?gjor={deed}", REGISTERS)
            for deed in ("bortfall", "annuller", "ferdig")
        ),
        Row("/{home}/penger/tilsagn/{grant}/vedtak/?gjor=gjenapne", leads_on(REGISTERS)),
        Row("/{home}/penger/tilsagn/{grant}/vedtak/?gjor=noe", gone(REGISTERS)),
        Row("/{home}/penger/tilsagn/{grant}/vedtak/", REGISTERS, "post", {"gjor": "annuller", "why": ""}),
        Row("/{home}/penger/tilsagn/{grant}/vedtak/", gone(REGISTERS), "post"),
        Row("/{home}/penger/tilsagn/{next_grant}/vedtak/", {**gone(REGISTERS), **dict.fromkeys(AT_HOME, 404)}),
    ],
    "<slug:authority>/penger/tilsagn/<int:grant>/vilkar/<int:condition>/": [
        Row("/{home}/penger/tilsagn/{grant}/vilkar/{condition}/", REGISTERS),
        Row("/{home}/penger/tilsagn/{grant}/vilkar/{condition}/", REGISTERS, "post", {"state": "waived"}),
        Row("/{home}/penger/tilsagn/{grant}/vilkar/{next_condition}/", gone(REGISTERS)),
    ],
    "<slug:authority>/penger/tilsagn/<int:grant>/tilbake/": [
        Row("/{home}/penger/tilsagn/{grant}/tilbake/", MONEY_DESK),
        Row("/{home}/penger/tilsagn/{grant}/tilbake/?gjor=mottatt&krav={claim}", RECEIVES_CLAIM),
        Row("/{home}/penger/tilsagn/{grant}/tilbake/?gjor=ettergi&krav={claim}", REGISTERS),
        Row("/{home}/penger/tilsagn/{grant}/tilbake/?gjor=mottatt&krav=999999999", gone(RECEIVES_CLAIM)),
        Row("/{home}/penger/tilsagn/{grant}/tilbake/", REGISTERS, "post", {"gjor": "krev", "amount": "12,5"}),
        Row("/{home}/penger/tilsagn/{grant}/tilbake/", gone(MONEY_DESK), "post"),
        Row("/{home}/penger/tilsagn/{next_grant}/tilbake/", gone(MONEY_DESK)),
    ],
    # papers at the desk
    "<slug:authority>/penger/tilsagn/<int:grant>/papirer/": [
        Row("/{home}/penger/tilsagn/{grant}/papirer/", {**DESK, "guest_officer": 403}),
        Row(
            "/{home}/penger/tilsagn/{next_grant}/papirer/",
            {**DESK, **dict.fromkeys(AT_HOME, 404), "guest_officer": 403},
        ),
        Row("/{home}/penger/tilsagn/{grant}/papirer/", READS, "post", {"papir": "kilde-0", "gjor": "ja"}),
    ],
    # payouts, the files they are paid from, and the accounts they go to
    "<slug:authority>/penger/utbetalinger/": [
        *(
            Row(f"/{{home}}/penger/utbetalinger/{query}", MONEY_DESK)
            for query in ("", "?vis=alle&q=drift&ordne=-belop&side=9", "?vis=x&q=NP-000001", "?fil=csv", "?fil=xlsx")
        ),
        Row("/{home}/penger/utbetalinger/?fil=pdf", gone(MONEY_DESK)),
        Row("/{home}/penger/utbetalinger/?gjor=ny&tilsagn={grant}", PREPARES),
        Row("/{home}/penger/utbetalinger/", PREPARES, "post", {"gjor": "ny", "grant": "x"}),
        Row("/{home}/penger/utbetalinger/?gjor=signer&steg=forbered&utbetaling=x", leads_on(MONEY_DESK)),
        Row("/{home}/penger/utbetalinger/?gjor=signer&steg=noe", gone(MONEY_DESK)),
        Row("/{home}/penger/utbetalinger/", gone(MONEY_DESK), "post", {"gjor": "noe"}),
        Row("/{next}/penger/utbetalinger/", NEXT_DESK),
    ],
    "<slug:authority>/penger/utbetalinger/<int:payout>/": [
        Row("/{home}/penger/utbetalinger/{payout}/", MONEY_DESK),
        Row("/{home}/penger/utbetalinger/{next_payout}/", gone(MONEY_DESK)),
        Row("/{next}/penger/utbetalinger/{next_payout}/", NEXT_DESK),
        *(Row(f"/{{home}}/penger/utbetalinger/{{payout}}/?gjor={deed}", HANDLES) for deed in ("stopp", "tilbake")),
        Row("/{home}/penger/utbetalinger/{payout}/?gjor=noe", gone(MONEY_DESK)),
        Row("/{home}/penger/utbetalinger/{payout}/", HANDLES, "post", {"gjor": "stopp", "why": ""}),
        Row("/{home}/penger/utbetalinger/{payout}/", STALE, "post", {"gjor": "forbered"}),
        Row("/{home}/penger/utbetalinger/{payout}/", gone(MONEY_DESK), "post"),
    ],
    "<slug:authority>/penger/utbetalinger/filer/": [
        Row("/{home}/penger/utbetalinger/filer/", MONEY_DESK),
        Row("/{home}/penger/utbetalinger/filer/?gjor=oppsett", at_home("leader")),
        Row("/{home}/penger/utbetalinger/filer/", at_home("leader"), "post", {"gjor": "oppsett"}),
        Row("/{home}/penger/utbetalinger/filer/", NOTHING_TO_PAY, "post", {"gjor": "lag"}),
        Row("/{next}/penger/utbetalinger/filer/", NEXT_DESK),
    ],
    "<slug:authority>/penger/utbetalinger/filer/<int:number>.csv": [
        Row("/{home}/penger/utbetalinger/filer/1.csv", READS_FILES),
        Row("/{home}/penger/utbetalinger/filer/999.csv", gone(READS_FILES)),
        Row(
            "/{next}/penger/utbetalinger/filer/1.csv",
            all_get(404, anonymous=302, neighbour=403, operator=403),
        ),
    ],
    "<slug:authority>/penger/utbetalinger/retur/": [
        Row("/{home}/penger/utbetalinger/retur/", PAYS),
        Row("/{home}/penger/utbetalinger/retur/", PAYS, "post", {"text": "Navn;Sum"}),
        Row("/{home}/penger/utbetalinger/retur/", leads_on(PAYS), "post", {"gjor": "les-inn", "innhold": "x"}),
    ],
    "<slug:authority>/penger/bankkontoer/": [
        *(Row(f"/{{home}}/penger/bankkontoer/{query}", MONEY_DESK) for query in ("", "?q=bakeri&side=9")),
        Row("/{home}/penger/bankkontoer/?gjor=ny&virksomhet={organisation}", CONFIRMS),
        Row("/{home}/penger/bankkontoer/", CONFIRMS, "post", {"gjor": "ny", "number": "1"}),
        Row("/{next}/penger/bankkontoer/", NEXT_DESK),
    ],
    "<slug:authority>/penger/bankkontoer/<int:account>/": [
        Row("/{home}/penger/bankkontoer/{bank_account}/", MONEY_DESK),
        Row("/{home}/penger/bankkontoer/{next_bank_account}/", gone(MONEY_DESK)),
        Row("/{home}/penger/bankkontoer/{bank_account}/", gone(CONFIRMS), "post"),
        Row("/{next}/penger/bankkontoer/{next_bank_account}/", NEXT_DESK),
    ],
}
