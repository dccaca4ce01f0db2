"""How people sign in: the ways an authority offers, who someone is there, and each time it was done."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import permissions
from portal.models.base import AuthorityOwned, TenantQuerySet, Versioned
from portal.models.people import Role


class Way(models.TextChoices):
    """The outside services that say who someone is."""

    ENTRA = "entra", _("Microsoft Entra ID")
    IDPORTEN = "idporten", _("ID-porten")
    ANSATTPORTEN = "ansattporten", _("Ansattporten")


class Method(models.TextChoices):
    """Each way to sign in; `portal.strength` says what each is good for."""

    PASSWORD = "password", _("Password")
    MFA = "mfa", _("Password and a second step")
    PASSKEY = "passkey", _("Passkey")
    ENTRA = "entra", _("Microsoft Entra ID")
    IDPORTEN = "idporten", _("ID-porten")
    ANSATTPORTEN = "ansattporten", _("Ansattporten")
    CODE = "code", _("Code by e-mail")
    DEMO = "demo", _("The demonstration’s list")


@pghistory.track(exclude=["client_secret"])
class IdentityProvider(Versioned, AuthorityOwned):
    """Innloggingstjeneste: an authority's own agreement with Entra ID, ID-porten or Ansattporten.

    The issuer is never typed: it follows from the way, the environment and, for Entra ID, the tenant
    (`portal.integrations.openid.issuer_of`). The secret is sealed (`portal.sealed`) and never shown again.
    """

    class Environment(models.TextChoices):
        PRODUCTION = "production", _("Production")
        TEST = "test", _("The service’s own test")
        STANDIN = "standin", _("The demonstration’s stand-in")

    way = models.CharField(_("service"), max_length=15, choices=Way.choices)
    environment = models.CharField(
        _("environment"), max_length=12, choices=Environment.choices, default=Environment.PRODUCTION
    )
    tenant = models.UUIDField(_("tenant id"), null=True, blank=True, help_text=_("Only for Entra ID."))
    client_id = models.CharField(_("client id"), max_length=120)
    client_secret = models.TextField(_("client secret"), blank=True, editable=False)
    resource = models.CharField(
        _("Altinn resource"), max_length=120, blank=True, help_text=_("Only for Ansattporten: the resource’s own id.")
    )
    keeps_number_for = models.CharField(
        _("national identity number is kept for"), max_length=160, blank=True,
        help_text=_("Only for ID-porten. Leave it empty unless a decision needs the number; say which."),
    )  # fmt: skip
    is_active = models.BooleanField(_("in use"), default=True)

    class ProviderQuerySet(TenantQuerySet):
        def offered(self) -> Self:
            """Keep those that may be used here: in use, in an authority that uses the portal."""
            return self.filter(is_active=True, authority__is_listed=True)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in service")
        verbose_name_plural = _("sign-in services")
        ordering = ["authority", "way"]
        constraints = [
            models.UniqueConstraint(
                name="identity_provider_once", fields=["authority", "way"],
                violation_error_message=_("This service is set up already."),
            ),
            models.CheckConstraint(
                name="identity_provider_tenant_if_and_only_if_entra",
                condition=models.Q(way="entra", tenant__isnull=False)
                | (~models.Q(way="entra") & models.Q(tenant=None)),
                violation_error_message=_("Entra ID, and nothing else, needs the tenant id."),
            ),
            models.CheckConstraint(
                name="identity_provider_resource_if_and_only_if_ansattporten",
                condition=(models.Q(way="ansattporten") & ~models.Q(resource=""))
                | (~models.Q(way="ansattporten") & models.Q(resource="")),
                violation_error_message=_("Ansattporten, and nothing else, needs the Altinn resource."),
            ),
            models.CheckConstraint(
                name="identity_provider_number_only_from_idporten",
                condition=models.Q(way="idporten") | models.Q(keeps_number_for=""),
                violation_error_message=_("Only ID-porten gives a national identity number."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_way_display()}, {self.authority}"


@pghistory.track()
class GroupRole(AuthorityOwned):
    """Gruppe til rolle: who is in a group of the authority's directory holds this role while she is in it."""

    provider = models.ForeignKey(
        IdentityProvider, on_delete=models.CASCADE, related_name="group_roles", verbose_name=_("sign-in service")
    )
    group = models.CharField(
        _("group’s object id"), max_length=80, help_text=_("From the directory: the group’s id, not its name.")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    class Meta:
        verbose_name = _("group with a role")
        verbose_name_plural = _("groups with roles")
        ordering = ["provider", "role", "group"]
        constraints = [
            models.UniqueConstraint(name="group_role_once", fields=["provider", "group", "role"]),
            models.CheckConstraint(
                name="group_role_is_no_guest", condition=~models.Q(role="guest_officer"),
                violation_error_message=_("A guest officer is let into one case, by hand."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.group} → {self.get_role_display()}"


@pghistory.track(exclude=["national_number", "used_at"])
class Identity(models.Model):
    """Ekstern identitet: who a person is to an issuer; by this, never by e-mail, she is known when she comes again.

    For Entra ID the subject is `<tenant id>/<object id>`. The national identity number is kept only where a decision
    needs it, sealed, with what it is for (personopplysningsloven § 12, checked 2026-11-21).
    """

    user = models.ForeignKey(
        "portal.User", on_delete=models.CASCADE, related_name="identities", verbose_name=_("person")
    )
    way = models.CharField(_("service"), max_length=15, choices=Way.choices)
    issuer = models.CharField(_("issuer"), max_length=200)
    subject = models.CharField(_("subject"), max_length=255)
    national_number = models.TextField(blank=True, editable=False)
    national_number_for = models.CharField(_("number kept for"), max_length=160, blank=True, editable=False)
    created_at = models.DateTimeField(_("connected"), default=timezone.now)
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("connected identity")
        verbose_name_plural = _("connected identities")
        ordering = ["user", "way"]
        constraints = [
            models.UniqueConstraint(name="identity_once", fields=["issuer", "subject"]),
            models.CheckConstraint(
                name="identity_number_has_its_reason",
                condition=models.Q(national_number="", national_number_for="")
                | (models.Q(way="idporten") & ~models.Q(national_number="") & ~models.Q(national_number_for="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.pk}"


class SignIn(models.Model):
    """Innlogging: one time someone signed in, or tried to; a live one is a session that can be ended.

    The session's mark (`portal.signing_in.signins`) names its row. Tokens of the outside service are sealed, and
    removed when the session ends. The network address is removed after 90 days, the row after a year.
    """

    class Ended(models.TextChoices):
        LEFT = "left", _("Signed out")
        IDLE = "idle", _("Unused for too long")
        OLD = "old", _("Signed in too long ago")
        BY_HERSELF = "by_herself", _("Ended from another session")
        REPLACED = "replaced", _("Signed in again")
        GROUPS = "groups", _("No longer in the groups")
        PROVIDER = "provider", _("Ended by the sign-in service")
        UNSURE = "unsure", _("The sign-in service could not confirm it")
        CHANGED = "changed", _("The way to sign in was changed")

    user = models.ForeignKey(
        "portal.User",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="sign_ins",
        verbose_name=_("person"),
    )
    login_hash = models.CharField(max_length=64, blank=True)
    method = models.CharField(_("how"), max_length=15, choices=Method.choices)
    succeeded = models.BooleanField(_("succeeded"), default=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    session_key = models.CharField(max_length=40, blank=True)
    seen_at = models.DateTimeField(_("last used"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_how = models.CharField(_("how it ended"), max_length=12, choices=Ended.choices, blank=True)
    provider = models.ForeignKey(
        IdentityProvider, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("sign-in service"),
    )  # fmt: skip
    identity = models.ForeignKey(Identity, on_delete=models.SET_NULL, null=True, blank=True, related_name="sign_ins")
    provider_session = models.CharField(max_length=255, blank=True)
    acr = models.CharField(max_length=60, blank=True)
    id_token = models.TextField(blank=True, editable=False)
    refresh_token = models.TextField(blank=True, editable=False)
    checked_at = models.DateTimeField(_("groups checked"), null=True, blank=True)
    device = models.CharField(_("device"), max_length=80, blank=True)
    network = models.GenericIPAddressField(_("network address"), null=True, blank=True)

    class SignInQuerySet(models.QuerySet["SignIn"]):
        def live(self) -> Self:
            return self.filter(succeeded=True, ended_at=None)

        def failed(self) -> Self:
            return self.filter(succeeded=False)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="sign_in_has_its_person", condition=models.Q(succeeded=False) | models.Q(user__isnull=False)
            ),
            models.CheckConstraint(
                name="sign_in_live_has_a_session",
                condition=models.Q(succeeded=False, session_key="")
                | models.Q(ended_at__isnull=False, session_key="", id_token="", refresh_token="")
                | (models.Q(succeeded=True, ended_at=None) & ~models.Q(session_key="")),
            ),
            models.CheckConstraint(
                name="sign_in_ended_says_how",
                condition=models.Q(ended_at=None, ended_how="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_how="")),
            ),
            models.UniqueConstraint(
                name="sign_in_one_per_session", fields=["session_key"], condition=~models.Q(session_key="")
            ),
        ]
        indexes = [
            models.Index(name="sign_in_of_person", fields=["user", "-at"]),
            models.Index(name="sign_in_failed_login", fields=["login_hash", "at"], condition=models.Q(succeeded=False)),
            models.Index(name="sign_in_failed_network", fields=["network", "at"], condition=models.Q(succeeded=False)),
            models.Index(
                name="sign_in_provider_session", fields=["provider_session"],
                condition=models.Q(ended_at=None) & ~models.Q(provider_session=""),
            ),
            models.Index(
                name="sign_in_to_check", fields=["checked_at"],
                condition=models.Q(ended_at=None, checked_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.at:%Y-%m-%d %H:%M}"


@pghistory.track()
class Deputy(AuthorityOwned):
    """Stedfortreder: for a period, one holds another's casework roles in an authority, and is told besides her."""

    person = models.ForeignKey(
        "portal.User", on_delete=models.CASCADE, related_name="deputies", verbose_name=_("who is away")
    )
    deputy = models.ForeignKey(
        "portal.User", on_delete=models.CASCADE, related_name="deputises", verbose_name=_("deputy")
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"))
    reason = models.CharField(_("reason"), max_length=120, blank=True, help_text=_("“Leave”, never an illness."))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("deputy")
        verbose_name_plural = _("deputies")
        ordering = ["-valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(name="deputy_once", fields=["authority", "person", "deputy", "valid_from"]),
            models.CheckConstraint(
                name="deputy_is_another", condition=~models.Q(person=models.F("deputy")),
                violation_error_message=_("Nobody is her own deputy."),
            ),
            permissions.period_check("deputy_period"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.deputy} – {self.person}"

    def clean(self) -> None:
        from portal.models.base import ends_after_start

        ends_after_start(self.valid_from, self.valid_to, "valid_to")


class AccessLogQuerySet(TenantQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Keep what was seen in authorities where this user watches how the work goes; all for the operator."""
        if user.is_superuser:
            return self
        return self.filter(authority_id__in=permissions.authorities_with(user, permissions.WATCHERS))


class AccessLog(AuthorityOwned):
    """Innsynslogg: who saw what of a case that is exempt from access; only ever added to, and outlives its reader."""

    class What(models.TextChoices):
        CASE = "case", _("The case")
        DOCUMENT = "document", _("A document")
        HISTORY = "history", _("The history")
        LIST = "list", _("A list or an export")

    case = models.ForeignKey("portal.Case", on_delete=models.PROTECT, related_name="seen_by", verbose_name=_("case"))
    document = models.ForeignKey(
        "portal.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    what = models.CharField(_("what"), max_length=10, choices=What.choices)
    user_id = models.BigIntegerField(_("seen by user no."))
    role = models.CharField(_("as"), max_length=20, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    objects = AccessLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("seen")
        verbose_name_plural = _("who has seen exempt cases")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(name="access_log_case", fields=["case", "-at"])]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.at:%Y-%m-%d %H:%M}"
