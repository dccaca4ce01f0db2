"""What every tenant's row has in common: an owner, and a queryset that knows who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import permissions

if TYPE_CHECKING:
    import datetime as dt

EARLIEST_YEAR, LATEST_YEAR = 1990, 2100


def key_in(text: str) -> int:
    """Return the row number that a form sent, or 0, which no row has, for what cannot be one."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def sane_date(value: dt.date) -> None:
    """Refuse a date that can only be a slip of the keyboard.

    Raises:
        ValidationError: the year is before 1990 or after 2100.
    """
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise ValidationError(
            _("Enter a year from %(first)d to %(last)d."),
            code="insane_date",
            params={"first": EARLIEST_YEAR, "last": LATEST_YEAR},
        )


def sane_date_check(field: str, name: str) -> models.CheckConstraint:
    """Return the database's own copy of `sane_date` for one nullable column."""
    return models.CheckConstraint(
        name=name,
        condition=models.Q(**{f"{field}__isnull": True})
        | models.Q(**{f"{field}__year__gte": EARLIEST_YEAR, f"{field}__year__lte": LATEST_YEAR}),
        violation_error_message=_("The date lies outside any sane range."),
    )


def ends_after_start(start: Any, end: Any, field: str) -> None:
    """Refuse, beside its field, an end before the start; the database refuses it too.

    Raises:
        ValidationError: keyed by the field's name.
    """
    if start is not None and end is not None and end < start:
        raise ValidationError({field: ValidationError(_("The end comes before the start."), code="period")})


class NorwegianKey(models.Func):
    """The sort key that puts æ, ø and å last in any cluster (see `nb_key` in docs/guards.md)."""

    function = "nb_key"
    template = '(%(function)s(%(expressions)s) COLLATE "C")'
    output_field = models.TextField()


class LastDay(models.Func):
    """The last day a date of stated precision may mean: `portal.calendar.last_day`, in the database and indexable."""

    function = "portal_last_day"
    arity = 2
    output_field = models.DateField()


class TenantQuerySet(models.QuerySet[Any]):
    """Rows of one owner; `authority_path` leads from the row to the authority's id."""

    authority_path = "authority_id"

    def visible_to(self, user: Any) -> Self:
        """Keep the rows of authorities where this user does casework; all for the operator."""
        if user.is_superuser:
            return self
        return self.filter(**{f"{self.authority_path}__in": permissions.casework_authorities(user)})


class AuthorityOwned(models.Model):
    """A row that one authority owns; composite foreign keys hold its relatives in the same tenant."""

    authority = models.ForeignKey(
        "portal.Authority", on_delete=models.PROTECT, related_name="+", verbose_name=_("authority")
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True


class Versioned(models.Model):
    """A row that people edit in forms: a trigger counts its changes, so that no one overwrites another unseen."""

    row_version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True
