"""Made-up reports on Halden's plan: what was answered for each period, and which reports were frozen and released.

All of it is marked "oppdiktet". Report 1 says that four measures are late, report 2 that six are: two are back on track
and four are late since. Nine measures are not reported for report 2, two of them never.
One period lies open, so that there is something to answer, and one is to come.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from datetime import date

from strategy.demo.facts import InventedAnswer, InventedPeriod

NEVER_REPORTED = ("2.2.2", "2.8.6")

FIRST = InventedPeriod(
    "1. tertial 2026", date(2026, 1, 1), date(2026, 4, 30), opens=date(2026, 4, 15), due=date(2026, 4, 30),
    reported=date(2026, 4, 30), closed=date(2026, 5, 7), frozen=date(2026, 5, 7), step="halden-rapportering/1",
    missing=NEVER_REPORTED,
    answers=(
        InventedAnswer("2.1.3", reason="Grunnundersøkelsene tok lengre tid enn ventet.",
                       next_step="Mulighetsstudien gjøres ferdig i sommer.", new_due=date(2026, 8, 31)),
        InventedAnswer("2.4.2", done_since="Elleve bedrifter er besøkt.", reason="Vi begynte to måneder for sent.",
                       next_step="Ni besøk er avtalt før ferien.", new_due=date(2026, 8, 31)),
        InventedAnswer("2.8.5", reason="To av besøksmålene svarte sent.", next_step="De siste svarene kommer i mai.",
                       new_due=date(2026, 6, 30)),
        InventedAnswer("2.7.4", done_since="Bemanningen er lav. Vi venter flere søkere før sommeren.",
                       judgement="at_risk", reason="To stillinger i byggesak står tomme.",
                       next_step="Begge er lyst ut på nytt."),
        InventedAnswer("2.5.7", done_since="Vi har sendt et utkast til avtale."),
        InventedAnswer("2.7.1", done_since="Avtaler om uteservering er klare."),
        InventedAnswer("2.7.3", done_since="Søknaden skrives i 2027."),
        InventedAnswer("2.7.6", done_since="Første dialogmøte med leverandører er holdt."),
        InventedAnswer("2.7.8", done_since="Boligpolitikken tas opp i kommuneplanen."),
        InventedAnswer("2.2.4", reason="Partene er ikke enige om hvem som betaler.",
                       next_step="Nytt møte i komiteen."),
        InventedAnswer("2.4.5", reason="Arbeidet tar mer tid enn planlagt.",
                       next_step="Begynner med de ordningene bedriftene spør mest om."),
        InventedAnswer("2.5.4", reason="Fylket har ikke satt av penger ennå.",
                       next_step="Tas opp i neste budsjettarbeid."),
        InventedAnswer("4.2.1", reason="Lokalet er ikke klart.", next_step="Midlertidig lokale prøves."),
        InventedAnswer("2.5.3", reason="Venter på svar fra svenske myndigheter."),
        InventedAnswer("2.5.8", reason="Venter på arealdelen av kommuneplanen."),
        InventedAnswer("3.1.4", done_since="Vi har snakket med to fond."),
    ),
)

SECOND = InventedPeriod(
    "2. tertial 2026", date(2026, 5, 1), date(2026, 8, 31), opens=date(2026, 8, 17), due=date(2026, 8, 31),
    reported=date(2026, 8, 31), closed=date(2026, 9, 7), frozen=date(2026, 9, 7), step="halden-rapportering/2",
    missing=(*NEVER_REPORTED, "2.3.2", "2.5.3", "2.5.8", "2.7.2", "3.1.4", "3.2.1", "4.3.2b"),
    reminded=date(2026, 9, 2),
    answers=(
        InventedAnswer("2.1.3", reason="Grunnundersøkelsene tok lengre tid enn ventet.",
                       next_step="Mulighetsstudien legges ut til innspill i november.", new_due=date(2026, 12, 15),
                       asks="At formannskapet godkjenner ny dato.", reported=date(2026, 8, 27)),
        InventedAnswer("2.7.4", reason="To stillinger i byggesak sto tomme i vår.",
                       next_step="Begge er besatt fra 1. oktober.", new_due=date(2027, 1, 29)),
        InventedAnswer("2.5.7", reason="Svar fra nettselskapet mangler.",
                       next_step="Møte om nettkapasitet 6. oktober.", new_due=date(2026, 11, 30),
                       asks="At formannskapet støtter en felles henvendelse fra kommunene i regionen."),
        InventedAnswer("1.2.4", done_since="34 unge har hatt sommerjobb.",
                       reason="34 av 60 sommerjobber kom på plass.", next_step="Avtaler for 2027 inngås før jul.",
                       new_due=date(2027, 6, 15)),
        InventedAnswer("4.1.1", reason="Tre læreplasser i helse ble ikke besatt.", next_step="Ny utlysning i oktober.",
                       new_due=date(2026, 11, 2)),
        InventedAnswer("2.2.4", reason="Partene er ikke enige om hvem som betaler.",
                       next_step="Nytt møte i komiteen i november."),
        InventedAnswer("2.4.5", reason="Arbeidet tar mer tid enn planlagt.",
                       next_step="Begynner med de ordningene bedriftene spør mest om."),
        InventedAnswer("2.5.4", reason="Fylket har ikke satt av penger ennå.",
                       next_step="Tas opp i budsjettarbeidet i høst."),
        InventedAnswer("4.2.1", reason="Lokalet er ikke klart.", next_step="Midlertidig lokale prøves."),
        InventedAnswer("2.1.4", reported=date(2026, 8, 27)),
        InventedAnswer("2.7.8", reported=date(2026, 8, 27)),
        InventedAnswer("3.1.2", done_since="Åtte nye bedrifter har fått veiledning.", reported=date(2026, 8, 25)),
    ),
)

AUTUMN = InventedPeriod(
    "Høst 2026", date(2026, 9, 1), date(2026, 11, 15), opens=date(2026, 11, 16), due=date(2026, 12, 18),
    body="executive", is_open=True,
    answers=(
        InventedAnswer("2.1.3", done_since="Studien er lagt ut til innspill.",
                       reason="Grunnundersøkelsene tok lengre tid enn ventet.",
                       next_step="Innspillene oppsummeres i desember.", new_due=date(2026, 12, 15),
                       reported=date(2026, 11, 18)),
        InventedAnswer("2.7.8", done_since="Behovet for boliger kartlegges i vinter.", reported=date(2026, 11, 18)),
    ),
)

THIRD = InventedPeriod(
    "3. tertial 2026", date(2026, 9, 1), date(2026, 12, 31), opens=date(2027, 1, 4), due=date(2027, 1, 22),
    body="executive",
)

PERIODS = (FIRST, SECOND, AUTUMN, THIRD)
"""In the order the reports were frozen: the first is report no. 1."""
