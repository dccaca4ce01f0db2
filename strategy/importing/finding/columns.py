"""What the columns of a table are about, by their heads, in bokmål and nynorsk, in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from strategy.importing.finding import money, words


class About(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    LEVEL = "level"
    MEASURE = "measure"
    DESCRIPTION = "description"
    RESPONSIBLE = "responsible"
    PARTNERS = "partners"
    DUE = "due"
    START = "start"
    COST = "cost"
    YEAR = "year"
    STATUS = "status"
    INDICATOR = "indicator"
    GLOBAL_GOALS = "global_goals"
    THEME = "theme"
    WORD = "word"
    """What each row is: "Mål", "Strategi", "Tiltak"."""
    OTHER = "other"


DETAILS = {About.RESPONSIBLE, About.PARTNERS, About.DUE, About.START, About.COST, About.STATUS}
"""What only tables of deeds have; two of them make a table of measures even where its own word is weak."""
_HEADS = {
    About.NUMBER: r"(?:tiltaks?)?\s?-?(?:nr|nummer|id|id-?nr|kode|ref|pkt|punkt|løpenr|løpenummer)|tiltaks?\s?nr|#|no",
    About.DESCRIPTION: (
        r"(?:tiltaks)?(?:beskriv|skildring)\w*(?: .{0,30})?|skildring\w*|omtale\w*|kommentar\w*|merknad\w*|"
        r"innhold\w*|innhald\w*|forklaring\w*|utdyping\w*|detaljer\w*|bakgrunn\w*|"
        r"begrunnelse\w*|grunngjeving\w*|hvorfor|kvifor|hensikt\w*|formål\w*|føremål\w*|om tiltaket|notat\w*|"
        r"utfyllende\w*|utfyllande\w*|konkretisering\w*"
    ),
    About.RESPONSIBLE: (
        r"(?:hoved|hovud|tiltaks|oppfølgings|oppfølgjings|gjennomførings|utførings)?-?ansvar(?:et|lig|leg|lige|lege|"
        r"lig enhet|leg eining|leg part|lig part|for gjennomføring|for oppfølging|ligge?r? hos)?"
        r"|ansvar\w* .{0,40}|hvem|kven|hvem (?:gjør|skal gjøre|har ansvar|er ansvarlig).{0,20}|kven (?:gjer|"
        r"skal gjere|har ansvar|er ansvarleg).{0,20}|"
        r"(?:tiltaks|prosess|prosjekt)?(?:eier|eigar)|prosjektleder|prosjektleiar|utføres av|utførast av|pådriver|"
        r"pådrivar|enhet|eining|avdeling|avdeling/enhet"
    ),
    About.PARTNERS: (
        r"samarbeid\w*(?: med)?|samhandling\w*|partner\w*|(?:samarbeids|sentrale |viktige |andre )?(?:part\w*|"
        r"aktør\w*)|med-?virk\w*|deltak\w*|deltag\w*|involver\w*|bidragsyt\w*|"
        r"delansvar|med-?ansvar\w*|sammen med|saman med|hvem med|støttespill\w*|støttespel\w*|interessent\w*"
    ),
    About.DUE: (
        r"(?:tids)?frist(?:en|er)?|når(?: .{0,25})?|tid|tids(?:plan|rom|rammer?|punkt|perspektiv|periode|bruk|linje|"
        r"horisont|ramme)\w*|periode\w*|"
        r"gjennomfør(?:ing|es|ast|ingsperiode|ingsår|ingstid|ingstidspunkt)|ferdig\w*(?: (?:innen|innan|til))?|"
        r"slutt\w*|framdrift\w*|fremdrift\w*|"
        r"(?:start|oppstart)\w*\s?(?:/|og|–|-)\s?(?:slutt|ferdig|avslutning|frist)\w*|år|årstall|"
        r"år for gjennomføring|milepæl\w*|utført innen|utført innan"
    ),
    About.START: r"(?:start|oppstart)\w*|fra|frå|påbegynn\w*",
    About.COST: (
        r"kostnad\w*|kostnadsramme\w*|økonomi\w*|økonomisk\w*(?: .{0,30})?|budsjett\w*|finansier\w*|ressurs\w*|"
        r"midler|midlar|ramme\w*|"
        r"beløp|pris|sum|kroner|kr|nok|mnok|tkr|investering\w*|estimat\w*|anslag|kostnad .{0,30}|(?:total|samlet|"
        r"samla|brutto|netto|årlig|årleg) ?(?:kostnad|ramme|sum|budsjett)\w*"
    ),
    About.STATUS: r"status\w*|fase|utført|gjennomført|måloppnåelse|måloppnåing|framgang|fremgang|situasjon",
    About.INDICATOR: (
        r"(?:mål|resultat|suksess|styrings)?indikator\w*|måltall|måltal|måling\w*|nøkkeltall?|nøkkeltal|"
        r"suksesskriteri\w*|(?:forventet |venta |ønsket |ønska |forventa )?(?:resultat|effekt|virkning|verknad)\w*|"
        r"resultatmål|effektmål|kpi\w*|slik måler vi.{0,20}|hvordan måle.{0,20}|korleis måle.{0,20}|nullpunkt|"
        r"baseline|utgangspunkt|nivå|måles ved|målast ved|måloppnåing måles.{0,20}"
    ),
    About.GLOBAL_GOALS: r"(?:fns? )?(?:sine )?(?:b[æe]rekrafts?-?mål\w*|sdgs?)(?: .{0,15})?|fns? ?-?(?:mål\w*)",
    About.OTHER: r"prioritet\w*|prioritering\w*|pri|type\w*|tiltakstype|målgruppe\w*|risiko\w*|sannsynlighet|"
        r"konsekvens\w*|geografi\w*|sted|stad|kilde|kjelde|forankring\w*|vedtak\w*|oppfølging\w*|oppfølgjing\w*",
    About.THEME: r"tema\w*|område\w*|kategori\w*|sektor\w*|bransje\w*|næring\w*|hovedtema\w*|hovudtema\w*|"
        r"del(?:område|tema)\w*",
}  # fmt: skip
_strong = (
    r"(?:hva|kva|dette|det|slik|hvordan|korleis)\s(?:skal|vil|må|kan|gjør|gjer|bør)\b.{0,40}|hva (?:må|skal) gjøres|"
    r"kva (?:må|skal) gjerast|"
    r"(?:tiltak(?:et|a|ene|ane|snavn|snamn)?|aktivitet\w*|handling\w*|innsats(?:er|ar|en)?)(?:\s?(?:/|og|,|"
    r"eller)\s?(?:tiltak|aktivitet|handling|innsats|prosjekt|oppgav|oppgåv|delmål|beskriv|skildr)\w*)*|"
    r"tiltak(?:et|a|ene|ane)? (?!(?:nr\.?\s?)?\d).{0,60}|"
    r"(?:hoved|hovud|del|under)tiltak\w*|(?:konkrete|prioriterte|aktuelle|foreslåtte|"
    r"planlagte|våre|nye) tiltak\w*|forslag til tiltak.{0,20}|navn på tiltak\w*|namn på tiltak\w*|"
    r"innsatsen?|innsatser|innsatsar"
)  # fmt: skip
STRONG = re.compile(_strong, re.I)
AIM = re.compile(
    r"(?:hva|kva|dit|hvor|kor) (?:vil|skal|ønsker|ønskjer) vi(?: å)?(?: oppnå| nå)?|ønsket tilstand|ønskt tilstand|"
    r"ønska tilstand|(?:hva|kva) vi (?:vil|skal) oppnå|slik vil vi ha det",
    re.I,
)
WEAK = re.compile(
    r"hva|kva|hvordan|korleis|oppgav\w*|oppgåv\w*|prosjekt\w*|delprosjekt\w*|grep|satsing|satsning|"
    r"gjøremål|gjeremål|punkt|tekst|tittel|handlingspunkt\w*",
    re.I,
)
PROCESS = re.compile(
    r"\b(?:(?:fram|frem)driftsplan\w*|planprosess\w*|prosess\w*|medvirkning\w*|medverknad\w*|høring\w*|høyring\w*|"
    r"møteplan|årshjul|milepæl\w*|planarbeid\w*|organisering)\b", re.I
)  # fmt: skip
PROCESS_STEP = re.compile(
    r"\b(?:oppstart av plan\w*|oppstartsmelding|planoppstart|kunngjør\w*|kunngjer\w*|(?:offentlig|"
    r"offentleg) (?:høring|høyring|ettersyn)|høring\w*|høyring\w*|politisk behandling|politisk handsaming|"
    r"vedtak\w*|sluttbehandling|slutthandsaming|1\.\s?gangs\s?behandling|førstegangsbehandling|andregangsbehandling|"
    r"innspillsmøte\w*|innspelsmøte\w*|folkemøte\w*|arbeidsmøte\w*|arbeidsverksted\w*|"
    r"styringsgruppe\w*|referansegruppe\w*|utarbeiding av plan\w*|utarbeide planforslag|planforslag\w*|ferdig plan|"
    r"spørreundersøk\w*|workshop\w*)\b", re.I
)  # fmt: skip
TARGET = re.compile(
    r"\b(?:mål|måltall|måltal|status|resultat|nivå)\w*\s*(?:for|i|innen|innan|per|pr\.?)?\s*20\d\d\b", re.I
)
YEAR = re.compile(r"(?:år\s|budsjett\s|kostnad\s|øk\.?plan\s)?(20\d\d)(?:\s?\*+)?", re.I)
YEARS = re.compile(r"20\d\d\s?[-–/]\s?(?:20)?\d\d")
LONGEST_HEAD = 70
LONGEST_DONE = 3
"""Words of a head such as «Gjennomførte tiltak»; a longer text is a remark on one."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it holds, the level word of its head, the year or scale of its sums, and the head itself."""

    about: About
    word: str = ""
    year: int = 0
    scale: int = 1
    head: str = ""
    is_weak: bool = False
    also: About | None = None


@lru_cache(maxsize=4096)
def column_of(head: str) -> Column | None:
    """Return what a head says of its column, or None where it is no head that is known."""
    if len(head) > 2 * LONGEST_HEAD:
        return None
    text = " ".join(head.split())
    plain = re.sub(r"\s*[:.*?!]+\s*$", "", text).strip(" –-").casefold()
    if not plain or len(plain) > LONGEST_HEAD:
        return None
    year = YEAR.fullmatch(plain)
    if year:
        return Column(About.YEAR, year=int(year[1]), scale=money.scale_of(text), head=text)
    if TARGET.search(plain):
        return Column(About.INDICATOR, head=text)
    scale = money.scale_of(text)
    plain = re.sub(r"\s*\([^)]*\)?\s*", " ", plain).strip() or plain
    return _named(plain, text, scale) or _of_two(plain, text, scale)


def _named(plain: str, text: str, scale: int) -> Column | None:
    """Return the column of a head that says one thing."""
    stripped = (
        re.sub(
            r"\s*(?:,|\bi\b)?\s*(?:hele\s)?(?:1[ .]?000|tusen|mill\w*\.?|mnok|tkr)\s*(?:kr|kroner|nok)?\.?$", "", plain
        ).strip()
        or plain
    )
    without_years = re.sub(r"\s*20\d\d(?:\s?[-–/]\s?(?:20)?\d\d)?\s*$", "", stripped).strip() or stripped
    if AIM.fullmatch(without_years):
        return Column(About.LEVEL, word="mål", head=text)
    word = words.lemma(without_years)
    if word is not None and not INDICATORS.fullmatch(without_years):
        about = About.MEASURE if word in words.MEASURES else About.LEVEL
        return Column(about, word=word, head=text)
    is_short = len(without_years.split()) <= LONGEST_DONE
    if is_short and words.is_done(without_years) and set(words.lemmas_in(without_years)) & words.MEASURES:
        return Column(About.MEASURE, word=words.MEASURE, head=text)
    for about, pattern in HEADS:
        if pattern.fullmatch(without_years):
            return Column(about, scale=scale, head=text)
    if STRONG.fullmatch(without_years):
        return Column(About.MEASURE, word=words.MEASURE, head=text)
    if WEAK.fullmatch(without_years):
        return Column(About.MEASURE, word=words.MEASURE, head=text, is_weak=True)
    level = next((lemma for lemma in words.lemmas_in(without_years) if lemma not in words.MEASURES), None)
    if level and len(without_years.split()) <= 5 and not re.search(r"\d", without_years):
        return Column(About.LEVEL, word=level, head=text)
    return None


def _of_two(plain: str, text: str, scale: int) -> Column | None:
    """Return the column of a head that says two things ("Ansvar/frist"); the first counts, the second is kept."""
    parts = [part.strip() for part in re.split(r"\s?/\s?|\s(?:og|samt)\s|\s[-–]\s|,\s", plain) if part.strip()]
    known = [one for one in (_named(part, text, scale) for part in parts) if one is not None]
    if len(parts) < 2 or not known:
        return None
    first = known[0]
    also = next((one.about for one in known[1:] if one.about is not first.about), None)
    return Column(first.about, first.word, first.year, scale, text, first.is_weak, also)


INDICATORS = re.compile(_HEADS[About.INDICATOR], re.I)
HEADS = tuple((about, re.compile(pattern, re.I)) for about, pattern in _HEADS.items())
