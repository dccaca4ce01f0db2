"""A municipality's own plan document on its way to become a plan: the file, its text, and what was found in it."""

from __future__ import annotations

import uuid
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models.base import AuthorityOwned, Versioned, sane_date, sane_date_check
from portal.models.case import PRECISIONS
from strategy.models.measure import Measure
from strategy.models.plan import SANE_YEAR, Goal, Plan, Strategy


def un_goals(verbose_name: Any) -> ArrayField:
    """Return a column of United Nations goals by number, in order."""
    return ArrayField(models.PositiveSmallIntegerField(), verbose_name=verbose_name, default=list, blank=True)


def import_path(row: PlanImport, filename: str) -> str:
    """Return where the file lies in storage: named by its content, whatever the sender called it.

    Each time another name: the same content sent twice is two files, so that one is removed without the other.
    """
    return f"imports/{row.authority_id}/{row.sha256}-{uuid.uuid4().hex[:12]}"


@pghistory.track()
class PlanImport(Versioned, AuthorityOwned):
    """Innlesing av plandokument: one file, from the press that sent it until its plan is made or it is put away.

    With `against` it is compared with a plan that is here already, and its rows say what is new, changed or gone.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits to be read")
        READING = "reading", _("Is being read")
        READY = "ready", _("Ready to be gone through")
        REFUSED = "refused", _("Could not be read")
        APPLIED = "applied", _("Taken into a plan")
        DISCARDED = "discarded", _("Put away")

    OPEN = (State.WAITING, State.READING, State.READY)

    file = models.FileField(_("file"), upload_to=import_path, max_length=255, blank=True)
    filename = models.CharField(_("file name"), max_length=120)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    sent_by = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(_("reading began"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    pages_read = models.PositiveIntegerField(_("pages read"), default=0)
    why = models.CharField(_("why it could not be read"), max_length=20, blank=True)
    against = models.ForeignKey(
        Plan, on_delete=models.SET_NULL, null=True, blank=True, related_name="comparisons",
        verbose_name=_("compared with"),
    )  # fmt: skip
    plan = models.ForeignKey(
        Plan, on_delete=models.SET_NULL, null=True, blank=True, related_name="imports", verbose_name=_("plan")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    title = models.CharField(_("title"), max_length=160, blank=True)
    period_start = models.PositiveSmallIntegerField(_("from year"), null=True, blank=True, validators=SANE_YEAR)
    period_end = models.PositiveSmallIntegerField(_("to year"), null=True, blank=True, validators=SANE_YEAR)
    mission = models.TextField(_("mission"), blank=True)
    vision = models.TextField(_("vision"), blank=True)
    values = models.CharField(_("values"), max_length=200, blank=True)
    aim = models.TextField(_("overall aim"), blank=True)
    superior_plan = models.CharField(_("superior plan"), max_length=160, blank=True)
    goal_word = models.CharField(_("its word for a goal"), max_length=40, blank=True)
    strategy_word = models.CharField(_("its word for a strategy"), max_length=40, blank=True)
    measure_word = models.CharField(_("its word for a measure"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("plan document")
        verbose_name_plural = _("plan documents")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="plan_import_hash_is_sha256", condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="plan_import_refused_with_reason",
                condition=models.Q(state="refused") & ~models.Q(why="") | ~models.Q(state="refused") & models.Q(why=""),
            ),
            models.CheckConstraint(
                name="plan_import_ended_when_closed",
                condition=models.Q(state__in=["applied", "discarded"], ended_at__isnull=False)
                | ~models.Q(state__in=["applied", "discarded"]) & models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="plan_import_plan_when_applied", condition=models.Q(plan__isnull=True) | models.Q(state="applied")
            ),
            models.CheckConstraint(
                name="plan_import_read_when_ready",
                condition=~models.Q(state__in=["ready", "applied"]) | models.Q(read_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("plan_import", args=[self.authority.slug, self.pk])


class ImportPage(AuthorityOwned):
    """Side i plandokument: its text as it was read, so that each row is seen where it stood. Never rewritten."""

    plan_import = models.ForeignKey(PlanImport, on_delete=models.CASCADE, related_name="text_pages")
    number = models.PositiveIntegerField()
    first_line = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["plan_import", "number"]
        constraints = [models.UniqueConstraint(name="import_page_once", fields=["plan_import", "number"])]

    def __str__(self) -> str:
        return str(self.number)


@pghistory.track(exclude=["text"])
class ImportRow(Versioned, AuthorityOwned):
    """Rad i forslaget: a goal, strategy or measure as found in the document, and what an officer decided about it.

    Where it stood and the document's own words never change; what it is to become may, until the plan is made.
    """

    class Level(models.TextChoices):
        GOAL = "goal", _("Goal")
        STRATEGY = "strategy", _("Strategy")
        MEASURE = "measure", _("Measure")

    class Certainty(models.TextChoices):
        SURE = "sure", _("Sure")
        LIKELY = "likely", _("Likely")
        UNSURE = "unsure", _("Look at it")

    class Origin(models.TextChoices):
        FOUND = "found", _("Found in the document")
        ADDED = "added", _("Added by hand")
        PLAN = "plan", _("Only in the plan")

    class Decision(models.TextChoices):
        UNDECIDED = "undecided", _("Not decided")
        ACCEPTED = "accepted", _("Accepted")
        DROPPED = "dropped", _("Left out")
        MERGED = "merged", _("Put together with another")

    class Change(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("As before")
        GONE = "gone", _("Gone")

    plan_import = models.ForeignKey(PlanImport, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField(_("position"))
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices, default=Origin.FOUND)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="children", verbose_name=_("under")
    )
    number = models.CharField(_("printed number"), max_length=10, blank=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("What the document itself says wrongly, told to the reader.")
    )
    sdg_focus = un_goals(_("UN goals in focus"))
    sdg_contributes = un_goals(_("UN goals contributed to"))
    responsible = models.CharField(_("responsible, in the document’s words"), max_length=200, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True, validators=[sane_date])
    due_precision = models.CharField(_("how precise"), max_length=10, choices=PRECISIONS, default="day")
    cost_nok = models.PositiveIntegerField(
        _("cost in kroner"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    page = models.PositiveIntegerField(_("page"), default=0)
    line = models.PositiveIntegerField(_("line"), default=0)
    last_page = models.PositiveIntegerField(default=0)
    last_line = models.PositiveIntegerField(default=0)
    text = models.TextField(_("in the document’s words"), blank=True)
    certainty = models.CharField(_("certainty"), max_length=10, choices=Certainty.choices, default=Certainty.SURE)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, default=Decision.UNDECIDED)
    merged_into = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="merged", verbose_name=_("put into")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    change = models.CharField(_("change"), max_length=10, choices=Change.choices, blank=True)
    goal = models.ForeignKey(Goal, on_delete=models.SET_NULL, null=True, blank=True, related_name="import_rows")
    strategy = models.ForeignKey(Strategy, on_delete=models.SET_NULL, null=True, blank=True, related_name="import_rows")
    measure = models.ForeignKey(Measure, on_delete=models.SET_NULL, null=True, blank=True, related_name="import_rows")

    class Meta:
        verbose_name = _("row of a plan document")
        verbose_name_plural = _("rows of a plan document")
        ordering = ["plan_import", "position"]
        constraints = [
            models.UniqueConstraint(
                name="import_row_position_once", fields=["plan_import", "position"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="import_row_decided_with_moment",
                condition=models.Q(decision="undecided", decided_at__isnull=True)
                | ~models.Q(decision="undecided") & models.Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="import_row_merged_into_another",
                condition=models.Q(decision="merged", merged_into__isnull=False)
                | ~models.Q(decision="merged") & models.Q(merged_into__isnull=True),
            ),
            models.CheckConstraint(
                name="import_row_not_its_own",
                condition=(models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")))
                & (models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id"))),
                violation_error_message=_("A row does not lie under itself."),
            ),
            models.CheckConstraint(
                name="import_row_becomes_its_level",
                condition=(models.Q(goal__isnull=True) | models.Q(level="goal"))
                & (models.Q(strategy__isnull=True) | models.Q(level="strategy"))
                & (models.Q(measure__isnull=True) | models.Q(level="measure")),
            ),
            models.CheckConstraint(
                name="import_row_cost_positive",
                condition=models.Q(cost_nok__isnull=True) | models.Q(cost_nok__gt=0),
                violation_error_message=_("A cost is more than nothing."),
            ),
            sane_date_check("due_on", "import_row_due_on_sane"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class ImportAnomaly(AuthorityOwned):
    """Uregelmessighet i plandokument: something odd in the document, seen by an officer before the plan is made."""

    class Kind(models.TextChoices):
        NUMBER_MISSING = "number_missing", _("A number is missing")
        NUMBER_DOUBLED = "number_doubled", _("A number is used twice")
        NUMBER_OUT_OF_ORDER = "number_out_of_order", _("A number out of order")
        SEPARATOR_MISSING = "separator_missing", _("No sign between number and text")
        HEADING_WRAPPED = "heading_wrapped", _("A heading over more than one line")
        HEADING_AFTER_TEXT = "heading_after_text", _("A heading that comes after its text")
        WRONG_REFERENCE = "wrong_reference", _("A reference to something that says something else")
        GOAL_REWORDED = "goal_reworded", _("A goal said twice with different words")
        LEVEL_FOLDED = "level_folded", _("More levels than a plan has here")
        SUMMARY_DIFFERS = "summary_differs", _("A summary that says something else")

    plan_import = models.ForeignKey(PlanImport, on_delete=models.CASCADE, related_name="anomalies")
    row = models.ForeignKey(ImportRow, on_delete=models.CASCADE, null=True, blank=True, related_name="anomalies")
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    where = models.CharField(_("where"), max_length=200)
    page = models.PositiveIntegerField(_("page"))
    line = models.PositiveIntegerField(_("line"))
    said = models.TextField(blank=True)
    other = models.TextField(blank=True)
    settled_at = models.DateTimeField(_("seen"), null=True, blank=True)
    settled_by = models.ForeignKey(
        "portal.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("seen by")
    )

    class Meta:
        verbose_name = _("something odd in a plan document")
        verbose_name_plural = _("odd things in a plan document")
        ordering = ["plan_import", "page", "line", "pk"]

    def __str__(self) -> str:
        return f"{self.where}: {self.get_kind_display()}"
