"""Who may handle a case: declarations with their rulings, and who was in the room when a body treated it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models.base import AuthorityOwned
from portal.models.case import Body, BodyMembership, Case, CaseStep


class Declaration(AuthorityOwned):
    """Habilitetserklæring: what one says of her ties to a case, yes or no; a new one follows, none is changed.

    A member of a body who does not sign in declares through the official protocol: then `member` is named, and the
    officer who registered it. The latest of a person counts.
    """

    class Answer(models.TextChoices):
        NO_TIES = "no_ties", _("No ties")
        TIE = "tie", _("There is a tie")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="declarations", verbose_name=_("case"))
    user = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="declarations",
        verbose_name=_("person"),
    )  # fmt: skip
    member = models.ForeignKey(
        BodyMembership, on_delete=models.PROTECT, null=True, blank=True, related_name="declarations",
        verbose_name=_("member of body"),
    )  # fmt: skip
    answer = models.CharField(_("answer"), max_length=8, choices=Answer.choices)
    tie = models.CharField(_("which tie"), max_length=400, blank=True)
    text_version = models.PositiveSmallIntegerField(_("version of the text"))
    declared_at = models.DateTimeField(_("declared"), default=timezone.now)
    registered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("registered by"),
    )  # fmt: skip
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("declaration of impartiality")
        verbose_name_plural = _("declarations of impartiality")
        ordering = ["case", "-declared_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="declaration_of_one_person",
                condition=models.Q(user__isnull=False, member=None, registered_by=None)
                | models.Q(user=None, member__isnull=False, registered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="declaration_tie_is_named", condition=~models.Q(answer="tie") | ~models.Q(tie=""),
                violation_error_message=_("Say what ties you to the case."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="declaration_of_person", fields=["user", "case"])]

    def __str__(self) -> str:
        return f"{self.user or self.member}: {self.get_answer_display()}"


class Ruling(AuthorityOwned):
    """Habilitetsavgjørelse: whether one who declared a tie may handle the case after all, with the reason."""

    declaration = models.OneToOneField(
        Declaration, on_delete=models.PROTECT, related_name="ruling", verbose_name=_("declaration")
    )
    is_impartial = models.BooleanField(_("may handle the case"))
    reason = models.CharField(_("reason"), max_length=400)
    ruled_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ruled by")
    )
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ruled by the body")
    )
    registered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("registered by")
    )
    ruled_at = models.DateTimeField(_("ruled"), default=timezone.now)
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("ruling on impartiality")
        verbose_name_plural = _("rulings on impartiality")
        ordering = ["-ruled_at"]
        constraints = [
            models.CheckConstraint(
                name="ruling_has_reason", condition=~models.Q(reason=""),
                violation_error_message=_("Give the reason for the ruling."),
            ),
            models.CheckConstraint(
                name="ruling_by_person_or_body",
                condition=models.Q(ruled_by__isnull=False, body=None) | models.Q(ruled_by=None, body__isnull=False),
                violation_error_message=_("Choose who ruled: a person or the body itself."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(_("may handle the case") if self.is_impartial else _("may not handle the case"))


class Attendance(AuthorityOwned):
    """Frammøte: who sat in a body when it treated a case, and for whom a deputy came; as the protocol says."""

    class Presence(models.TextChoices):
        PRESENT = "present", _("Took part")
        ABSENT = "absent", _("Absent")
        LEFT = "left", _("Left as disqualified")

    step = models.ForeignKey(CaseStep, on_delete=models.CASCADE, related_name="attendance", verbose_name=_("step"))
    member = models.ForeignKey(
        BodyMembership, on_delete=models.PROTECT, related_name="attendance", verbose_name=_("member of body")
    )
    presence = models.CharField(_("presence"), max_length=8, choices=Presence.choices)
    stands_in_for = models.ForeignKey(
        BodyMembership, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("deputy for"),
    )  # fmt: skip
    registered_by = models.ForeignKey(
        "portal.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("registered by"),
    )  # fmt: skip
    invented = models.BooleanField(_("invented for the demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ["step", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="attendance_once", fields=["step", "member"],
                violation_error_message=_("This member stands here already."),
            ),
            models.UniqueConstraint(
                name="attendance_one_deputy", fields=["step", "stands_in_for"],
                violation_error_message=_("One deputy comes for each member."),
            ),
            models.CheckConstraint(
                name="attendance_not_for_herself", condition=~models.Q(member=models.F("stands_in_for")),
                violation_error_message=_("A deputy comes for another."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.member}: {self.get_presence_display()}"
