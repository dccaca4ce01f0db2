"""Made-up statuses for Halden's 71 measures, so that the demo has something to show. All are marked "oppdiktet".

The plan prints no responsible, date or cost per measure. What carries the dates here are milestones. Eleven measures
have a made-up unit, seven of them a person too, so that the demo's officer and leader have something waiting; two have
a made-up partner outside. What was reported of them stands in `halden_reports`.
Counted on 21 November 2026: 6 late, 4 at risk, 27 on track, 5 done, 12 not started, 2 on hold, 15 undated. What is late
stays late; the other milestones lie from 2027 to 2029, so that the picture ages slowly.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from datetime import date

from strategy.demo.facts import (
    InventedDuty,
    InventedEffect,
    InventedFunding,
    InventedMilestone,
    InventedPartner,
    InventedStatus,
)


def _late(measure: str, title: str, due: date) -> InventedStatus:
    return InventedStatus(measure, "under_way", (InventedMilestone(title, due),))


def _at_risk(measure: str, title: str, due: date) -> InventedStatus:
    return InventedStatus(measure, "under_way", (InventedMilestone(title, due),), judgement="at_risk")


def _on_track(measure: str, title: str, due: date, *reached: tuple[str, date]) -> InventedStatus:
    behind = tuple(InventedMilestone(earlier, on, reached_on=on) for earlier, on in reached)
    return InventedStatus(measure, "under_way", (*behind, InventedMilestone(title, due)))


def _back(measure: str, title: str, due: date, earlier: str, was_due: date, reached_on: date) -> InventedStatus:
    """Return one that was late and is back on track."""
    return InventedStatus(
        measure, "under_way", (InventedMilestone(earlier, was_due, reached_on), InventedMilestone(title, due))
    )


def _done(measure: str, title: str, on: date) -> InventedStatus:
    return InventedStatus(measure, "done", (InventedMilestone(title, on, reached_on=on),), done_on=on)


def _not_started(measure: str, title: str, due: date) -> InventedStatus:
    return InventedStatus(measure, "not_started", (InventedMilestone(title, due),))


LATE = (
    _late("2.1.3", "Mulighetsstudie for området", date(2026, 3, 31)),
    _late("2.7.4", "Enkle byggesaker behandlet innen tre uker", date(2026, 4, 30)),
    _late("2.5.7", "Avtale med nettselskapet", date(2026, 5, 31)),
    _late("1.2.4", "60 sommerjobber", date(2026, 6, 15)),
    _late("3.1.4", "Samarbeidsavtale med ett fond", date(2026, 6, 30)),
    _late("4.1.1", "Alle læreplasser besatt", date(2026, 8, 15)),
)

AT_RISK = (
    _at_risk("2.2.4", "Felles statistikk for grenseregionen", date(2027, 9, 30)),
    _at_risk("2.4.5", "Oversikt over støtteordninger på nett", date(2027, 6, 30)),
    _at_risk("2.5.4", "Bussrute til næringsområdet i prøvedrift", date(2028, 6, 30)),
    _at_risk("4.2.1", "Tilbudet åpent hver ukedag", date(2027, 8, 31)),
)

ON_TRACK = (
    _on_track("1.1.1", "Årlig møte med LO og NHO", date(2027, 10, 31), ("Første møte holdt", date(2026, 9, 17))),
    _on_track("1.2.1", "Felles plan med NAV", date(2027, 6, 30)),
    _on_track("1.2.2", "Tre bransjer med arbeidstrening", date(2027, 12, 31), ("Én bransje i gang", date(2026, 10, 5))),
    _on_track("1.2.5", "Jobbmesse på begge sider av grensen", date(2028, 3, 31)),
    _on_track("2.2.1", "Ny avtaleperiode vurdert", date(2028, 12, 31), ("Årsmøte om felles mål", date(2026, 4, 22))),
    _on_track("2.2.3", "Felles søknad sendt", date(2027, 9, 15)),
    _on_track("2.4.1", "Alle de ti største besøkt", date(2027, 12, 31), ("Fire møter holdt", date(2026, 6, 18))),
    _back("2.4.2", "50 bedriftsbesøk", date(2028, 6, 30), "20 bedriftsbesøk", date(2026, 3, 31), date(2026, 8, 20)),
    _on_track("2.4.3", "Åtte møteplasser i året", date(2028, 12, 31)),
    _on_track("2.4.7", "To piloter evaluert", date(2028, 6, 30), ("Første pilot valgt", date(2026, 5, 29))),
    _on_track("2.6.3", "Felles kalender for møteplasser", date(2027, 6, 30)),
    _on_track("2.7.1", "Sommergate evaluert", date(2028, 10, 31), ("Første sommer med sommergate", date(2026, 8, 31))),
    _on_track("2.7.6", "Leverandørkurs holdt fire ganger", date(2028, 5, 31), ("Første kurs", date(2026, 9, 10))),
    _on_track("2.8.1", "Seks frokostmøter", date(2027, 11, 30), ("To frokostmøter", date(2026, 10, 14))),
    _on_track("2.8.2", "Handlingsplan for reisemålet", date(2027, 12, 15)),
    _on_track("2.8.3", "Ny avtale om markedsføring", date(2028, 1, 31)),
    _on_track("2.8.4", "Sesong med ny opplevelse ved kanalen", date(2028, 9, 1)),
    _back("2.8.5", "Plan for besøksmålene", date(2028, 6, 15), "Kartlegging ferdig", date(2026, 4, 15),
          date(2026, 6, 30)),
    _on_track("3.1.2", "25 veiledede oppstartsbedrifter", date(2028, 12, 31), ("Ti veiledet", date(2026, 9, 30))),
    _on_track("3.1.3", "To faste møter i året", date(2027, 11, 15)),
    _on_track("3.3.1", "Tre utviklingsavtaler", date(2029, 6, 30), ("Første avtale", date(2026, 10, 1))),
    _on_track("3.4.1", "Kart over overskuddsvarme og restråstoff", date(2028, 12, 15)),
    _on_track("4.2.2", "Alle ungdomsskoler med i ett prosjekt", date(2028, 6, 20)),
    _on_track("4.2.2b", "Elevbedrift på hver skole", date(2029, 6, 20), ("To skoler i gang", date(2026, 9, 1))),
    _on_track("4.2.3", "Felles rutine mot frafall", date(2027, 8, 16)),
    _on_track("4.3.2", "Vertskap for nye fagfolk", date(2029, 3, 31)),
    _on_track("4.4.1", "Fire nye kurs", date(2029, 12, 31), ("Behov kartlagt", date(2026, 6, 12))),
)

DONE = (
    _done("2.1.4", "Alle ledige arealer lagt ut", date(2026, 6, 30)),
    _done("2.4.4", "Kontaktpunktet åpnet", date(2026, 6, 30)),
    _done("2.6.1", "Avtalen signert", date(2026, 5, 20)),
    _done("2.6.2", "Velkomstpakken tatt i bruk", date(2026, 4, 10)),
    _done("3.2.2", "Veileder for digitale samarbeid", date(2026, 3, 20)),
)

NOT_STARTED = (
    _not_started("2.3.1", "Møterunde med de statlige", date(2027, 12, 31)),
    _not_started("2.4.6", "Leverandørdag for industrien", date(2028, 4, 30)),
    _not_started("2.4.9", "Kampanje for lokal handel", date(2027, 11, 20)),
    _not_started("2.5.2", "Felles uttalelse om togtilbudet", date(2027, 10, 1)),
    _not_started("2.5.5", "Første pilot for lading", date(2028, 6, 30)),
    _not_started("2.7.3", "Nominasjon sendt", date(2029, 5, 31)),
    _not_started("2.7.8", "Oversikt over boligbehov", date(2028, 12, 31)),
    _not_started("3.3.2", "Ett forskningsprosjekt valgt", date(2028, 12, 31)),
    _not_started("3.4.2", "Temamøte om bygdenæring", date(2028, 3, 15)),
    _not_started("4.3.1", "Felles stillingsside", date(2028, 10, 31)),
    _not_started("4.4.2", "Kartlegging av omstillingsbehov", date(2029, 1, 31)),
    _not_started("4.4.3", "Seniorpolitikk drøftet med partene", date(2029, 6, 30)),
)

ON_HOLD = (
    InventedStatus("2.5.3", "on_hold"),
    InventedStatus("2.5.8", "on_hold"),
)

UNDATED = tuple(
    InventedStatus(measure, "under_way")
    for measure in (
        "1.2.3", "2.1.1", "2.1.2", "2.2.2", "2.3.2", "2.4.8", "2.4.10", "2.5.1",
        "2.5.6", "2.7.2", "2.7.5", "2.8.6", "3.1.1", "3.2.1", "4.3.2b",
    )
)

STATUSES = LATE + AT_RISK + ON_TRACK + DONE + NOT_STARTED + ON_HOLD + UNDATED

DUTIES = (
    InventedDuty("2.1.3", "Samfunnsutvikling", "officer"),
    InventedDuty("2.1.4", "Plan og byggesak", "officer"),
    InventedDuty("2.7.1", "Samfunnsutvikling", "officer"),
    InventedDuty("2.7.3", "Samfunnsutvikling", "officer"),
    InventedDuty("2.7.4", "Plan og byggesak", "officer"),
    InventedDuty("2.7.6", "Samfunnsutvikling", "officer"),
    InventedDuty("2.7.8", "Plan og byggesak", "officer"),
    InventedDuty("2.5.7", "Teknisk"),
    InventedDuty("1.2.4", "NAV"),
    InventedDuty("3.1.4", "Samfunnsutvikling"),
    InventedDuty("4.1.1", "Administrasjon"),
)

PARTNERS = (
    InventedPartner("2.8.3", "Reiselivsnettverket", "post@reiselivsnettverket.example"),
    InventedPartner("3.1.2", "Gründerhuset", "post@grunderhuset.example"),
)

FUNDING = (
    InventedFunding("1.2.1", 300_000),
    InventedFunding("1.2.2", 150_000, source="grant"),
    InventedFunding("1.2.4", 400_000),
    InventedFunding("2.2.1", 450_000, source="service"),
    InventedFunding("2.6.1", 900_000, source="service"),
    InventedFunding("2.7.1", 500_000),
    InventedFunding("2.8.2", 250_000),
    InventedFunding("2.8.3", 300_000, source="service"),
    InventedFunding("3.1.2", 400_000, source="service"),
    InventedFunding("3.3.1", 200_000),
    InventedFunding("4.2.1", 250_000),
    InventedFunding("4.2.2b", 150_000),
    InventedFunding("1.2.4", 450_000, 2027, state="proposed"),
    InventedFunding("2.7.1", 600_000, 2027, state="proposed"),
    InventedFunding("2.5.5", 1_000_000, 2027, state="not_funded"),
)

EFFECTS = (
    InventedEffect("halden-sentrum", 1, "2.7.1", "Avtaler om uteservering skal gjelde i tre år (oppdiktet)."),
)
