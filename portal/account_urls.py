"""Addresses under /konto/ that are our own; allauth's come after them, and ours go first."""

from allauth.account import views as accounts
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, re_path

from portal.signing_in.step_up import opens_account
from portal.views import account, identities, sessions, signin, signin_code, signing_out, step_up, welcome

urlpatterns = [
    path("logout/", signing_out.sign_out, name="account_logout"),
    path("ferdig/", signing_out.signed_out, name="signed_out"),
    path("inn/<int:provider>/", signin.signin_start, name="signin_start"),
    path("inn/<int:provider>/svar/", signin.signin_answer, name="signin_answer"),
    path("inn/<int:provider>/ut/", signing_out.front_channel_logout, name="front_channel_logout"),
    path("kode/", signin_code.signin_code, name="signin_code"),
    path("kode/skriv/", signin_code.write_code, name="write_signin_code"),
    path("velkommen/", welcome.welcome, name="welcome"),
    path("velkommen/kode/", welcome.welcome_code, name="welcome_code"),
    path("email/", account.address, name="account_email"),
    path("confirm-email/", account.address_code, name="account_email_verification_sent"),
    path("passord/<str:key>/", account.choose_password, name="choose_password"),
    # allauth's own links, which we no longer mail
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", account.useless, name="account_confirm_email"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.useless,
        name="account_reset_password_from_key",
    ),
    path("bekreft/", step_up.step_up, name="step_up"),
    # allauth's pages that change what opens the account
    path("password/set/", opens_account(accounts.password_set), name="account_set_password"),
    path("password/change/", opens_account(accounts.password_change), name="account_change_password"),
    path("2fa/totp/activate/", opens_account(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", opens_account(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/webauthn/add/", opens_account(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", opens_account(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("2fa/recovery-codes/", opens_account(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        opens_account(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        opens_account(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("okter/", sessions.sessions, name="sessions"),
    path("koblinger/", identities.identities, name="identities"),
]
