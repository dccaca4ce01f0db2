"""Who signs in at the demo's stand-ins, and for which companies they act. All of it is invented.

The national identity numbers are of the official synthetic series (month + 80, a D-number's day + 40). The organisation
numbers are of the synthetic series too: they start with 2 or 3, which the register gives to nobody.
"""
# Tables of facts read better with one thing a line than with one argument a line.
# fmt: off

from dataclasses import dataclass
from datetime import date
from uuid import UUID

SECRET = "oppdiktet-hemmelighet-for-demonstrasjonen"
"""The client secret of every agreement with a stand-in; the demo says it out loud anyway."""
RESOURCE = "oppdiktet-naering-soknad"
"""The Altinn resource that the municipalities ask Ansattporten for."""
HALDEN_TENANT = UUID("0d3a7f52-5b6e-4c1d-9a3e-3101aa000001")
SARPSBORG_TENANT = UUID("0d3a7f52-5b6e-4c1d-9a3e-3105aa000001")


@dataclass(frozen=True)
class GroupFact:
    """A group in a municipality's directory, and the role its members get in the portal."""

    tenant: UUID
    id: str
    name: str
    role: str = ""


@dataclass(frozen=True)
class ProviderFact:
    """A municipality's agreement with a sign-in service's stand-in."""

    authority: str
    way: str
    tenant: UUID | None = None
    resource: str = ""
    keeps_number_for: str = ""

    @property
    def key(self) -> str:
        return f"{self.authority}/{self.way}"

    @property
    def client_id(self) -> str:
        return f"oppdiktet-{self.authority}-{self.way}"


@dataclass(frozen=True)
class PersonFact:
    """A person the stand-ins know. `number` opens ID-porten and Ansattporten; `tenant` and `oid` open Entra ID."""

    key: str
    name: str
    email: str
    does: str
    """What one sees by signing in as this person, in a few words of the demo's own language."""
    number: str = ""
    born: date | None = None
    acts_for: tuple[str, ...] = ()
    """Numbers of the organisations Ansattporten lets this person choose among."""
    tenant: UUID | None = None
    oid: str = ""
    groups: tuple[str, ...] = ()
    has_account: bool = False
    """Whether the demo's data holds an account already; the others meet the portal for the first time."""
    by_code: bool = False
    """Whether the way to try this person is a code by e-mail."""
    home: str = ""
    """The authority whose services lead this person in; empty: the first that has them."""

    @property
    def way(self) -> str:
        """The way in by which this person shows most."""
        if self.by_code:
            return "code"
        return "entra" if self.tenant else "ansattporten" if self.acts_for else "idporten"


@dataclass(frozen=True)
class CompanyFact:
    """An organisation Ansattporten's stand-in offers; the register's word is in `register_standin.json`."""

    number: str
    name: str
    form: str = "AS"


OFFICERS = GroupFact(HALDEN_TENANT, "6b7f7f0e-1a42-4c8e-8c55-3101bb000001", "Næring – saksbehandlere", "officer")
LEADERS = GroupFact(HALDEN_TENANT, "6b7f7f0e-1a42-4c8e-8c55-3101bb000002", "Næring – ledere", "leader")
SARPSBORG_OFFICERS = GroupFact(
    SARPSBORG_TENANT, "6b7f7f0e-1a42-4c8e-8c55-3105bb000001", "Næring – saksbehandlere", "officer"
)
GROUPS = (OFFICERS, LEADERS, SARPSBORG_OFFICERS)

PROVIDERS = (
    ProviderFact("halden", "entra", tenant=HALDEN_TENANT),
    ProviderFact("halden", "idporten"),
    ProviderFact("halden", "ansattporten", resource=RESOURCE),
    ProviderFact("indre-ostfold", "idporten"),
    ProviderFact("indre-ostfold", "ansattporten", resource=RESOURCE),
    ProviderFact("sarpsborg", "entra", tenant=SARPSBORG_TENANT),
)
"""Østre Toten has none: it runs in trial mode, and so does Sarpsborg, whose staff use Entra ID alone."""
PASSWORD_OFF = ("sarpsborg",)
"""Where a password gives no role."""

BAKERY, CAFE, SHOP, WORKSHOP = "294580735", "281930362", "242621298", "297220039"
CLUB, BUILDER, TIMBER, SHIPPING = "232245387", "262241548", "354752778", "320405602"
TOWN = "237164024"

COMPANIES = (
    CompanyFact(BAKERY, "OPPDIKTET BAKERI AS"),
    CompanyFact(CAFE, "OPPDIKTET KAFÉ AS"),
    CompanyFact(SHOP, "OPPDIKTET HANDEL AS"),
    CompanyFact(WORKSHOP, "OPPDIKTET VERKSTED", "ENK"),
    CompanyFact(CLUB, "OPPDIKTET IDRETTSLAG", "FLI"),
    CompanyFact(BUILDER, "OPPDIKTET BYGG AS"),
    CompanyFact(TIMBER, "OPPDIKTET TREVARE AS"),
    CompanyFact(SHIPPING, "OPPDIKTET REDERI AS"),
    CompanyFact(TOWN, "OPPDIKTET BYFORENING", "FLI"),
)
"""The shop is bankrupt, the builder is being wound up, the timber company deleted, the shipping company elsewhere."""

PEOPLE = (
    PersonFact(
        "ada", "Ada Oppdiktet", "ada@oppdiktet.example", "Innbygger og gründer, har søkt næringsfondet i Indre Østfold",
        number="14838831231", born=date(1988, 3, 14), has_account=True,
    ),
    PersonFact(
        "bo", "Bo Oppdiktet", "bo@oppdiktet.example",
        "Daglig leder i to bedrifter, har utkast og søknader i Indre Østfold",
        number="02917520170", born=date(1975, 11, 2), acts_for=(BAKERY, CAFE), has_account=True,
    ),
    PersonFact(
        "cecilie", "Cecilie Oppdiktet", "cecilie@oppdiktet.example",
        "Invitert av Bo til å forberede for bakeriet; bruker kode på e-post",
        number="23869445010", born=date(1994, 6, 23), has_account=True, by_code=True,
    ),
    PersonFact(
        "geir", "Geir Oppdiktet", "geir@oppdiktet.example", "Gründer med D-nummer, og ny: prøv å søke støtte",
        number="49899137719", born=date(1991, 9, 9), home="indre-ostfold",
    ),
    PersonFact(
        "hanne", "Hanne Oppdiktet", "hanne@oppdiktet.example", "Daglig leder i en konkurs bedrift, og ny",
        number="30816911881", born=date(1969, 1, 30), acts_for=(SHOP, BUILDER),
    ),
    PersonFact(
        "ivar", "Ivar Oppdiktet", "ivar@oppdiktet.example", "Leder i et idrettslag, venter på fullmakt",
        number="17858226570", born=date(1982, 5, 17), has_account=True,
    ),
    PersonFact(
        "jorunn", "Jorunn Oppdiktet", "jorunn@oppdiktet.example",
        "Eier et verksted; en saksbehandler har bekreftet fullmakten",
        number="06927934408", born=date(1979, 12, 6), has_account=True,
    ),
    PersonFact(
        "nora", "Nora Oppdiktet", "nora@oppdiktet.example",
        "Leder byforeningen i Indre Østfold, som får tilskudd, og har klaget på et avslag",
        number="08848430006", born=date(1984, 4, 8), acts_for=(TOWN,), has_account=True, home="indre-ostfold",
    ),
    PersonFact(
        "odd", "Odd Oppdiktet", "odd@oppdiktet.example",
        "Kasserer i byforeningen, forbereder bilag; bruker kode på e-post",
        number="21907120039", born=date(1971, 10, 21), has_account=True, by_code=True,
    ),
    PersonFact(
        "dag", "Dag Oppdiktet", "dag@halden.example", "Saksbehandler i Halden, i gruppa som gir rollen",
        tenant=HALDEN_TENANT, oid="b1c2d3e4-0000-4000-8000-000000000001", groups=(OFFICERS.id,),
    ),
    PersonFact(
        "eli", "Eli Oppdiktet", "eli@halden.example", "Ansatt i Halden, uten gruppe: får ingen rolle",
        tenant=HALDEN_TENANT, oid="b1c2d3e4-0000-4000-8000-000000000002",
    ),
    PersonFact(
        "liv", "Liv Oppdiktet", "liv@halden.example", "Leder og saksbehandler i Halden, i to grupper",
        tenant=HALDEN_TENANT, oid="b1c2d3e4-0000-4000-8000-000000000003", groups=(OFFICERS.id, LEADERS.id),
    ),
    PersonFact(
        "frida", "Frida Oppdiktet", "frida@sarpsborg.example", "Saksbehandler i Sarpsborg, der passord er slått av",
        tenant=SARPSBORG_TENANT, oid="b1c2d3e4-0000-4000-8000-000000000004", groups=(SARPSBORG_OFFICERS.id,),
    ),
)
"""Without a number a person is known to Entra ID only; the others to ID-porten and Ansattporten."""


def person(key: str) -> PersonFact:
    """Return the person of this key."""
    return next(fact for fact in PEOPLE if fact.key == key)


def company(number: str) -> CompanyFact:
    """Return the company of this number."""
    return next(fact for fact in COMPANIES if fact.number == number)
