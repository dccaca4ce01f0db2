"""Made-up statuses and one made-up report for Østre Toten, so that its forum has something to follow up.

All are marked "oppdiktet": the strategy prints no responsible, date or cost. Counted on 21 November 2026: 2 late,
2 at risk, 8 on track, 2 done, 2 not started, 9 undated. One report is released to the forum; the next is to come.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from datetime import date

from strategy.demo.facts import InventedAnswer, InventedDuty, InventedMilestone, InventedPeriod, InventedStatus


def _dated(measure: str, title: str, due: date, state: str = "under_way", judgement: str = "") -> InventedStatus:
    return InventedStatus(measure, state, (InventedMilestone(title, due),), judgement=judgement)


def _done(measure: str, title: str, on: date) -> InventedStatus:
    return InventedStatus(measure, "done", (InventedMilestone(title, on, reached_on=on),), done_on=on)


STATUSES = (
    _dated("2.5", "Oversikt over byggeklare tomter", date(2026, 5, 31)),
    _dated("3.5", "Nye nettsider for bedrifter", date(2026, 6, 15)),
    _dated("2.8", "Felles uttalelse om fylkesvei 33", date(2027, 4, 30), judgement="at_risk"),
    _dated("2.6", "Liste over ledige lokaler", date(2027, 3, 31), judgement="at_risk"),
    _dated("1.1", "Fire møter i året", date(2027, 12, 15)),
    _dated("1.2", "30 bedriftsbesøk", date(2027, 6, 30)),
    _dated("1.6", "Ny avtale med forumet", date(2027, 9, 30)),
    _dated("2.1", "Tilbakemelding innen to dager", date(2027, 12, 31)),
    _dated("2.4", "Arealer lagt inn i kommuneplanen", date(2028, 6, 30)),
    _dated("2.7", "Vedtekter for fondet", date(2027, 10, 31)),
    _dated("3.1", "Kurs for rådgiverne", date(2027, 5, 31)),
    _dated("3.5.4.1", "Felles prosjekt om bioøkonomi", date(2028, 12, 31)),
    _done("2.3", "Teamet møtes hver måned", date(2026, 3, 2)),
    _done("1.3", "Rollene er skrevet ned", date(2026, 6, 8)),
    _dated("2.9", "Møte om flybuss", date(2027, 11, 30), state="not_started"),
    _dated("3.6", "Plan for kommunikasjon", date(2028, 3, 31), state="not_started"),
    *(InventedStatus(measure, "under_way") for measure in
      ("1.4", "1.5", "1.7", "2.2", "3.2", "3.3", "3.4", "3.5.4.2", "3.5.4.3")),
)

DUTIES = (
    InventedDuty("2.5", "Næringsteamet", "ostre_toten_officer"),
    InventedDuty("3.5", "Næringsteamet", "ostre_toten_officer"),
    InventedDuty("1.2", "Næringsteamet", "ostre_toten_officer"),
    InventedDuty("3.5.4.1", "Landbrukskontoret"),
)

PERIODS = (
    InventedPeriod(
        "1. halvår 2026", date(2026, 1, 1), date(2026, 6, 30), opens=date(2026, 6, 15), due=date(2026, 6, 30),
        reported=date(2026, 6, 29), closed=date(2026, 8, 20), frozen=date(2026, 8, 20),
        step="ostre-toten-oppfolging/1", missing=("3.2", "3.5.4.3"), reminded=date(2026, 7, 1),
        answers=(
            InventedAnswer("2.5", reason="Grunnforholdene er ikke kartlagt overalt.",
                           next_step="Oversikten legges fram i januar.", new_due=date(2027, 1, 29),
                           asks="At forumet sier hvilke tomter som haster mest."),
            InventedAnswer("3.5", reason="Leverandøren er forsinket.", next_step="Nye sider prøves ut i november.",
                           new_due=date(2026, 12, 15)),
            InventedAnswer("2.8", reason="Fylket har ikke svart på henvendelsen.",
                           next_step="Møte med fylket i september."),
            InventedAnswer("2.6", reason="Få gårdeiere har meldt inn lokaler.", next_step="Forumet spør medlemmene."),
            InventedAnswer("1.2", done_since="Tolv bedrifter er besøkt."),
        ),
    ),
    InventedPeriod(
        "2. halvår 2026", date(2026, 7, 1), date(2026, 12, 31), opens=date(2026, 12, 1), due=date(2027, 1, 8),
        body="forum",
    ),
)
