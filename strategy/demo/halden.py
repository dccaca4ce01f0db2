"""Halden: business and employment plan 2026–2030. Numbers as printed; titles and descriptions are our own words.

What the print says oddly stays: 2.7 has no measure 7, 4.2 and 4.3 have two measures 2, and goal 2 names the UN's goal 8
both as its focus and as one it contributes to. No measure has a responsible, a date or a cost.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from strategy.demo.facts import GoalFact, PlanFact, SdgFact, StrategyFact
from strategy.demo.facts import MeasureFact as M

GOAL_1 = GoalFact(
    "1",
    "Hele arbeidsstyrken i arbeid",
    "Flere skal inn i arbeid og bli der, i samarbeid med NAV, bedrifter og frivillige.",
    sdgs=(SdgFact(10, "focus"), *(SdgFact(n, "contributes") for n in (1, 3, 4, 5, 8, 11))),
    strategies=(
        StrategyFact(
            "1.1",
            "Styrke trepartssamarbeidet",
            (
                M("1", "Møteplasser for partene i arbeidslivet",
                  "Kommunen deltar i Partnerskap for næringsutvikling i Østfold og møter LO og NHO."),
            ),
        ),
        StrategyFact(
            "1.2",
            "Flere i jobb, sammen med dem som alt er i gang",
            (
                M("1", "Felles innsats mot utenforskap",
                  "Et fleksibelt arbeidsliv for alle. Frivillige, NAV og Halden Arbeid og Vekst er med."),
                M("2", "Jobbinformasjon og arbeidstrening",
                  "Prosjekter med NAV og næringslivet som forklarer jobbmulighetene og gir trening."),
                M("3", "Gjøre NAVs tiltak kjent for bedriftene",
                  "Bedriftene får vite hva NAV kan tilby når de ansetter. Språk og utdanning hører med."),
                M("4", "Unges vei inn i jobb: praksis, læreplass, sommerjobb",
                  "Flere plasser for unge fra 16 år, hos bedriftene og i kommunen selv."),
                M("5", "Felles arbeidsmarked med Sverige",
                  "Svenske kommuner og Svinesundskomiteen er med på møter mellom arbeidsgivere og jobbsøkere."),
            ),
        ),
    ),
)

GOAL_2 = GoalFact(
    "2",
    "Styrke eksisterende og tiltrekke nye bedrifter",
    "Bedrifter skal ville etablere seg i Halden, og de som er her, skal ha forutsigbare forhold.",
    sdgs=(SdgFact(8, "focus"), SdgFact(11, "focus"), SdgFact(8, "contributes"), SdgFact(9, "contributes")),
    strategies=(
        StrategyFact(
            "2.1",
            "Sikre arealer til næring",
            (
                M("1", "Verne næringsarealene i planer og høringer",
                  "Kommunen svarer på høringer og begrenser omgjøring av næringsområder til boliger."),
                M("2", "Kortere tid til regulering og klargjøring",
                  "Arealer skal bli byggeklare raskere, og muligheter for næring skal holdes åpne."),
                M("3", "Stasjonsområdet og Nyhavn som næringsområde",
                  "Området utvikles for virksomheter med mange ansatte eller besøkende."),
                M("4", "Vise fram ledige næringsarealer",
                  "Arealene legges ut på lokale, regionale og nasjonale plattformer. Ledige bygg brukes først."),
            ),
            description="Kommunen følger ABC-prinsippet: rett virksomhet på rett sted.",
        ),
        StrategyFact(
            "2.2",
            "Næringsutvikling og markedsføring med andre",
            (
                M("1", "Samarbeid med Halden Næringsutvikling",
                  "Medlemsorganisasjonen er kommunens partner for et næringsvennlig Halden."),
                M("2", "Aktiv i Osloregionen og Søndre Østfold IPR",
                  "Politikerne fra Halden er med og former det regionale samarbeidet."),
                M("3", "Fellesprosjekter i Søndre Østfold Næringsregion",
                  "Kommunene løser utfordringer de deler, og søker penger utenfra."),
                M("4", "Færre grensehindre, med Svinesundskomiteen",
                  "Felles prosjekter og god statistikk om arbeid og næring på begge sider av grensen."),
            ),
        ),
        StrategyFact(
            "2.3",
            "Styrke statlige arbeidsplasser",
            (
                M("1", "Samarbeid med de statlige virksomhetene",
                  "Kommunen stiller opp når statlige virksomheter vil utvikle seg i Halden."),
                M("2", "Nye arbeidsplasser rundt NND",
                  "Avviklingen av atomanleggene kan gi arbeid innen avfall, prosess og dekommisjonering."),
            ),
        ),
        StrategyFact(
            "2.4",
            "Legge til rette for bedriftene som er her",
            (
                M("1", "Faste møter med de største arbeidsgiverne",
                  "Behov skal komme fram tidlig, før de blir problemer."),
                M("2", "Bedriftsbesøk i alle bransjer",
                  "Besøkene gir innsikt, og bedriftene får vite hva kommunen kan hjelpe med."),
                M("3", "Møteplasser for bedrifter og kommune",
                  "Bedriftene treffer kommunen og hverandre."),
                M("4", "Én dør inn til kommunen",
                  "Arbeidsgivere får ett kontaktpunkt: avdeling for samfunnsutvikling."),
                M("5", "Spre kunnskap om støtte og vekstkapital",
                  "Bedriftene skal kjenne støtteordningene og vite hvor de finner privat og offentlig kapital."),
                M("6", "Bygge videre på industrikompetansen",
                  "Flere lokale bedrifter skal kunne levere til industrien i Halden."),
                M("7", "Samarbeidsprosjekter og pilotarena",
                  "Kommunen prøver ut nye løsninger sammen med bedrifter og gründere."),
                M("8", "Positiv omtale av Haldenbedrifter",
                  "Gode historier om bedriftene deles i egne kanaler og hos andre."),
                M("9", "Handle lokalt: kampanjer og omdømme",
                  "Kampanjer skal få innbyggerne til å bruke butikker og tjenester i Halden."),
                M("10", "Forutsigbare rammer, sammen med andre",
                  "Kommunen går sammen med andre om vilkår bedriftene kan planlegge etter."),
            ),
            description="Halden har 950 private bedrifter med ansatte, og 9 059 personer arbeider i dem.",
        ),
        StrategyFact(
            "2.5",
            "God infrastruktur",
            (
                M("1", "Bedre kollektivtilbud for pendlere",
                  "Reisen til og fra jobb skal bli enklere uten bil."),
                M("2", "Bedre togtilbud til og fra Halden",
                  "Kommunen arbeider for flere og bedre tog på Østfoldbanen."),
                M("3", "Dypere farled i Iddefjorden",
                  "Norske og svenske myndigheter skal fortsatt minnes om tersklene i fjorden."),
                M("4", "Vei og buss til næringsområdene",
                  "Bedre veier og bussforbindelser, sammen med regionen og staten."),
                M("5", "Piloter for elektrisk transport og lading",
                  "Prosjekter for lading av tunge kjøretøy og nye energiløsninger i næringsbygg."),
                M("6", "Mer bruk av Halden havn",
                  "Flere bedrifter skal ta havnen i bruk."),
                M("7", "Stabil strøm og ny fornybar energi",
                  "Samarbeid med fylket og energiselskapene om nettkapasitet, gjenvinning og ny teknologi."),
                M("8", "Masseuttak for lokale byggeråstoffer",
                  "Et uttak i Halden skal gi kortreist stein og grus."),
            ),
        ),
        StrategyFact(
            "2.6",
            "Utvikle næringslivet",
            (
                M("1", "Avtale om kjøp av næringstjenester",
                  "Kommunen kjøper tjenester til næringslivet fra en lokal aktør."),
                M("2", "Velkomst for nye bedrifter og tilflyttere",
                  "Nye bedrifter og nye innbyggere blir møtt og tatt imot."),
                M("3", "Vise og støtte andres møteplasser",
                  "Kommunen legger til rette for møteplasser og forteller om dem andre har."),
            ),
        ),
        StrategyFact(
            "2.7",
            "En attraktiv og næringsvennlig kommune",
            (
                M("1", "Levende sentrum for handel og servering",
                  "Mer aktivitet i sentrum, med plass til gående, syklende og uteservering."),
                M("2", "Variert tilbud av idrett og friluftsliv",
                  "Anlegg for bredde og topp, bedre friluftsområder og mer kunnskap om turmulighetene."),
                M("3", "Nominasjon til statens pris Attraktiv by",
                  "Halden skal nomineres innen planperioden er over."),
                M("4", "Kort behandlingstid for plan- og byggesaker",
                  "Saker som kan gi arbeidsplasser, går foran. Mulighetene i loven gjøres kjent."),
                M("5", "Forutsigbar saksbehandling og god veiledning",
                  "Bedriftene skal vite hva de kan vente, og få råd som løser saken."),
                M("6", "Lokale bedrifter inn i kommunale anbud",
                  "Mindre oppdrag, innovative anskaffelser og krav om lærlinger og kort transport."),
                M("8", "Gode og varierte boliger",
                  "Det skal finnes boliger folk har lyst til å bo i."),
            ),
            note="Planen hopper over nummer 7.",
        ),
        StrategyFact(
            "2.8",
            "Utvikle besøksnæringen",
            (
                M("1", "Nettverk for arrangører og besøksnæring",
                  "Frokostmøter og destinasjonsrådet samler dem som lever av besøk."),
                M("2", "Støtte til Destinasjonsrådet",
                  "Rådet får hjelp til å gjøre Halden til et reisemål."),
                M("3", "Markedsføring gjennom kjøp av tjenester",
                  "Halden markedsføres sammen med andre og gjennom innkjøpte tjenester."),
                M("4", "Arbeidsplasser langs Haldenkanalen",
                  "Besøk og arbeid langs kanalen, med regionalparken og kanalselskapet."),
                M("5", "Utvikling ved de store besøksmålene",
                  "Gjellestadskipet, Fredriksten festning, Svinesund og Iddefjorden, og nye ideer som Via Ferrata."),
                M("6", "Felles løft med Visit Østfold",
                  "Kommunen blir med når regionen går sammen om reiselivet."),
            ),
            note="Planen viser til strategi 2.4 for attraktivitetspyramiden. Den står i 2.7.",
        ),
    ),
)

GOAL_3 = GoalFact(
    "3",
    "Stimulere til nyskaping gjennom samarbeid",
    "Kommune, bedrifter og forskning skal skape nytt sammen.",
    sdgs=(SdgFact(9, "focus"), *(SdgFact(n, "contributes") for n in (6, 7, 12, 13, 14, 15))),
    strategies=(
        StrategyFact(
            "3.1",
            "Miljøer for gründere og næringssamarbeid",
            (
                M("1", "Varige kompetansemiljøer",
                  "Kommunen er med i bedriftsnettverk lokalt og regionalt og støtter søknadene deres."),
                M("2", "Veiledning og nettverk for oppstartsbedrifter",
                  "Drivhuset Østfold, Smart Innovation Norway og Etablerertjenesten hjelper nye bedrifter."),
                M("3", "Tettere dialog med Høgskolen i Østfold",
                  "Ledelsen i kommunen og på høgskolen møtes for å finne felles muligheter."),
                M("4", "Samarbeid med fond som investerer lokalt",
                  "Gründere og vekstbedrifter mangler kapital. Fond kan gi dem mulighet til å vokse her."),
            ),
        ),
        StrategyFact(
            "3.2",
            "Digitale tjenester og produkter",
            (
                M("1", "Digitale løsninger som når flere",
                  "Enklere tilgang og lavere kostnader. Erfaringene fra Smart City Halden brukes videre."),
                M("2", "Kommunen som digital partner",
                  "Det skal være lett for bedrifter å utvikle digitale løsninger med kommunen."),
            ),
        ),
        StrategyFact(
            "3.3",
            "Nyskapende kommune gjennom samarbeid",
            (
                M("1", "Utviklingsavtaler med lokale aktører",
                  "Avtaler med blant andre Høgskolen i Østfold skal gi nye ideer i bedriftene."),
                M("2", "Koble forskning og innovasjon",
                  "Offentlige og private lager tjenester med innbyggerne, slik My Digital City har gjort."),
            ),
        ),
        StrategyFact(
            "3.4",
            "Grønt skifte og sirkulær økonomi",
            (
                M("1", "Støtte industriell symbiose og ombruk",
                  "Bedrifter som alt utnytter hverandres ressurser, skal komme lenger."),
                M("2", "Landbruk: mer variert mat, skog og bygdenæring",
                  "Veiledning og støtte til nye ideer. Tiltakene står i landbruksplanen 2023–2027."),
            ),
            description="I 2050 skal industrien i Halden bare bruke fossilfri eller avfallsbasert energi.",
        ),
    ),
)

GOAL_4 = GoalFact(
    "4",
    "Relevant kompetanse for morgendagens utfordringer",
    "Skole, studier og etterutdanning skal passe til arbeidslivet som kommer.",
    sdgs=(SdgFact(4, "focus"), *(SdgFact(n, "contributes") for n in (8, 9, 11))),
    strategies=(
        StrategyFact(
            "4.1",
            "Flere læreplasser",
            (
                M("1", "Flere lærlinger i kommunen og bedriftene",
                  "Kommunen tar inn nok lærlinger selv og spør etter dem hos leverandørene."),
            ),
        ),
        StrategyFact(
            "4.2",
            "Ungdom gjennom videregående og videre",
            (
                M("1", "Videreføre «Kunnskap i sentrum»",
                  "Del av områdesatsingen med staten 2024–2028. Flere unge skal fullføre skolen."),
                M("2", "Prosjekter mellom skole og arbeidsliv",
                  "Elever og studenter får praksis og kunnskap som arbeidslivet trenger."),
                M("2", "Ungt entreprenørskap i skolen",
                  "Ungt Entreprenørskap i grunnskolen og Drivhuset Østfold for studentene.", suffix="b"),
                M("3", "Færre som slutter på skolen",
                  "Skole, NAV, næringsliv og frivillige hindrer sammen at unge faller fra."),
            ),
            note="Planen bruker nummer 2 to ganger.",
        ),
        StrategyFact(
            "4.3",
            "Støtte kompetansemiljøer",
            (
                M("1", "Hjelpe bedrifter å finne spesialister",
                  "Noen fagfolk finnes ikke i regionen. Kommunen hjelper til med å få dem hit."),
                M("2", "Få spesialister til å bli boende",
                  "Fagmiljøer og fritidstilbud vises fram, så nye innbyggere finner seg til rette."),
                M("2", "Spre kunnskap om kompetansemiljøene",
                  "Det skal være lett å se hvilken kompetanse Søndre Østfold har.", suffix="b"),
            ),
            note="Planen bruker nummer 2 to ganger.",
        ),
        StrategyFact(
            "4.4",
            "Livslang læring",
            (
                M("1", "Kurs som treffer bedriftenes behov",
                  "Fagskolen, HiØ Videre, NAV og Halden videregående skole lager kurs sammen."),
                M("2", "Omstilling av arbeidskraften",
                  "Bedrifter og helsetjenester skal klare seg når det blir flere eldre."),
                M("3", "Et lengre arbeidsliv",
                  "De som kan og vil, skal få arbeide lenger."),
            ),
        ),
    ),
)

PLAN = PlanFact(
    authority="halden",
    slug="naerings-og-sysselsettingsplan-2026-2030",
    title="Nærings- og sysselsettingsplan",
    starts=2026,
    ends=2030,
    vision="Halden skal være den mest innovative kommunen i Norge.",
    aim="500 flere i arbeid fra 2026 til 2030, og 70 % av dem mellom 20 og 66 år i jobb.",
    superior_plan="Kommuneplanens samfunnsdel 2018–2050",
    source="Halden kommune: Nærings- og sysselsettingsplan 2026–2030",
    sdgs=(SdgFact(17, "vision"), SdgFact(8, "aim")),
    participants=(("halden", "owner"), ("aremark", "covered")),
    goals=(GOAL_1, GOAL_2, GOAL_3, GOAL_4),
    adoption="halden-plan",
    invented=True,
)
