"""Settings, all from the environment; the portal refuses to start unsafe.

Three ways to run: production (the default), demo (DEMO=true, this machine only) and tests (TESTING=true).
The table of variables stands in docs/operations.md.
"""

from __future__ import annotations

from pathlib import Path

import environ
import pghistory
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from portal.addresses import celery_broker, database_from_url
from portal.logs import logging_settings
from portal.safe_start import LOCAL_HOSTS, refuse_unsafe

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEMO = env.bool("DEMO", default=False)
TESTING = env.bool("TESTING", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=sorted(LOCAL_HOSTS) if DEMO or TESTING else [])
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000" if DEMO or TESTING else "")
PROXY_COUNT = env.int("PROXY_COUNT", default=0 if DEMO or TESTING else -1)
DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
TEST_SERVICES = env.bool("TEST_SERVICES", default=DEMO or TESTING)
DATA_KEYS = env.list("DATA_KEYS", default=[SECRET_KEY] if DEMO or TESTING else [])
refuse_unsafe(
    demo=DEMO, testing=TESTING, debug=DEBUG, secret_key=SECRET_KEY, allowed_hosts=ALLOWED_HOSTS,
    base_url=BASE_URL, proxy_count=PROXY_COUNT, database_url=DATABASE_URL, redis_url=REDIS_URL, data_keys=DATA_KEYS,
)  # fmt: skip
SECURE = not (DEMO or TESTING)

INSTALLED_APPS = [
    "portal",
    "strategy",
    "grants",
    "awards",
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "portal.middleware.request_id",
    "portal.middleware.proxy_count",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.session_limits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "portal.middleware.require_mfa",
    "portal.middleware.keep_typed",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
AUTH_USER_MODEL = "portal.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("designsystemet",)
CRISPY_TEMPLATE_PACK = "designsystemet"

# ---- data ----
DATABASE = database_from_url(DATABASE_URL)
DATABASE["OPTIONS"] |= {"application_name": "portal"}
DATABASE |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
if DB_POOL := env.int("DB_POOL", default=0):
    DATABASE["OPTIONS"]["pool"] = {"min_size": 1, "max_size": DB_POOL}
    DATABASE |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
DATABASES = {"default": DATABASE}
OWNER_DATABASE_URL = env.str("OWNER_DATABASE_URL", default=DATABASE_URL)

CACHE_URL = env.str("CACHE_URL", default=REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "portal",
    }
}

MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "media"))
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not SECURE
WHITENOISE_AUTOREFRESH = TESTING and not DEMO  # a scan of all files for each test client costs more than the tests
WHITENOISE_MAX_AGE = 0 if WHITENOISE_AUTOREFRESH else 3600
_STATIC_STORAGE = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if SECURE
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STORAGES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}
if S3_BUCKET := env.str("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT", default=None),
            "access_key": env.str("S3_ACCESS_KEY", default=None),
            "secret_key": env.str("S3_SECRET_KEY", default=None),
            "default_acl": None,
            "querystring_auth": True,
            "file_overwrite": True,
        },
    }
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
DOCUMENT_MAX_BYTES = 25 * 1024 * 1024

# ---- language and time ----
LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", _("Bokmål")), ("nn", _("Nynorsk")), ("en", _("English"))]
LANGUAGES_OFFERED = env.list("LANGUAGES_OFFERED", default=["nb"])  # the others join when their catalogues are filled
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Oslo"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# ---- sign-in ----
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else ["django.contrib.auth.hashers.Argon2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "front_page"
ACCOUNT_ADAPTER = "portal.signing_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "front_page"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # portal.signing_in.lockout counts them, in the database
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "portal.signing_in.passwords.LinkKeys"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or TESTING
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up here, so an address under change must not bar the second step
MFA_FORMS = {
    "add_webauthn": "portal.signing_in.key_forms.AddWebAuthnForm",
    "edit_webauthn": "portal.signing_in.key_forms.EditWebAuthnForm",
    "authenticate": "portal.signing_in.key_forms.AuthenticateForm",
    "reauthenticate": "portal.signing_in.key_forms.ReauthenticateForm",
}
MFA_TOTP_ISSUER = "Næringsportalen"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=120)
SESSION_LONGEST_HOURS = 10
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-sid" if SECURE else "sid"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [BASE_URL] if SECURE else []

# ---- headers ----
SECURE_SSL_REDIRECT = False  # the proxy redirects; a health probe inside may come by plain HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT > 0 else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# ---- mail ----
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="dummymail://" if DEMO else "smtp://127.0.0.1:25")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Næringsportalen <portal@example.invalid>")

# ---- queue ----
CELERY_BROKER_URL = celery_broker(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# a broker that is down must not hold a person's press of a button: beat delivers from the outbox instead
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0, "socket_connect_timeout": 1,
}  # fmt: skip
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_DB_REUSE_MAX = 1000
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "portal.tasks.beat_tick", "schedule": 30.0},
    "recover-outbox": {"task": "portal.tasks.deliver_outbox", "schedule": 60.0},
    "periods": {"task": "strategy.tasks.open_periods", "schedule": crontab(hour="6-21", minute=25)},
    "plan-documents": {"task": "strategy.tasks.read_plan_documents", "schedule": 60.0},
    "sweep": {"task": "portal.tasks.sweep_deadlines", "schedule": crontab(minute=0)},
    "sweep-at-the-days-start": {"task": "portal.tasks.sweep_deadlines", "schedule": crontab(hour=6, minute=30)},
    "digests": {"task": "portal.tasks.send_digests", "schedule": crontab(minute="*/5")},
    "groups": {"task": "portal.tasks.check_groups", "schedule": 60.0},
    "clean": {"task": "portal.tasks.clean_up", "schedule": crontab(hour=2, minute=40)},
    "reconcile": {"task": "grants.tasks.reconcile_ledger", "schedule": crontab(hour=3, minute=10)},
    "rates": {"task": "grants.tasks.fetch_rates", "schedule": crontab(hour=17, minute=20)},
    "old-drafts": {"task": "grants.tasks.forget_old_drafts", "schedule": crontab(hour=3, minute=40)},
    "unanswered": {"task": "grants.tasks.lapse_unanswered_grants", "schedule": crontab(hour=4, minute=10)},
    "votes": {"task": "awards.tasks.count_votes", "schedule": crontab(minute="*/5")},
    "vote-traces": {"task": "awards.tasks.erase_vote_traces", "schedule": crontab(hour=2, minute=20)},
    "prize-thanks": {"task": "awards.tasks.thank_after_ceremonies", "schedule": crontab(minute=20)},
}

# ---- outside systems ----
STATISTICS_URL = env.str(
    "STATISTICS_URL",
    default=f"{BASE_URL}/demo/statistikk" if DEMO or TESTING else "https://data.ssb.no/api/pxwebapi/v2",
)
REGISTER_URL = env.str(
    "REGISTER_URL",
    default=f"{BASE_URL}/demo/register" if DEMO or TESTING else "https://data.brreg.no/enhetsregisteret/api",
)
AID_REGISTER_URL = env.str(
    "AID_REGISTER_URL",
    default=f"{BASE_URL}/demo/stotteregister"
    if DEMO or TESTING
    else "https://stottetiltak-registerinfo-api.app.brreg.no/api/v1",
)
RATES_URL = env.str(
    "RATES_URL", default="" if DEMO or TESTING else "https://data.norges-bank.no/api/data/EXR/B.EUR.NOK.SP"
)
ANTIVIRUS_URL = env.str("ANTIVIRUS_URL", default="")

# ---- metrics ----
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# ---- history ----
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")  # reading changes nothing worth a name
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

LOGGING_CONFIG = None
LOGGING = logging_settings(as_json=env.bool("LOG_JSON", default=SECURE))
