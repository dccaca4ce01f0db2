"""Authorities, regions, bodies and the demo's sign-ins. Public facts; addresses and people are invented."""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from datetime import date

from portal.demo.facts import AuthorityFact, BodyFact, RegionFact, UserFact

DEMO_PASSWORD = "oppdiktet-passord-2026"

COUNCIL = BodyFact("council", "Kommunestyret")
EXECUTIVE = BodyFact("executive", "Formannskapet")
APPEALS = BodyFact("complaints", "Klagenemnda")
MUNICIPAL = (COUNCIL, EXECUTIVE, APPEALS)

OSTFOLD_FROM, INNLANDET_FROM = date(2024, 1, 1), date(2020, 1, 1)


def _member(slug: str, name: str, number: str) -> AuthorityFact:
    """Return a municipality that is in the demo only because its region is."""
    return AuthorityFact(slug, name, number=number, number_from=INNLANDET_FROM, bodies=(COUNCIL,))


CUSTOMERS = (
    AuthorityFact(
        "halden", "Halden", number="3101", number_from=OSTFOLD_FROM, theme="halden", listed=True,
        tagline="Arbeid, kunnskap og klima", contact_email="naering@halden.example",
        complaint_body="Klagenemnda i Halden",
        units=("Samfunnsutvikling", "Plan og byggesak", "Teknisk", "Halden Havn", "NAV", "Oppvekst",
               "Helse og omsorg", "Kultur", "Administrasjon"),
        unit_leaders=(("Samfunnsutvikling", "leader"), ("Plan og byggesak", "leader")),
        bodies=MUNICIPAL,
    ),
    AuthorityFact(
        "sarpsborg", "Sarpsborg", number="3105", number_from=OSTFOLD_FROM, theme="sarpsborg", listed=True,
        tagline="33 000 arbeidsplasser i 2030", contact_email="naering@sarpsborg.example",
        complaint_body="Klagenemnda i Sarpsborg",
        units=("Samfunn", "Teknisk", "Næring"),
        bodies=(BodyFact("council", "Bystyret"), EXECUTIVE, APPEALS),
    ),
    AuthorityFact(
        "indre-ostfold", "Indre Østfold", number="3118", number_from=OSTFOLD_FROM, theme="indre-ostfold", listed=True,
        tagline="Levende lokalsamfunn og flere arbeidsplasser", contact_email="naering@indre-ostfold.example",
        complaint_body="Klagenemnda i Indre Østfold",
        units=("Seksjon næring", "Enhet landbruk", "Seksjon stedsutvikling og frivillighet"),
        bodies=(
            *MUNICIPAL,
            BodyFact("working_group", "Arbeidsgruppa for næringsprisen"),
            BodyFact("jury", "Juryen for næringsprisen"),
        ),
    ),
    AuthorityFact(
        "aremark", "Aremark", number="3124", number_from=OSTFOLD_FROM, theme="aremark", listed=True,
        tagline="En næringsvennlig kommune", contact_email="naering@aremark.example",
        complaint_body="Klagenemnda i Aremark", bodies=MUNICIPAL,
    ),
    AuthorityFact(
        "ostre-toten", "Østre Toten", number="3442", number_from=INNLANDET_FROM, theme="ostre-toten", listed=True,
        tagline="Stolthet, mot, handlekraft og samarbeid", contact_email="naering@ostre-toten.example",
        complaint_body="Klagenemnda i Østre Toten",
        units=("Næringsteamet", "Landbrukskontoret"),
        bodies=(
            *MUNICIPAL,
            BodyFact("forum", "Østre Toten Næringsforum", founded=date(2023, 4, 13), seats=10),
        ),
    ),
    AuthorityFact(
        "kongsvingerregionen", "Kongsvingerregionen", kind="region", theme="kongsvinger", listed=True,
        tagline="Etablering i én kommune er bra for naboene", contact_email="post@kongsvingerregionen.example",
        bodies=(
            BodyFact("board", "Styret"),
            BodyFact("representatives", "Representantskapet"),
            BodyFact("joint", "Felles møte for kommunestyrene"),
        ),
    ),
    AuthorityFact(
        "gjovikregionen", "Gjøvikregionen", kind="region", theme="gjovik", listed=True,
        tagline="Mellom Mjøsa og Randsfjorden", contact_email="post@gjovikregionen.example",
        bodies=(BodyFact("board", "Styret"), BodyFact("representatives", "Representantskapet")),
    ),
)

OTHERS = (
    _member("gjovik", "Gjøvik", "3407"),
    _member("vestre-toten", "Vestre Toten", "3443"),
    _member("nordre-land", "Nordre Land", "3448"),
    _member("sondre-land", "Søndre Land", "3447"),
    _member("kongsvinger", "Kongsvinger", "3401"),
    _member("eidskog", "Eidskog", "3416"),
    _member("grue", "Grue", "3417"),
    _member("nord-odal", "Nord-Odal", "3414"),
    _member("sor-odal", "Sør-Odal", "3415"),
    _member("asnes", "Åsnes", "3418"),
    AuthorityFact("sondre-ostfold-naeringsregion", "Søndre Østfold næringsregion", kind="region"),
)

AUTHORITIES = CUSTOMERS + OTHERS

REGIONS = (
    RegionFact("gjovikregionen", ("gjovik", "ostre-toten", "vestre-toten", "nordre-land", "sondre-land")),
    RegionFact("kongsvingerregionen", ("kongsvinger", "eidskog", "grue", "nord-odal", "sor-odal", "asnes")),
    RegionFact("sondre-ostfold-naeringsregion", ("halden", "aremark")),
)

USERS = (
    UserFact("officer", "saksbehandler@halden.example", "Saksbehandler Halden", "officer", "halden"),
    UserFact("leader", "leder@halden.example", "Leder Halden", "leader", "halden"),
    UserFact("decision_maker", "beslutter@halden.example", "Beslutter Halden", "decision_maker", "halden"),
    UserFact("finance_preparer", "okonomi@halden.example", "Økonomi Halden", "finance_preparer", "halden"),
    UserFact("attester", "attestant@halden.example", "Attestant Halden", "attester", "halden"),
    UserFact("approver", "anviser@halden.example", "Anviser Halden", "approver", "halden"),
    UserFact("editor", "redaktor@halden.example", "Redaktør Halden", "editor", "halden"),
    UserFact("elected", "folkevalgt@halden.example", "Folkevalgt Halden", "elected", "halden",
             seat=("council", "elected")),
    UserFact("jury", "jury@indre-ostfold.example", "Jurymedlem Indre Østfold", "jury", "indre-ostfold",
             seat=("jury", "business")),
    UserFact("forum_reviewer", "forum@ostre-toten.example", "Forumsmedlem Østre Toten", "forum_reviewer",
             "ostre-toten", seat=("forum", "business")),
    UserFact("ostre_toten_officer", "saksbehandler@ostre-toten.example", "Saksbehandler Østre Toten", "officer",
             "ostre-toten"),
    UserFact("ostre_toten_leader", "leder@ostre-toten.example", "Leder Østre Toten", "leader", "ostre-toten"),
    UserFact("region_secretary", "sekretar@gjovikregionen.example", "Sekretær Gjøvikregionen", "region_secretary",
             "gjovikregionen"),
    UserFact("guest_officer", "gjest@sarpsborg.example", "Gjestesaksbehandler Sarpsborg", "guest_officer", "sarpsborg",
             case="sarpsborg-oppstartsnotat"),
    UserFact("indre_ostfold_officer", "saksbehandler@indre-ostfold.example", "Saksbehandler Indre Østfold", "officer",
             "indre-ostfold"),
    UserFact("indre_ostfold_leader", "leder@indre-ostfold.example", "Leder Indre Østfold", "leader", "indre-ostfold"),
    UserFact("indre_ostfold_preparer", "okonomi@indre-ostfold.example", "Økonomi Indre Østfold", "finance_preparer",
             "indre-ostfold"),
    UserFact("indre_ostfold_attester", "attestant@indre-ostfold.example", "Attestant Indre Østfold", "attester",
             "indre-ostfold"),
    UserFact("indre_ostfold_approver", "anviser@indre-ostfold.example", "Anviser Indre Østfold", "approver",
             "indre-ostfold"),
    UserFact("kongsvinger_secretary", "sekretar@kongsvingerregionen.example", "Sekretær Kongsvingerregionen",
             "region_secretary", "kongsvingerregionen"),
    UserFact("neighbour", "saksbehandler@sarpsborg.example", "Saksbehandler Sarpsborg", "officer", "sarpsborg"),
    UserFact("operator", "drift@portal.example", "Driftsansvarlig"),
)
