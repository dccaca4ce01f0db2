"""Østre Toten: business strategy 2023, with no end printed. Focus points stand as measures under the goals.

The words are our own. No numbers are printed inside a goal, so the measures have none; `suffix` keeps their order.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from strategy.demo.facts import GoalFact, MeasureFact, PlanFact, SdgFact, StrategyFact, TagFact

SECTOR = "sektor"


def _points(*points: tuple[str, str]) -> tuple[MeasureFact, ...]:
    return tuple(MeasureFact("", title, text, suffix=str(place)) for place, (title, text) in enumerate(points, 1))


GOAL_1 = GoalFact(
    "1",
    "Samarbeidspartner og koordinator for næringslivet",
    "Kommunen tar initiativ og står på bedriftenes side.",
    measures=_points(
        ("Samarbeid mellom politikk, administrasjon og bedrifter", "De tre arbeider jevnlig sammen."),
        ("Kjenne bedriftene", "Kommunen vet hva de ulike bransjene trenger mest."),
        ("Klare roller", "Partene vet hva de kan vente av hverandre."),
        ("God service", "Bedriftene blir møtt vennlig og med vilje til å finne løsninger."),
        ("Strategi laget sammen", "Næringsstrategien blir til og følges opp sammen med bedriftene."),
        ("Støtte til næringsforum", "Kommunen samarbeider med forumet lokalt og i regionen."),
        ("En servicekultur for næringslivet", "Holdningene i kommunen skal gjøre det lett å drive bedrift."),
    ),
)

GOAL_2 = GoalFact(
    "2",
    "Tilrettelegger for eksisterende og nytt næringsliv",
    "Gjelder bedrifter som er her, bedrifter som kan komme, og gründere.",
    measures=_points(
        ("Nok folk og kunnskap", "Tjenestene til bedriftene kommer i tide og holder god kvalitet."),
        ("Organisasjon som passer oppgaven", "Kommunen er satt opp slik at bedriftene får hjelp på ett sted."),
        ("Internt næringsteam", "Ansatte som arbeider med næring, møtes jevnlig og samordner seg."),
        ("Plass til næring i planene", "Arealplaner og samfunnsplaner gir rom for virksomhet i god tid."),
        ("Byggeklare tomter", "Regulerte tomter med vei, vann og strøm, klare for rask byggestart."),
        ("Attraktive lokaler", "Det skal finnes gode lokaler å leie eller kjøpe."),
        ("Næringsfond", "Et fond for særlige behov i næringsutviklingen."),
        ("Bedre veier", "Fylkesvei 33 i begge retninger er viktigst."),
        ("Bedre kollektivtilbud", "Lokalt og ut av kommunen, med flybuss til Oslo lufthavn høyt på ønskelisten."),
    ),
)

GOAL_3 = GoalFact(
    "3",
    "Rådgiver og informasjonskanal",
    "Kommunen kjenner reglene og forklarer dem.",
    measures=_points(
        ("Kunnskap til å gi råd", "Kommunen har fagfolk som kan veilede."),
        ("Se mulighetene i lovverket", "Nye og gamle regler leses med vekt på det som lar seg gjøre."),
        ("Råd som hjelper bedriften videre", "Bedriftene får hjelp med det de faktisk trenger."),
        ("Si fra om nye regler", "Kommunen varsler når lover endres for en bransje eller bedrift."),
        ("Gode informasjonssider", "Det er lett å finne fram til veiledning på nett."),
        ("Markedsføre kommunen", "En plan for kommunikasjon skal vise Østre Toten som et sted for bedrifter."),
    ),
)

SEPARATE = StrategyFact(
    "3.5.4",
    "Samarbeidsarenaer med kompetansemiljøer",
    description="Østre Totens del i Gjøvikregionens arbeid.",
    measures=_points(
        ("Ledende i regionens bioøkonomi", "Nettverk mellom bønder og forskning, rundt Mjøsa og i Innlandet."),
        ("Teknologibedrifter og kompetansemiljøer", "Kontakten med miljøene i regionen skal gi flere arbeidsplasser."),
        ("Følge opp regionens strategier", "Gjelder strategisk plan for Gjøvikregionen, nå og senere."),
    ),
)

FOUNDATIONS = tuple(
    StrategyFact("", title, description=text, cross_cutting=True)
    for title, text in (
        ("Samspill mellom politikk, administrasjon og næring", "De som styrer, de som utfører og bedriftene."),
        ("Næringsvennlig kultur", "Holdninger i hele kommunen som hjelper bedriftene."),
        ("En organisasjon tilpasset bedriftene", "Struktur etter hva næringslivet trenger."),
        ("Bedre vei og kollektivtrafikk", "Fylkesvei 33 kommer først."),
        ("Byggeklare tomter og arealer", "Attraktive, med infrastruktur på plass."),
        ("Fremme næringsforumet", "I kommunen og i regionen."),
    )
)

PLAN = PlanFact(
    authority="ostre-toten",
    slug="naeringsstrategi",
    title="Næringsstrategi",
    starts=2023,
    ends=None,
    mission="Styrke lokalt selvstyre, gi tjenester og utvikle samfunnet til det beste for innbyggerne.",
    vision="Et godt sted å drive bedrift, med vekst som varer.",
    values="Stolthet, mot, handlekraft og samarbeid",
    superior_plan="Kommuneplanens samfunnsdel",
    source="Østre Toten kommune: Næringsstrategi, 2023",
    level_names=("hovedmål", "strategi", "innsatsområde"),
    sdgs=tuple(SdgFact(number, "basis") for number in (8, 9, 12, 13)),
    participants=(("ostre-toten", "owner"),),
    goals=(GOAL_1, GOAL_2, GOAL_3),
    strategies=(SEPARATE, *FOUNDATIONS),
    tags=(
        TagFact(SECTOR, "Landbruk", "1"),
        TagFact(SECTOR, "Kultur og reiseliv", "2"),
        TagFact(SECTOR, "Industri og teknologi", "3"),
        TagFact(SECTOR, "Bygg og anlegg", "4"),
        TagFact(SECTOR, "Handel", "5"),
        TagFact(SECTOR, "Tjenesteleverandører", "6"),
    ),
    invented=True,
)
