"""The call of Indre Østfold's fund that the demo lets one apply to.

From the presentation of 2020: the fund is for innovation and business development, growth in jobs is a criterion, and
the executive board approves the details. Everything else of the call and its statutes is invented.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

import datetime as dt

from grants.demo.indre_ostfold import FUND, HOME, SOURCE
from portal.calendar import OSLO

KEY = f"{HOME}/nyskaping"
SCHEME, OFFICER = FUND.key, "indre_ostfold_officer"

ADOPTED = dt.date(2025, 12, 11)
CASE_TITLE = "Vedtekter for næringsfondet (oppdiktet)"
STEP = {
    "stage": 1, "activity": "decision", "description": "Vedtekter for næringsfondet", "outcome": "adopted",
    "resolution": "Vedtektene for næringsfondet vedtas.", "case_number": "PS 98/25", "position": 1,
}
STATUTES = """Vedtektene er oppdiktet for demonstrasjonen.

§ 1 Formål
Fondet støtter innovasjon og næringsutvikling i Indre Østfold. Vekst i arbeidsplasser er et kriterium.

§ 2 Hvem som kan få støtte
Bedrifter og gründere som skal gjennomføre prosjektet i kommunen.

§ 3 Hvor mye støtte
Fondet kan dekke inntil halvparten av kostnadene, og ikke mer enn 300 000 kroner til ett prosjekt. All offentlig støtte
til prosjektet regnes med i andelen.

§ 4 Hvem som bestemmer
Formannskapet avgjør søknadene. Kommunalsjefen avgjør søknader om inntil 50 000 kroner.

§ 5 Klage
Søkeren kan klage på vedtaket etter forvaltningsloven."""

CALL = {
    "title": "Støtte til nye ideer som gir arbeidsplasser",
    "slug": "nye-ideer",
    "lede": "Har du en idé som kan bli til nye arbeidsplasser i Indre Østfold? Du kan få inntil halvparten av "
            "kostnadene dekket.",
    "text": "Fondet støtter innovasjon og næringsutvikling: nye produkter, nye måter å arbeide på, og bedrifter som "
            "vil inn i nye markeder.\n\nProsjektet skal ha en start og en slutt. Vi støtter ikke vanlig drift.",
    "who_may_apply": "Bedrifter, enkeltpersonforetak og foreninger som holder til i Indre Østfold, og gründere som vil "
                     "starte her. Du kan søke før du har fått organisasjonsnummer.",
    "applicants": ["company", "sole", "association", "founder"],
    "opens_at": dt.datetime(2026, 1, 12, 8, tzinfo=OSLO),
    "closes_at": None,
    "answer_weeks": 6,
    "eligible": "Kjøp av rådgivning, utstyr og tjenester til prosjektet\nEget arbeid, 600 kroner timen\nReiser og "
                "materiell som prosjektet trenger",
    "not_eligible": "Vanlig drift og varelager\nKostnader fra før søknaden ble sendt\nMerverdiavgift du får tilbake",
    "share_percent": 50,
    "cap_nok": 300_000,
    "smallest_nok": 40_000,
    "own_work_nok": 600,
    "starts": "submitted",
    "asks_for_jobs": True,
    "year": 2026,
    "source": f"{SOURCE}; resten er oppdiktet",
}

CHECKS = (
    {"text": "Skal prosjektet gjennomføres i Indre Østfold?", "right_answer": True,
     "explanation": "Fondet er for prosjekter i Indre Østfold. Spør kommunen der prosjektet skal være, eller "
                    "Innovasjon Norge."},
    {"text": "Har prosjektet begynt?", "right_answer": False,
     "explanation": "Fondet støtter ikke det som har begynt. Planlegger du en ny del, kan du søke om den."},
    {"text": "Kan du betale minst halvparten selv, eller sammen med andre?", "right_answer": True,
     "explanation": "Fondet dekker høyst halvparten. Eget arbeid og lån teller også som din del. Snakk gjerne med "
                    "oss."},
)
CRITERIA = (
    {"title": "Flere arbeidsplasser", "weight": 3, "most_points": 5,
     "description": "Hvor mange nye årsverk prosjektet gir, og hvor sikkert det er."},
    {"title": "Nytt for bedriften eller for markedet", "weight": 2, "most_points": 5,
     "description": "Hva som ikke finnes fra før."},
    {"title": "Gjennomføring", "weight": 1, "most_points": 5,
     "description": "Om planen, pengene og folkene er på plass."},
)
QUESTIONS = (
    {"key": "new", "kind": "long", "text": "Hva er nytt med ideen?",
     "help_text": "Skriv som til en som ikke kjenner bransjen."},
    {"key": "market", "kind": "choice", "text": "Hvem skal kjøpe det?",
     "options": ["Folk her i regionen", "Bedrifter i Norge", "Kunder i andre land"]},
    {"key": "abroad", "kind": "text", "text": "Hvilke land?", "shown_if": "market",
     "shown_if_answer": "Kunder i andre land"},
    {"key": "partner", "kind": "yes_no", "text": "Samarbeider du med noen om prosjektet?"},
    {"key": "who", "kind": "text", "text": "Hvem samarbeider du med?", "shown_if": "partner", "shown_if_answer": "yes"},
)
ATTACHMENTS = (
    {"title": "Prosjektplan", "help_text": "Hva dere gjør, når, og hvem som gjør det. To sider holder."},
    {"title": "Tilbud på det største kjøpet", "required": False,
     "help_text": "Når ett kjøp er på mer enn 100 000 kroner."},
)
