"""All due dates of all areas as one: the sources' querysets put together, and who is told of each.

No due date has a copy. A source is a queryset whose rows have the columns of SHAPE; `due_sql` puts them together with
UNION ALL, and `told_sql` says whom each concerns: the one named; where nobody is, those who work as officers there;
and, when it has been late long enough, the unit's leader: the authority's leaders where the unit has none, or where it
is she who is late. A deputy is told besides each she stands in for. The sweep and the pages read the same text.
"""

from __future__ import annotations

import datetime as dt
import functools
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, CharField, DateField, Expression, F, Func, Q, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import get_language

from portal import permissions, wiring

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portal.kinds import Source
    from portal.models import User

SHAPE = (
    "what", "about", "about_id", "day", "stated", "who", "leader", "to", "tenant", "headline", "part_of", "path",
)  # fmt: skip
"""what: kind · about, about_id: model label and row · day: the last day it may mean · stated: how precisely · who: the
person named, or null · leader: of the unit it belongs to, or null · to: an address for one without an account ·
tenant: the authority · headline, part_of: public titles · path: where it is done."""

GONE_AFTER = dt.timedelta(days=7)
"""Roles from groups end when the directory no longer answers for a session, and come back at the next sign-in: who has
been without them this long has left."""
Sql = tuple[str, list[Any]]
NOBODY = Cast(Value(None), BigIntegerField())
NO_ADDRESS = Value("", output_field=CharField())


def words(text: str) -> Value:
    """Return a text as a column."""
    return Value(text, output_field=CharField())


def path_to(name: str, **places: str) -> Concat:
    """Return the address of a page as a column; each place in it is filled from a field: `path_to("x", case="pk")`.

    The places must stand in the order they have in the address.
    """
    marks = {place: str(number) for number, place in enumerate(places, 70_001)}
    address = reverse(name, kwargs=marks)
    parts: list[Any] = []
    for place, mark in marks.items():
        before, _sep, address = address.partition(mark)
        parts += [words(before), Cast(F(places[place]), CharField())]
    return Concat(*parts, words(address), output_field=CharField())


class Slot(NamedTuple):
    """A parameter's place in a kept statement: what is put there each time it runs."""

    name: str


class Given(Expression):
    """A value that is given when the statement runs, so that its text can be kept."""

    def __init__(self, name: str, output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        return "%s", [Slot(self.name)]


class Among(Func):
    """Whether a column is one of the values given under a name."""

    template, arg_joiner, arity, output_field = "%(expressions)s)", " = ANY(", 2, BooleanField()

    def __init__(self, column: str, name: str) -> None:
        super().__init__(F(column), Given(name, BigIntegerField()))


class Scope(StrEnum):
    """Whose due dates are asked for; what each needs is given by the names in `NARROWED`."""

    ALL = "all"
    PERSON = "person"
    AUTHORITY = "authority"
    SUBJECTS = "subjects"


_PERSON = Given("person", BigIntegerField())
NARROWED = {
    Scope.PERSON: Q(Among("tenant", "tenants")) | Q(who=_PERSON) | Q(leader=_PERSON),
    Scope.AUTHORITY: Q(tenant=Given("authority", BigIntegerField())),
    Scope.SUBJECTS: Q(Among("about_id", "subjects")),
}


@functools.lru_cache(maxsize=1024)
def _kept(source: Source, today: dt.date, scope: Scope, language: str) -> tuple[str, tuple[Any, ...]]:
    """Return a source's SELECT with slots for what differs each time: to write it takes longer than to run it."""
    rows = source.rows(today).filter(day__lte=Given("until", DateField()))
    if scope in NARROWED:
        rows = rows.filter(NARROWED[scope])
    text, given = rows.order_by().values(*SHAPE).query.get_compiler(connection=connection).as_sql()
    return text, tuple(given)


def due_sql(
    sources: Iterable[Source], today: dt.date, until: dt.date | Mapping[str, dt.date], scope: Scope = Scope.ALL,
    **given: Any,
) -> Sql:  # fmt: skip
    """Return the SELECT of everything due up to a day, late things included, in the columns of SHAPE.

    `until` is one day for all, or a day for each kind's name; `given` is what the scope asks for.
    """
    texts, parameters = [], []
    for source in sources:
        text, slots = _kept(source, today, scope, get_language() or "")
        own = {**given, "until": until if isinstance(until, dt.date) else until[source.kind.name]}
        texts.append(f"({text})")
        parameters += [own[each.name] if isinstance(each, Slot) else each for each in slots]
    return " UNION ALL ".join(texts), parameters


DESK = """
desk AS (
    SELECT m.authority_id, m.user_id, m.role IN ('officer', 'region_secretary') AS is_officer
    FROM portal_membership m JOIN portal_user u ON u.id = m.user_id AND u.is_active
    WHERE m.role IN ('officer', 'region_secretary', 'leader')
    AND (m.valid_from IS NULL OR m.valid_from <= %s) AND (m.valid_to IS NULL OR m.valid_to >= %s)
),
at_desk AS (
    SELECT DISTINCT authority_id, user_id FROM desk d WHERE is_officer
    OR NOT EXISTS (SELECT FROM desk o WHERE o.authority_id = d.authority_id AND o.is_officer)
),
gone AS (
    SELECT authority_id, user_id FROM portal_membership GROUP BY authority_id, user_id
    HAVING NOT bool_or((valid_from IS NULL OR valid_from <= %s) AND (valid_to IS NULL OR valid_to >= %s))
    UNION
    SELECT e.authority_id, e.user_id FROM portal_membershipevent e
    WHERE e.pgh_label = 'delete' AND e.provider_id IS NOT NULL AND e.pgh_created_at < %s
    AND NOT EXISTS (SELECT FROM portal_membership m WHERE m.authority_id = e.authority_id AND m.user_id = e.user_id)
)"""
"""Who works where today; and who has held a role in an authority but holds none there any longer."""

RULED = """
ruled AS (
    SELECT d.*, CASE WHEN g.user_id IS NULL THEN u.id END AS named, CASE WHEN h.user_id IS NULL THEN v.id END AS above,
        CASE WHEN o.id IS NULL THEN r.days_before ELSE o.days_before::int[] END AS days_before,
        CASE WHEN o.id IS NULL THEN r.late_every ELSE o.late_every END AS late_every,
        CASE WHEN o.id IS NULL THEN r.escalate_after ELSE o.escalate_after END AS escalate_after
    FROM due d
    JOIN rule r ON r.what = d.what
    LEFT JOIN portal_noticerule o ON o.authority_id = d.tenant AND o.kind = d.what
    LEFT JOIN portal_user u ON u.id = d.who AND u.is_active
    LEFT JOIN gone g ON g.authority_id = d.tenant AND g.user_id = d.who
    LEFT JOIN portal_user v ON v.id = d.leader AND v.is_active
    LEFT JOIN gone h ON h.authority_id = d.tenant AND h.user_id = d.leader
)"""

TOLD = """
told_themselves AS NOT MATERIALIZED (
    SELECT r.*, r.named AS person, CASE WHEN r.named IS NULL THEN r."to" ELSE '' END AS address, false AS escalated
    FROM ruled r WHERE r.named IS NOT NULL OR r."to" <> ''
    UNION ALL
    SELECT r.*, a.user_id, '', false FROM ruled r JOIN at_desk a ON a.authority_id = r.tenant
    WHERE r.named IS NULL AND r."to" = ''
    UNION ALL
    SELECT r.*, r.above, '', true FROM ruled r
    WHERE r.above IS NOT NULL AND r.above IS DISTINCT FROM r.named AND r."to" = '' AND r.day + r.escalate_after < %s
    UNION ALL
    SELECT r.*, d.user_id, '', true FROM ruled r JOIN desk d ON d.authority_id = r.tenant AND NOT d.is_officer
    WHERE (r.above IS NULL OR r.above = r.named) AND d.user_id IS DISTINCT FROM r.named
    AND r."to" = '' AND r.day + r.escalate_after < %s
),
away AS (
    SELECT DISTINCT d.authority_id, d.person_id, d.deputy_id
    FROM portal_deputy d JOIN portal_user u ON u.id = d.deputy_id AND u.is_active
    WHERE d.valid_from <= %s AND d.valid_to >= %s AND EXISTS (
        SELECT FROM portal_membership m WHERE m.user_id = d.deputy_id AND m.authority_id = d.authority_id
        AND m.role = ANY(%s) AND (m.valid_from IS NULL OR m.valid_from <= %s)
        AND (m.valid_to IS NULL OR m.valid_to >= %s)
    )
),
told AS (
    SELECT t.*, t.person AS user_id, NULL::bigint AS stands_for FROM told_themselves t
    UNION ALL
    SELECT t.*, a.deputy_id, t.person FROM told_themselves t
    JOIN away a ON a.authority_id = t.tenant AND a.person_id = t.person
)"""
"""Who is told herself; and the deputies, who are told besides the one they stand in for."""


def rule_sql(sources: Iterable[Source]) -> Sql:
    """Return the kinds' own rules as a table; an authority's NoticeRule goes before them."""
    kinds = {source.kind.name: source.kind for source in sources}.values()
    rows = ", ".join(["(%s, %s::int[], %s::int, %s::int)"] * len(kinds))
    given = [
        value for kind in kinds for value in (kind.name, list(kind.days_before), kind.late_every, kind.escalate_after)
    ]
    return f"rule (what, days_before, late_every, escalate_after) AS (VALUES {rows})", given


def told_sql(today: dt.date, until: dt.date | Mapping[str, dt.date], scope: Scope = Scope.ALL, **given: Any) -> Sql:
    """Return the common table expressions up to `told`: each due row once per person or address it concerns.

    `told` has the columns of SHAPE, the rule that applies (days_before, late_every, escalate_after), user_id or
    address, whether the row is there because the leader is told (escalated), and whom a deputy is told for
    (stands_for). To be put after WITH.
    """
    sources = wiring.deadline_sources()
    due, due_given = due_sql(sources, today, until, scope, **given)
    rule, rule_given = rule_sql(sources)
    text = f"due AS MATERIALIZED ({due}), {rule}, {DESK}, {RULED}, {TOLD}"
    days = [*[today] * 4, today - GONE_AFTER, *[today] * 4]
    return text, [*due_given, *rule_given, *days, sorted(permissions.CASEWORK), today, today]


class Due(NamedTuple):
    """One due thing as a page shows it."""

    what: str
    about: str
    about_id: int
    day: dt.date
    stated: str
    tenant: int
    headline: str
    part_of: str
    path: str
    who: int | None
    escalated: bool
    stands_for: str = ""
    """Who is away and is told too, where the reader is her deputy."""

    def days_late(self, today: dt.date) -> int:
        return max((today - self.day).days, 0)


COLUMNS = "what, about, about_id, day, stated, tenant, headline, part_of, path, named, "


def of_person(user: User, today: dt.date, until: dt.date) -> list[Due]:
    """Return what waits for one person up to a day, late things first; one query and the user's roles."""
    own = sorted({authority for authority, _role, _case in permissions.roles_of(user)})
    text, given = told_sql(today, until, Scope.PERSON, tenants=own, person=user.pk)
    return fetch(
        f"WITH {text} SELECT DISTINCT ON (day, what, about_id) {COLUMNS} escalated, coalesce(p.name, '') FROM told "
        "LEFT JOIN portal_user p ON p.id = stands_for WHERE user_id = %s "
        "ORDER BY day, what, about_id, escalated, stands_for NULLS FIRST",
        [*given, user.pk],
    )


def of_authority(authority_id: int, today: dt.date, until: dt.date) -> list[Due]:
    """Return what one authority owes up to a day, late things first, whoever is named; one query."""
    text, given = told_sql(today, until, Scope.AUTHORITY, authority=authority_id)
    return fetch(f"WITH {text} SELECT {COLUMNS} false FROM ruled WHERE \"to\" = '' ORDER BY day, what, about_id", given)


def fetch(text: str, given: list[Any]) -> list[Due]:
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        return [Due(*row) for row in cursor.fetchall()]
