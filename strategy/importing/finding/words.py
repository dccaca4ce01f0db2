"""The words that plans use, in bokmål and nynorsk: of levels, of what leads to measures, and of what is not the plan.

Rules elsewhere ask these tables; nothing else in `finding` spells out Norwegian.
"""

from __future__ import annotations

import re


def listed(text: str) -> frozenset[str]:
    """Return the words of a list with commas."""
    return frozenset(" ".join(word.split()) for word in text.split(","))


def any_of(text: str) -> re.Pattern[str]:
    """Return the pattern of any of the words or phrases of a list with commas; each is a pattern itself."""
    return re.compile(rf"\b(?:{'|'.join(' '.join(word.split()) for word in text.split(','))})\b", re.IGNORECASE)


# ---- words of levels ----

MAAL = ("", "et", "a", "ene", "ane")
OMRAADE = ("e", "et", "er", "ene", "a", "ane")
FELT = ("", "et", "a", "ene", "er")
COMMON = ("", "en", "a", "er", "ene", "ar", "ane")

LEVEL_WORDS: dict[str, tuple[int, tuple[str, ...], tuple[str, ...]]] = {
    "hovedområde": (10, ("hovedområd", "hovudområd"), OMRAADE),
    "satsingsområde": (10, ("satsingsområd", "satsningsområd", "hovedsatsingsområd", "hovudsatsingsområd"), OMRAADE),
    "satsingsfelt": (10, ("satsingsfelt", "satsningsfelt"), FELT),
    "satsing": (10, ("hovedsatsing", "hovedsatsning", "hovudsatsing", "satsing", "satsning"), COMMON),
    "fokusområde": (10, ("fokusområd",), OMRAADE),
    "pilar": (10, ("pilar", "hovedpilar", "søyle"), ("", "en", "er", "ene", "ar", "ane", "n", "r", "ne")),
    "tema": (10, ("tema", "hovedtema", "hovudtema"), ("", "et", "er", "ene")),
    "temaområde": (10, ("temaområd", "utviklingsområd", "prioriteringsområd"), OMRAADE),
    "målområde": (15, ("målområd",), OMRAADE),
    "hovedmål": (20, ("hovedmål", "hovudmål"), MAAL),
    "samfunnsmål": (20, ("samfunnsmål", "effektmål", "langtidsmål"), MAAL),
    "mål": (30, ("mål",), MAAL),
    "målsetting": (30, ("målsetting", "målsetning", "målsetjing", "hovedmålsetting", "hovudmålsetjing"), COMMON),
    "ambisjon": (30, ("ambisjon",), COMMON),
    "delmål": (40, ("delmål", "undermål", "resultatmål"), MAAL),
    "innsatsområde": (45, ("innsatsområd",), OMRAADE),
    "innsatsfelt": (45, ("innsatsfelt",), FELT),
    "strategi": (50, ("strategi", "hovedstrategi", "hovudstrategi"), COMMON),
    "strategisk grep": (50, ("hovedgrep", "hovudgrep"), FELT),
    "delstrategi": (55, ("delstrategi", "understrategi"), COMMON),
    "tiltaksområde": (60, ("tiltaksområd",), OMRAADE),
    "tiltakspakke": (60, ("tiltakspakk",), ("e", "en", "a", "er", "ene", "ar", "ane")),
    "tiltak": (70, ("tiltak", "hovedtiltak", "hovudtiltak", "enkelttiltak", "tiltakspunkt", "handlingspunkt"), MAAL),
    "handling": (70, ("handling",), COMMON),
    "aksjon": (70, ("aksjon",), COMMON),
    "aktivitet": (80, ("aktivitet",), COMMON),
    "deltiltak": (80, ("deltiltak", "undertiltak"), MAAL),
}  # fmt: skip
"""For each word: how far out it mostly stands (a tie is settled by the document), its stems, and their endings."""

NUMBERED_WORDS: dict[str, tuple[int, tuple[str, ...]]] = {
    "prioritering": (10, ("prioritering", "hovedprioritering", "hovudprioritering")),
    "løfte": (10, ("løfte",)),
    "veivalg": (10, ("veivalg", "vegval", "hovedretning", "hovudretning")),
    "grep": (45, ("grep",)),
}
"""The same for words that say a level only with a number after them: «Prioritering 2», «Grep 1»."""
NUMBERED_FORMS = {form: lemma for lemma, (_rank, forms) in NUMBERED_WORDS.items() for form in forms}
RANKS = {lemma: said[0] for lemma, said in (LEVEL_WORDS | NUMBERED_WORDS).items()}
FORMS = {
    stem + ending: lemma
    for lemma, (_rank, stems, endings) in LEVEL_WORDS.items()
    for stem in stems
    for ending in endings
}
PLURALS = {form for form in FORMS if form.endswith(("er", "ene", "ar", "ane"))} | {
    form for form in FORMS if form.endswith(("måla", "tiltaka", "områda", "felta", "grepa"))
}
EITHER = {form for form in FORMS if form.endswith(("mål", "tiltak", "felt", "grep", "område", "punkt"))}
"""Forms that are alike for one and for many."""
AREAS = {form for form in FORMS if form.endswith(("område", "felt", "satsing", "satsning"))}
OF_PHRASES = {
    "strategisk grep": "strategisk grep, strategiske grep",
    "hovedmål": "overordnet mål, overordna mål, overordnede mål, overordnet målsetting, overordna målsetjing",
    "satsingsområde": """prioritert område, prioriterte områder, prioriterte område, strategisk område,
        strategiske områder, strategiske område""",
    "strategi": """strategisk retning, strategiske retninger, strategiske retningar, strategisk prioritering,
        strategiske prioriteringer, strategiske prioriteringar""",
    "satsing": """strategisk satsing, strategiske satsinger, strategiske satsingar, strategisk satsning,
        strategiske satsninger""",
}
PHRASES = {phrase: lemma for lemma, phrases in OF_PHRASES.items() for phrase in listed(phrases)}
MANY = {phrase for phrase in PHRASES if phrase.startswith(("strategiske", "overordnede", "prioriterte"))}
ADJECTIVES = listed(
    """
    aktuelle, foreslåtte, foreslått, felles, forslag til, hovedsakelige, konkrete, konkret, kortsiktige, kortsiktig,
    langsiktige, langsiktig, nye, nytt, overordna, overordnede, overordnet, planlagte, prioritert, prioriterte,
    sentrale, strategisk, strategiske, utvalgte, vedtatte, viktige, viktigste, våre, vår, vårt, kommunens, kommunen
    sine, kommunen sitt, følgende, følgjande, disse, desse, tverrgående, tverrgåande, tilhørende, tilhøyrande
    """
)

STATEMENTS = {"mål", "hovedmål", "målsetting", "ambisjon", "samfunnsmål"}
"""Words for what a section wants, which may stand below its heading without being a level of its own."""
GOALLIKE = {lemma for lemma, rank in RANKS.items() if rank <= 40}
STRATEGYLIKE = listed("strategi, strategisk grep, delstrategi, tiltaksområde, tiltakspakke, innsatsområde, innsatsfelt")
MEASURES = {"tiltak", "handling", "aksjon", "aktivitet", "deltiltak"}
MEASURE = "tiltak"
CODES = {"M": "mål", "H": "hovedmål", "HM": "hovedmål", "D": "delmål", "DM": "delmål", "S": "strategi", "T": "tiltak"}
"""What a letter before a number is short for («T3», «S1.2»), where the document spells the word out elsewhere."""


def lemma(text: str) -> str | None:
    """Return the level word that a word or two are a form of («Tiltakene» → «tiltak»), or nothing."""
    plain = " ".join(text.casefold().split())
    if plain in PHRASES:
        return PHRASES[plain]
    words = plain.split()
    while len(words) > 1 and (words[0] in ADJECTIVES or " ".join(words[:2]) in ADJECTIVES):
        words = words[2:] if " ".join(words[:2]) in ADJECTIVES and len(words) > 2 else words[1:]
        if " ".join(words) in PHRASES:
            return PHRASES[" ".join(words)]
    return FORMS.get(words[0]) if len(words) == 1 else None


def is_many(text: str) -> bool:
    """Say whether a form of a level word is of more than one for sure."""
    plain = " ".join(text.casefold().split())
    return plain in MANY or plain.split()[-1] in PLURALS if plain else False


def heads(pattern: re.Pattern[str], heading: str) -> bool:
    """Say whether a heading is about what a pattern finds: it begins with it, but for «nasjonale», «våre» and the like.

    «Trygge rammer for bedriftene» is not about «rammer», «Økonomiske rammer» is.
    """
    found = pattern.search(heading)
    if found is None:
        return False
    before = heading[: found.start()].casefold().split()
    return all(word.strip(":,.0123456789") in OPENERS or not word.strip(":,.0123456789") for word in before)


def is_done(text: str) -> bool:
    """Say whether what stands below a heading or in a column has been done, or was the former plan's."""
    return bool(DONE.search(text) or DONE_ALONE.fullmatch(text.strip(" .:"))) and KEPT.search(text) is None


def is_either(text: str) -> bool:
    """Say whether a form of a level word may be of one or of many («tiltak», «mål»)."""
    plain = text.casefold().split()
    return bool(plain) and plain[-1] in EITHER


def lemmas_in(text: str) -> list[str]:
    """Return the level words in a text, in its order, each form by its lemma."""
    return [FORMS[word] for word in re.findall(r"\w+", text.casefold()) if word in FORMS]


# ---- what a heading says besides ----

FOREIGN = any_of(
    r"""
    samfunnsdel\w*, samfunnsplan\w*, kommuneplan\w*, fylkesplan\w*, regional\w* plan\w*, fn, fns, fn's, fn`s, forente,
    bærekraftsmål\w*, berekraftsmål\w*, regjering\w*, storting\w*, eu, eus, overordnede planer, overordna planar,
    andre planer, andre planar, andres
    """
)
"""Whose goals are not this plan's: what stands above it and around it."""
AROUND = any_of(
    r"""
    regional\w*, region(?:en|ens|ane|ene|enes)?, \w+region(?:en|ens)?, interkommunal\w*, fylke\w*, fylkeskommun\w*,
    nasjonal\w*, statlig\w*, statleg\w*, staten\w*, internasjonal\w*, global\w*, europeisk\w*, nho, ks, innovasjon
    norge, nabokommun\w*, overordnede, overordna
    """
)
"""Who else there is; what they want is not this plan's where a plan, a goal or the like is spoken of."""
WANTS = any_of(
    r"""
    \w*mål, måla, målene, målsetting\w*, \w*strategi\w*, \w*plan, \w*planer, \w*planar, \w*planen\w*, føring\w*,
    forventning\w*, ramme\w*, \w*politikk\w*, prioritering\w*, satsing\w*, satsning\w*, ambisjon\w*, innsatsområde\w*,
    tiltak, tiltakene, tiltaka, \w*grep, \w*program\w*, visjon\w*
    """
)
UNITED_NATIONS = any_of(
    r"""
    fn, fns, fn's, forente, bærekraftsmål\w*, berekraftsmål\w*
    """
)
OWN = any_of(
    r"""
    rolle, rolla, bidrag, oppfølging, oppfølgjing, vår, vårt, våre, eget, egne, eigne, eige, lokal\w*
    """
)
"""In a heading about others: this municipality's own part in it."""
BACKGROUND = any_of(
    r"""
    bakgrunn\w*, innledning\w*, innleiing\w*, forord\w*, sammendrag\w*, samandrag\w*, omverden\w*, omverda\w*,
    swot\w*, styrker, styrkar, svakheter, svakheiter, trusler, truslar, trugsmål, interessent\w*, aktører, aktørar,
    medvirk\w*, medverk\w*, prosess\w*, kunnskapsgrunnlag\w*, nåsituasjon\w*, nosituasjon\w*, statusbeskriv\w*,
    utviklingstrekk\w*, utfordringsbilde\w*, utfordringer, utfordringar, analyse\w*, trender, trendar, statistikk\w*,
    referanse\w*, kilder, kjelder, litteratur\w*, vedlegg\w*, lovverk\w*, lovgrunnlag\w*, føringer, føringar, rammer,
    planhierarki\w*, plansystem\w*, evaluering av, erfaringer, erfaringar, gjennomførte, gjennomført, forrige, førre,
    tidligere, tidlegare
    """
)
"""Chapters that describe, and promise nothing."""
PAST = any_of(
    r"""
    evaluering av, evaluere, forrige, førre, tidligere, tidlegare, gjennomførte, gjennomført, gjennomførde, i gang,
    pågående, pågåande, allerede, swot\w*
    """
)
BEFORE = any_of(
    r"""
    evaluering av, evaluere, forrige, førre, tidligere, tidlegare, gjennomførte, swot\w*
    """
)
"""In a heading, wherever it stands: what has been."""
_deeds = r"\w*(?:tiltak|prosjekt|aktivitet|handling|oppgav|oppgåv)\w*"
_over = r"(?:avslutt|fullfør|sluttfør|utfør|gjennomfør|ferdigstil)(?:et|t|te|de|ede|ete|a)|ferdige?"
DONE = any_of(
    rf"""
    (?:{_over}) (?:og \w+ )?(?:\w+ )?{_deeds},
    {_deeds} (?:som )?(?:er|ble|blei|vart|var|har blitt|har vorte) (?:{_over}),
    (?:forrige|førre|foregående|føregåande) (?:\w*plan|\w*periode|\w*program|\w*strategi|\w*del)\w*,
    (?:har|er) (?:vi |kommunen |alt |allerede |blitt |vorte )*(?:gjort|oppnådd|levert|fått til), (?:fikk|fekk) vi til
    """
)
"""In the heading of a list or a table, its sheet's name, or the head of its column: what has been done."""
DONE_ALONE = re.compile(rf"(?:{_over}|utkvitter\w*|arkiv(?:ert)?|historikk)[\s\d–-]*", re.IGNORECASE)
SHOWS = any_of("viser, syner")
"""In a sentence right above a table: it tells what the table holds."""
KEPT = any_of(
    r"""
    viderefør\w*, vidarefør\w*, overfør\w*, fortsett\w*, fortset\w*, (?:skal|må|bør|vil) (?:være|vere|bli),
    inn[ea]n 20\d\d, når \w+ (?:\w+ )?(?:er|har|blir|vert),
    (?:er|blir|vert|vises|visast) (?:\w+ )?(?:marker\w*|merk\w*|tatt|teke|tekne|fjern\w*|utelat\w*|med|i|ut)
    """
)
"""What was promised before and still is, what will have been done, and how a table marks what has."""
ENDING = any_of(
    r"""
    referanse\w*, kilder, kjelder, litteratur\w*, vedlegg\w*, oppfølging\w*, oppfølgjing\w*, rullering\w*, prosess\w*,
    evaluering\w*, rapportering\w*, organisering\w*, økonomiske rammer, økonomi og finansiering, finansiering,
    ordliste\w*, begrep\w*, omgrep\w*, høring\w*, høyring\w*, sluttord, etterord, medvirk\w*, medverk\w*,
    gjennomføring(?:en|a)?, lovverk, følger vi (?:opp|med), følgjer (?:vi|me) (?:opp|med),
    (?:hvem|kven) (?:gjør|gjer|følger|følgjer), veien videre, vegen vidare
    """
)
"""Headings that close a plan's goals when they stand alone."""
GENERIC = any_of(
    r"""
    handlingsplan\w*, handlingsprogram\w*, handlingsdel\w*, tiltaksplan\w*, tiltaksliste\w*, tiltaksoversikt\w*,
    tiltaksdel\w*, strategidel\w*, næringsplan\w*, næringsstrategi\w*, strategisk plan\w*, temaplan\w*,
    kommunedelplan\w*, planens mål, planen, strategien, plan for, målhierarki\w*, oversikt\w*, oversyn\w*,
    oppsummer\w*, samla, samlet, prioriteringer, prioriteringar, innhold, innhald
    """
)
"""Headings that gather the plan's goals or measures and are none themselves."""
PLAN_OF_ACTION = any_of(
    r"""
    handlingsplan\w*, handlingsprogram\w*, handlingsdel\w*, tiltaksplan\w*, tiltaksdel\w*
    """
)
SUMMARY = any_of(
    r"""
    oversikt\w*, oversyn\w*, oppsummer\w*, sammendrag\w*, samandrag\w*, samlet, samla, handlingsprogram\w*,
    strategihus\w*, målhierarki\w*, målbilde\w*, kort fortalt
    """
)

# ---- what leads to measures ----

WE = listed(
    """
    vi, kommunen, kommuna, kommune, me, oss, dette, det, desse, disse, målet, også, derfor, difor, da, så, den,
    planen, strategien, og
    """
)
"""Who «skal» when the plan's owner does."""
OTHERS = any_of(
    r"""
    \w*forum\w*, \w*foreningen, \w*foreininga, \w*rådet, \w*utvalget, \w*utvalet, fylkeskommunen, fylket, staten,
    regjeringen, regjeringa, regionen, \w+regionen, innbyggerne, innbyggjarane, bedriftene, verksemdene, partnerne,
    aktørene, aktørane, samfunnsdelen, kommuneplanen
    """
)
"""Who else may have tasks; what they must do is no measure of this plan."""
MUST = r"(?:må|skal|vil|bør|kan)"
WHO = r"(?: vi| kommunen| det| (?:\w+ ){1,3}?kommune)?"
BESIDES = (
    r"(?: derfor| difor| også| blant annet| bl\.a\.| mellom anna| særlig| særleg| i perioden| i planperioden| konkret)*"
)
DO_IT = r"(?:gjør|gjer|gjøre|gjere|får det til|få det til|når vi|skal vi nå|nå målet|nå måla|nå målene)"
LEAD = re.compile(
    rf"(?:\b{MUST}{WHO}{BESIDES}"
    rf"|\b(?:slik|dette|det|hva|kva|hvordan|korleis|sånn)\b[^.]{{0,40}}\b{DO_IT}\b[^.:]{{0,40}}"
    r"|\b(?:slik|hvordan|korleis|sånn)\b[^.]{0,40}\b(?:oppnår|oppnå|lykkes|lukkast)\b[^.:]{0,40}"
    r"|\b(?:forplikter|forpliktar|lover|lovar|bidrar|bidreg) (?:vi|me|kommunen|kommuna|oss)(?: oss)?(?: til| med)?"
    r"|^(?:vårt|våre|kommunens) (?:bidrag|løfter|forpliktelser)|^(?:bidraget|bidraga|løfta) vår[et]?"
    r"|\b(?:gjennom|ved) å"
    r"|\b(?:skal|vil|må)\b[^.:]{0,60}\b(?:gjennom|ved|med) (?:å|følgende|følgjande|blant annet|mellom anna))"
    r"\s*(?:…|\.\.\.)?[:?]?$",
    re.IGNORECASE,
)
"""How the last sentence before a list of measures ends: «… kommunen må:», «Slik gjør vi det», «Vi skal:»."""
PROMISE = re.compile(
    r"(?:(?:Vi|Me|Kommunen|Kommuna|(?:[A-ZÆØÅ][\w-]+ ){1,3}kommune)(?: også| òg| derfor| difor)? (?:skal|vil)"
    r"(?! (?:ikke|ikkje|at|gjerne|takke)\b)"
    r"|(?:Vi|Me) (?:forplikter|forpliktar) oss til å"
    r"|(?:I|Innen|Innan|Fra|Frå|Før|Etter|Hvert|Kvart|Hver|Kvar)\b[^.:]{2,40} (?:skal|vil) (?:vi|me|kommunen|kommuna)"
    r"|Det skal \w+(?:s|ast))\b"
)
"""How a sentence begins that says what the plan's owner is going to do."""
NOT_MEASURES = any_of(
    r"""
    indikator\w*, måltall\w*, måles, måle, måler, målast, måling\w*, mål(?:es)? ved, resultatindikator\w*, ansvar,
    ansvarlig\w*, ansvarleg\w*, samarbeidspart\w*, deltakere, deltakarar, målgruppe\w*, utfordring\w*, mulighet\w*,
    moglegheit\w*, styrker, styrkar, svakheter, svakheiter, trusler, truslar, bakgrunn\w*, status, nåsituasjon\w*,
    hvorfor, kvifor, føringer, føringar, bærekraftsmål\w*, berekraftsmål\w*, kunnskapsgrunnlag\w*, effekt\w*, ønsket,
    ønska, resultat\w*, suksess\w*, kjennetegn\w*, kjenneteikn\w*, fakta, kilder, kjelder, risiko\w*, finansiering,
    eksempler, eksempel, døme, forutsetning\w*, føresetnad\w*, kriterier, kriterium, virkemidler, verkemiddel,
    ressurser, ressursar, medlemmer, medlemer, oppgaver, oppgåver, hovedoppgave\w*, rammer, prinsipp\w*, verdier,
    verdiar, roller, funn, (?:hva|kva|dette|det)(?: \w+)* oppnår?
    """
)
"""Lists under a goal that are something else."""
FIELDS = re.compile(
    r"(?:ansvar\w*|hovedansvar\w*|frist\w*|tidsfrist|tidsramme|tidspunkt|tidsplan|når|kostnad\w*|økonomi|budsjett|"
    r"finansiering|status|samarbeid\w*|deltak\w*|medvirk\w*|måloppnåing|måloppnåelse|indikator\w*|prioritet|resultat\w*|"
    r"bærekraftsmål|berekraftsmål|aktør\w*|effekt|oppstart|gjennomføring\w*|milepæl\w*|periode|ressurs\w*|merknad\w*|"
    r"kommentar\w*)\s*(?:\([^)]*\))?\s*[:–-]",
    re.IGNORECASE,
)
"""Beginnings of lines that tell of a measure: «Ansvar: …», «Frist: …»."""
CAPTION = re.compile(
    r"(?:(?:figur|fig\.|tabell|bilde|bilete|illustrasjon|kart|diagram|graf)\s*\d+|foto\s*[:/]|"
    r"(?:bilde|bilete|illustrasjon|kilde|kjelde)\s*:)",
    re.IGNORECASE,
)
"""How the caption of a figure or a table begins."""
SMALL = listed(
    """
    og, i, på, for, med, til, av, om, som, å, en, et, ei, eit, ein, den, det, de, dei, samt, eller, mellom, gjennom,
    ved, fra, frå, innen, innan, mot, under, over, etter, at, der, hvor, kor, ikke, ikkje, skal, kan, vil, må, er,
    har, ha, være, vere, bli, blir, hos, uten, utan, både, flere, fleire, mer, meir
    """
)
"""Words that a line does not end with when it says all it has to say."""
REFERRING = listed(
    """
    kapittel, kapitla, kap, punkt, pkt, nr, nummer, mål, delmål, hovedmål, strategi, tiltak, figur, tabell, side, del,
    ca, avsnitt, vedlegg, sak, §, paragraf
    """
)
"""Words that a number belongs to, so that a line that begins with it only goes on."""
OPENERS = listed(
    """
    slik, hva, kva, hvordan, korleis, hvorfor, kvifor, våre, vår, vårt, viktige, viktigste, planens, kommunens, om,
    dagens, noen, nokre, overordna, overordnede, nasjonale, nasjonal, regionale, regional, statlige, statlege,
    sentrale, aktuelle, felles, økonomiske, økonomisk, lokale, lokal, de, dei, det, den, videre, vidare, og, kort, vi,
    administrativ, organisatoriske, juridiske, ytre, indre, kapittel, vedlegg, status, planen, planprosess, forrige,
    førre, med, for, i, evaluering, av, erfaringer, erfaringar, fra, frå, kommunale, ulike, relevante, andre, særlige,
    særlege, oppdrag
    """
)
"""Words that a heading may begin with before the one that tells what it is about."""
ASKING = re.compile(r"(?:hvor|kvar|hvem|kven|hvorfor|kvifor|når|dit)\b", re.IGNORECASE)
"""Questions that headings ask without leading to measures, and «Dit vil vi»; «hva» and «hvordan» do lead to them."""
ABBREVIATIONS = listed(
    """
    bl.a, m.m, m.fl, m.v, mv, osv, f.eks, t.d, ca, jf, jfr, dvs, kl, nr, pga, evt, inkl, ekskl, tlf, kap, pkt, st,
    stk, kr, mill, mrd, pr, vs, iht, i.h.t, mht, m.h.t, ift, i.f.t, o.l, o.a, etc, ev, gj.sn, jan, feb, mar, apr, jun,
    jul, aug, sep, sept, okt, nov, des, ref, s, f, t.o.m, f.o.m, d.d, fv, rv, adm, dir, red, alt, min, maks, bl, fig,
    tab, art, m, a, el, th, dr, hhv, bla, m.a, u.å, tilsv, vg, ang, vedr
    """
)
"""Abbreviations whose full stop ends no sentence, without the last stop."""
