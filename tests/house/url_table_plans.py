"""What the addresses of plans, measures, reports and figures answer to each person."""

from __future__ import annotations

from tests.house.url_rows import (
    ANYONE,
    AT_HOME,
    DESK,
    DESK_WRITERS,
    DESK_WRITES,
    GIVES_OVER,
    LED_ON,
    MEASURES,
    MEASURES_WRITES,
    NOWHERE,
    RELEASES,
    SEES_WAITING,
    SHARED_DESK,
    SIGNED_IN,
    Row,
    all_get,
    only,
)

PLANS: dict[str, list[Row]] = {
    # strategy
    "<slug:authority>/planer/<slug:plan>/": [
        Row("/{home}/planer/{plan}/", ANYONE),
        Row("/{home}/planer/{draft}/", only(AT_HOME, 200, rest=404)),
        Row("/{next}/planer/{draft}/", only(["neighbour", "operator"], 200, rest=404)),
        Row("/{home}/planer/finnes-ikke/", NOWHERE),
        Row("/{home}/planer/{plan}/", all_get(405), "post"),
    ],
    "<slug:authority>/planer/<slug:plan>/tiltak/<int:measure>/": [
        Row("/{home}/planer/{plan}/tiltak/{measure}/", ANYONE),
        Row("/{home}/planer/{plan}/tiltak/{next_measure}/", NOWHERE),
        Row("/{home}/planer/{plan}/tiltak/999999999/", NOWHERE),
    ],
    # reporting on measures, as those responsible and partners do it
    "planer/rapportering/": [
        Row("/planer/rapportering/", SIGNED_IN),
        Row("/planer/rapportering/", all_get(404, anonymous=302), "post", {"rapport": "999999999"}),
    ],
    "planer/rapportering/<int:report>/": [
        Row("/planer/rapportering/{status_report}/", DESK_WRITES),
        Row("/planer/rapportering/{status_report}/", DESK_WRITES, "post", {"how": ""}),
        Row(
            "/planer/rapportering/{next_status_report}/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)
        ),
        Row("/planer/rapportering/999999999/", all_get(404, anonymous=302)),
    ],
    "planer/rapport/<str:key>/": [
        Row("/planer/rapport/{partner_key}/", ANYONE),  # the mail it stands in is the right to use it
        Row("/planer/rapport/{partner_key}/", ANYONE, "post", {"how": ""}),
        Row("/planer/rapport/{stop_key}/", NOWHERE),
        Row("/planer/rapport/feil/", NOWHERE),
    ],
    "<slug:authority>/ansvar/": [
        Row("/{home}/ansvar/", GIVES_OVER),
        Row("/{home}/ansvar/?fra=ingen", GIVES_OVER),
        Row("/{home}/ansvar/", GIVES_OVER, "post", {"fra": "ingen"}),
        Row("/{home}/ansvar/?gjort=999999999", {**GIVES_OVER, **dict.fromkeys(DESK_WRITERS, 404)}),
        Row("/{home}/ansvar/", {**GIVES_OVER, **dict.fromkeys(DESK_WRITERS, 404)}, "post", {"angre": "999999999"}),
        Row("/{next}/ansvar/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)),
    ],
    # what is measured, as officers see to it
    "<slug:authority>/indikatorer/": [
        *(Row(f"/{{home}}/indikatorer/{query}", MEASURES) for query in ("", "?q=ord&side=9", "?fil=csv", "?fil=xlsx")),
        Row("/{home}/indikatorer/?ny=1", MEASURES_WRITES),
        Row("/{home}/indikatorer/", MEASURES_WRITES, "post", {"name": ""}),
        Row("/{home}/indikatorer/?fil=pdf", {**MEASURES, **dict.fromkeys(AT_HOME, 404)}),
        Row("/{next}/indikatorer/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)),
    ],
    "<slug:authority>/indikatorer/<int:indicator>/": [
        *(
            Row(f"/{{home}}/indikatorer/{{indicator}}/{query}", MEASURES)
            for query in ("", "?verdier=csv", "?verdier=xlsx", "?mal=csv", "?mal=xlsx")
        ),
        *(
            Row(f"/{{home}}/indikatorer/{{indicator}}/?gjor={deed}", MEASURES_WRITES)
            for deed in ("endre", "serie", "verdi", "fil", "hent")
        ),
        *(
            Row("/{home}/indikatorer/{indicator}/", MEASURES_WRITES, "post", {"gjor": deed})
            for deed in ("endre", "serie", "verdi", "fil", "hent")
        ),
        Row(
            "/{home}/indikatorer/{indicator}/",
            {**MEASURES_WRITES, **dict.fromkeys(DESK_WRITERS, 302)},
            "post",
            {"gjor": "lagre"},
        ),
        *(
            Row(
                f"/{{home}}/indikatorer/{{indicator}}/?{query}", {**MEASURES_WRITES, **dict.fromkeys(DESK_WRITERS, 404)}
            )
            for query in ("gjor=noe", "gjor=verdi&verdi=999999999", "gjor=fjern&verdi=1x", "gjor=serie&serie=999999999")
        ),
        Row("/{home}/indikatorer/{indicator}/", {**MEASURES, **dict.fromkeys(AT_HOME, 404)}, "post"),
        Row("/{home}/indikatorer/{next_indicator}/", {**MEASURES, **dict.fromkeys(AT_HOME, 404)}),
        Row("/{next}/indikatorer/{next_indicator}/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)),
    ],
    # reporting on a plan, as its officers work with it
    "<slug:authority>/planer/<slug:plan>/handlingsdel/": [
        *(
            Row(f"/{{home}}/planer/{{plan}}/handlingsdel/{query}", DESK)
            for query in ("", "?vis=endret", "?utskrift=1", "?fil=csv", "?fil=xlsx")
        ),
        *(
            Row(f"/{{home}}/planer/{{plan}}/handlingsdel/?gjor={deed}", DESK_WRITES)
            for deed in ("nytt", "forkast", "vedta")
        ),
        Row("/{home}/planer/{plan}/handlingsdel/?gjor=noe", {**DESK_WRITES, **dict.fromkeys(DESK_WRITERS, 404)}),
        Row("/{home}/planer/{plan}/handlingsdel/?del=999999999", {**DESK, **dict.fromkeys(AT_HOME, 404)}),
        Row("/{home}/planer/{draft}/handlingsdel/", DESK),
        Row(
            "/{region}/planer/{shared}/handlingsdel/",
            only(["region_secretary", "operator"], 200, rest=404, anonymous=302),
        ),
        Row("/{next}/planer/{plan}/handlingsdel/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)),
        Row("/{home}/planer/{plan}/handlingsdel/", {**DESK_WRITES, **dict.fromkeys(DESK_WRITERS, 404)}, "post"),
        Row(
            "/{home}/planer/{plan}/handlingsdel/",
            {**DESK_WRITES, **dict.fromkeys(DESK_WRITERS, 302)},
            "post",
            {"gjor": "lagre"},
        ),
    ],
    "<slug:authority>/planer/<slug:plan>/finansiering/": [
        *(
            Row(f"/{{home}}/planer/{{plan}}/finansiering/{query}", DESK)
            for query in ("", "?ar=2026", "?ar=2026&fil=xlsx")
        ),
        Row("/{home}/planer/{plan}/finansiering/?ar=1066", {**DESK, **dict.fromkeys(AT_HOME, 404)}),
        Row("/{home}/planer/{plan}/finansiering/?fil=pdf", {**DESK, **dict.fromkeys(AT_HOME, 404)}),
        Row("/{region}/planer/{shared}/finansiering/", SHARED_DESK),
        Row("/{next}/planer/{plan}/finansiering/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)),
        Row("/{home}/planer/{plan}/finansiering/", {**DESK_WRITES, **dict.fromkeys(DESK_WRITERS, 404)}, "post"),
        Row("/{home}/planer/{plan}/finansiering/", DESK_WRITES, "post", {"gjor": "les"}),
    ],
    "<slug:authority>/planer/<slug:plan>/rapportering/": [
        Row("/{home}/planer/{plan}/rapportering/", DESK),
        Row("/{home}/planer/{draft}/rapportering/", DESK),
        Row("/{region}/planer/{shared}/rapportering/", SHARED_DESK),
        Row("/{next}/planer/{plan}/rapportering/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)),
        Row("/{home}/planer/finnes-ikke/rapportering/", all_get(404, anonymous=302)),
        Row("/{home}/planer/{plan}/rapportering/", all_get(405, anonymous=302), "post"),
    ],
    "<slug:authority>/planer/<slug:plan>/rapportering/ny/": [
        Row("/{home}/planer/{plan}/rapportering/ny/", DESK_WRITES),
        Row("/{home}/planer/{plan}/rapportering/ny/?slag=halvaar", DESK_WRITES),
        Row("/{home}/planer/{plan}/rapportering/ny/", DESK_WRITES, "post", {"name": ""}),
        Row(
            "/{region}/planer/{shared}/rapportering/ny/",
            {
                **SHARED_DESK,
                **dict.fromkeys([*AT_HOME, "neighbour"], 403),
                **dict.fromkeys(["region_secretary", "operator"], 200),
            },
        ),
    ],
    "<slug:authority>/planer/<slug:plan>/rapportering/<int:period>/": [
        *(
            Row(f"/{{home}}/planer/{{plan}}/rapportering/{{period}}/{query}", DESK)
            for query in ("", "?vis=ikke&q=a&sorter=sent&hvem=ingen", "?fil=csv", "?utskrift=1")
        ),
        *(
            Row(f"/{{home}}/planer/{{plan}}/rapportering/{{period}}/?gjor={deed}", DESK_WRITES)
            for deed in ("apne", "lukk", "gjenapne", "slett", "endre", "minn")
        ),
        Row("/{home}/planer/{plan}/rapportering/{period}/?gjor=noe", {**DESK, **dict.fromkeys(AT_HOME, 404)}),
        Row("/{home}/planer/{plan}/rapportering/{period}/", {**DESK, **dict.fromkeys(AT_HOME, 404)}, "post"),
        Row("/{home}/planer/{plan}/rapportering/{period}/", DESK_WRITES, "post", {"gjor": "endre", "name": ""}),
        Row("/{home}/planer/{plan}/rapportering/{next_period}/", {**DESK, **dict.fromkeys(AT_HOME, 404)}),
        Row(
            "/{next}/planer/{plan}/rapportering/{next_period}/",
            only(["neighbour", "operator"], 200, rest=404, anonymous=302),
        ),
    ],
    "<slug:authority>/planer/<slug:plan>/rapportering/<int:period>/<int:report>/": [
        Row("/{home}/planer/{plan}/rapportering/{period}/{status_report}/", DESK),
        Row(
            "/{home}/planer/{plan}/rapportering/{period}/{status_report}/",
            DESK_WRITES,
            "post",
            {"gjor": "tilbake", "question": ""},
        ),
        Row(
            "/{home}/planer/{plan}/rapportering/{period}/{next_status_report}/",
            {**DESK, **dict.fromkeys(AT_HOME, 404)},
        ),
        Row(
            "/{home}/planer/{plan}/rapportering/{next_period}/{next_status_report}/",
            {**DESK, **dict.fromkeys(AT_HOME, 404)},
        ),
    ],
    # reports of a plan: what is released for anyone, what waits for those who see today's picture
    "<slug:authority>/planer/<slug:plan>/rapporter/": [
        Row("/{home}/planer/{plan}/rapporter/", ANYONE),
        Row("/{home}/planer/{draft}/rapporter/", only(AT_HOME, 200, rest=404)),
        Row("/{home}/planer/{plan}/rapporter/", all_get(405), "post"),
    ],
    "<slug:authority>/planer/<slug:plan>/rapporter/<int:number>/": [
        Row("/{home}/planer/{plan}/rapporter/1/", ANYONE),
        Row("/{home}/planer/{plan}/rapporter/1/?status=late", ANYONE),
        Row("/{home}/planer/{plan}/rapporter/2/", SEES_WAITING),
        Row("/{next}/planer/{plan}/rapporter/2/", only(["neighbour", "operator"], 200, rest=404)),
        Row("/{home}/planer/{plan}/rapporter/3/", NOWHERE),
        Row("/{home}/planer/{draft}/rapporter/1/", NOWHERE),
    ],
    "<slug:authority>/planer/<slug:plan>/rapporter/<int:number>/<int:version>/": [
        Row("/{home}/planer/{plan}/rapporter/1/1/", ANYONE),
        Row("/{home}/planer/{plan}/rapporter/1/2/", NOWHERE),
        Row("/{home}/planer/{plan}/rapporter/2/1/", SEES_WAITING),
        Row("/{home}/planer/{plan}/rapporter/1/1/", all_get(405), "post"),
    ],
    "<slug:authority>/planer/<slug:plan>/rapporter/<int:number>/<int:version>/fil/<str:kind>/": [
        *(
            Row(f"/{{home}}/planer/{{plan}}/rapporter/1/1/fil/{kind}/", ANYONE)
            for kind in ("pdf", "csv", "xlsx", "json")
        ),
        *(Row(f"/{{home}}/planer/{{plan}}/rapporter/2/1/fil/{kind}/", SEES_WAITING) for kind in ("csv", "json")),
        Row("/{home}/planer/{plan}/rapporter/1/1/fil/exe/", NOWHERE),
        Row("/{home}/planer/{plan}/rapporter/3/1/fil/pdf/", NOWHERE),
    ],
    "<slug:authority>/planer/<slug:plan>/rapporter/<int:number>/<int:version>/frigi/": [
        Row("/{home}/planer/{plan}/rapporter/2/1/frigi/", RELEASES),
        Row("/{home}/planer/{plan}/rapporter/2/1/frigi/", RELEASES, "post"),
        Row("/{home}/planer/{plan}/rapporter/3/1/frigi/", {**RELEASES, "leader": 404, "operator": 404}),
        Row("/{next}/planer/{plan}/rapporter/2/1/frigi/", all_get(404, anonymous=302, neighbour=403, operator=200)),
    ],
    "<slug:authority>/planer/<slug:plan>/rapporter/<int:number>/<int:version>/rett/": [
        Row("/{home}/planer/{plan}/rapporter/1/1/rett/", DESK_WRITES),
        Row("/{home}/planer/{plan}/rapporter/1/1/rett/", DESK_WRITES, "post", {"reason": ""}),
        Row("/{next}/planer/{plan}/rapporter/1/1/rett/", only(["neighbour", "operator"], 200, rest=404, anonymous=302)),
    ],
    "<slug:authority>/planer/<slug:plan>/rapportering/<int:period>/frys/": [
        Row("/{home}/planer/{plan}/rapportering/{period}/frys/", DESK_WRITES),
        Row("/{home}/planer/{plan}/rapportering/{period}/frys/", DESK_WRITES, "post", {"step": "999999999"}),
        Row(
            "/{home}/planer/{plan}/rapportering/{next_period}/frys/",
            {**DESK_WRITES, **dict.fromkeys(DESK_WRITERS, 404)},
        ),
    ],
    # what stands around a plan: basis, questions, followers, its status elsewhere, its figures
    "<slug:authority>/planer/<slug:plan>/grunnlag/": [
        Row("/{home}/planer/{plan}/grunnlag/", ANYONE),
        Row("/{home}/planer/{draft}/grunnlag/", only(AT_HOME, 200, rest=404)),
        Row("/{home}/planer/{plan}/grunnlag/", all_get(405), "post"),
    ],
    "<slug:authority>/planer/<slug:plan>/innebygd/": [
        Row("/{home}/planer/{plan}/innebygd/", ANYONE),
        Row("/{home}/planer/{draft}/innebygd/", NOWHERE),  # in a frame everyone is a stranger
        Row("/{home}/planer/{plan}/innebygd/", all_get(405), "post"),
    ],
    "<slug:authority>/planer/<slug:plan>/tallene.<str:form>": [
        *(Row(f"/{{home}}/planer/{{plan}}/tallene.{form}", ANYONE) for form in ("csv", "xlsx", "json")),
        Row("/{home}/planer/{draft}/tallene.json", only(AT_HOME, 200, rest=404)),
        Row("/{home}/planer/{plan}/tallene.pdf", NOWHERE),
        Row("/{home}/planer/{plan}/tallene.csv", all_get(405), "post"),
    ],
    "<slug:authority>/planer/<slug:plan>/folg/": [
        Row("/{home}/planer/{plan}/folg/", ANYONE),
        Row("/{home}/planer/{plan}/folg/?tiltak={measure}", ANYONE),
        Row("/{home}/planer/{plan}/folg/?tiltak={next_measure}", NOWHERE),
        Row("/{home}/planer/{plan}/folg/", ANYONE, "post", {"address": "feil"}),
        Row("/{home}/planer/{draft}/folg/", NOWHERE),
    ],
    "<slug:authority>/planer/<slug:plan>/folg/kode/": [
        Row("/{home}/planer/{plan}/folg/kode/", LED_ON),
        Row("/{home}/planer/{plan}/folg/kode/", LED_ON, "post", {"code": "123456"}),
        Row("/{home}/planer/{draft}/folg/kode/", NOWHERE),
    ],
    "planer/folg/stopp/<str:key>/": [
        Row("/planer/folg/stopp/feil/", NOWHERE),
        Row("/planer/folg/stopp/{stop_key}/", NOWHERE),  # it stops another kind of mail
        Row("/planer/folg/stopp/{follow_key}/", ANYONE),  # the mail it stands in is the right to use it
        Row("/planer/folg/stopp/{follow_key}/", ANYONE, "post", {"List-Unsubscribe": "One-Click"}),
    ],
    "<slug:authority>/planer/<slug:plan>/sporsmal/": [
        Row("/{home}/planer/{plan}/sporsmal/", ANYONE),
        Row("/{home}/planer/{draft}/sporsmal/", only(AT_HOME, 200, rest=404)),
        Row("/{home}/planer/{plan}/sporsmal/", only(["forum_reviewer"], 200, rest=403, anonymous=302), "post"),
        Row("/{next}/planer/{plan}/sporsmal/", all_get(403, anonymous=302), "post"),
    ],
    "<slug:authority>/planer/<slug:plan>/sporsmal/<int:question>/": [
        Row("/{home}/planer/{plan}/sporsmal/{question}/", DESK),
        Row("/{home}/planer/{plan}/sporsmal/{question}/", DESK_WRITES, "post", {"answer": ""}),
        Row("/{next}/planer/{plan}/sporsmal/{question}/", all_get(404, anonymous=302)),
        Row("/{home}/planer/{plan}/sporsmal/999999999/", all_get(404, anonymous=302)),
    ],
}
