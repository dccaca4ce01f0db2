"""People who sign in, and the roles they hold."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import permissions
from portal.models.authority import LanguageForm
from portal.models.base import TenantQuerySet, ends_after_start, sane_date


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Any) -> Self:
        """Keep people who hold a role in an authority where this user does casework; all for the operator."""
        if user.is_superuser:
            return self
        colleagues = Membership.objects.filter(authority_id__in=permissions.casework_authorities(user))
        return self.filter(pk__in=colleagues.values("user_id"))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes people with an e-mail address as their name at sign-in."""

    def create_user(self, email: str, password: str | None = None, **facts: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **facts: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **facts)


class User(AbstractBaseUser):
    """Bruker: a person who signs in once and holds roles in one or more authorities."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language form"), max_length=2, choices=LanguageForm.choices, default="nb")
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_superuser = models.BooleanField(_("operator of the whole portal"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    @property
    def is_staff(self) -> bool:
        """Whether the case pages open for this person: follows from roles, never set by hand."""
        return permissions.may_use_admin(self)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Answer Django's question by role: viewing follows from casework, writing from `permissions`."""
        app_label, codename = perm.split(".", 1)
        action, _sep, model = codename.partition("_")
        if not self.is_active:
            return False
        if action == "view":
            return self.is_staff and app_label in permissions.AREAS
        return permissions.may_write(self, f"{app_label}.{model}", getattr(obj, "authority_id", None))

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class Role(models.TextChoices):
    OFFICER = permissions.OFFICER, _("Officer")
    LEADER = permissions.LEADER, _("Leader")
    DECISION_MAKER = permissions.DECISION_MAKER, _("Decision-maker")
    FINANCE_PREPARER = permissions.PREPARER, _("Finance preparer")
    ATTESTER = permissions.ATTESTER, _("Attester")
    APPROVER = permissions.APPROVER, _("Approver")
    EDITOR = permissions.EDITOR, _("Editor")
    ELECTED = permissions.ELECTED, _("Elected member")
    FORUM_REVIEWER = permissions.FORUM, _("Forum reviewer")
    JURY = permissions.JURY, _("Jury member")
    REGION_SECRETARY = permissions.SECRETARY, _("Region's secretary")
    GUEST_OFFICER = permissions.GUEST, _("Guest officer")


@pghistory.track()
class Membership(models.Model):
    """Rolle: what a person may do in one authority, for a period; a guest officer's reaches one case only.

    One with a `provider` follows from groups in the authority's directory, and comes and goes with them
    (`portal.signing_in.groups`).
    """

    authority = models.ForeignKey(
        "portal.Authority", on_delete=models.PROTECT, related_name="memberships", verbose_name=_("authority")
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    valid_from = models.DateField(_("from"), null=True, blank=True, validators=[sane_date])
    valid_to = models.DateField(_("to"), null=True, blank=True, validators=[sane_date])
    case = models.ForeignKey(
        "portal.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="guests", verbose_name=_("case"),
        help_text=_("Only for a guest officer: the one case she may see."),
    )  # fmt: skip
    provider = models.ForeignKey(
        "portal.IdentityProvider", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("follows from groups in"),
    )  # fmt: skip

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["authority", "user", "role"]
        constraints = [
            models.UniqueConstraint(
                name="membership_once", fields=["authority", "user", "role", "case", "valid_from", "provider"],
                nulls_distinct=False,
                violation_error_message=_("This person holds the role already."),
            ),
            models.CheckConstraint(
                name="membership_case_if_and_only_if_guest",
                condition=models.Q(role="guest_officer", case__isnull=False)
                | (~models.Q(role="guest_officer") & models.Q(case__isnull=True)),
                violation_error_message=_("A guest officer, and no one else, is tied to one case."),
            ),
            models.CheckConstraint(
                name="membership_of_groups_has_no_end",
                condition=models.Q(provider=None) | models.Q(valid_from=None, valid_to=None, case=None),
            ),
            permissions.period_check("membership_period"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}, {self.authority}"

    def clean(self) -> None:
        ends_after_start(self.valid_from, self.valid_to, "valid_to")
