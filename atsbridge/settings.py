"""Every setting, and the one place that reads the environment; `.env.example` says what each name means."""

from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP

import connectors
from atsbridge.environment import Environment, broker, cache, credential_keys, database, hooks_url, mailer

BASE_DIR = Path(__file__).resolve().parent.parent
RUN_DIR = BASE_DIR / ".run"
"""Whatever a run writes: ignored by git, made when something is put there."""

env = Environment()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)


# -- Secrets ---------------------------------------------------------------------------------------

SECRET_KEY = env.secret("SECRET_KEY", own=not DEBUG)
CREDENTIAL_KEYS = credential_keys(env.secret("CREDENTIAL_KEYS", own=not DEBUG))


# -- Where it is reached, and by whom it may be framed, read and called ----------------------------

PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
_address = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_address.hostname])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[f"{_address.scheme}://{_address.netloc}"])

LOOPBACK_ONLY = set(ALLOWED_HOSTS) <= {"127.0.0.1", "localhost"}
"""Nobody but this machine reaches it, as in the demo: without TLS, and without a proxy."""
_plain = DEBUG or LOOPBACK_ONLY
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not _plain
SECURE_HSTS_SECONDS = 0 if _plain else 365 * 24 * 60 * 60
if not _plain:  # production stands behind one proxy, which sets both headers whatever the caller sent
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
HOOKS_URL = hooks_url(env.str("HOOKS_URL", default="auto"), PUBLIC_URL)
"""Where providers reach it with their webhooks, "" where they cannot: then none is asked to call."""
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # an address is unique whatever its case, by a constraint that the check does not know
    "security.W005",  # HSTS for subdomains: the operator's other hosts are not ours to bind to HTTPS
    "security.W021",  # HSTS preload: a promise about the whole domain, hard to take back, and not ours to give
]


# -- Django ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "atsbridge.tenants",
    "atsbridge.connections",
    "atsbridge.records",
    "atsbridge.sync",
    "atsbridge.actions",
    "atsbridge.api",
    "atsbridge.dashboard",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # it pads each answer by chance, so that no length tells a secret
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "atsbridge.dashboard.uploading.whole_names",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "atsbridge.urls"
WSGI_APPLICATION = "atsbridge.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "atsbridge.dashboard.context.frame",
            ]
        },
    }
]

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = RUN_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": BASE_DIR / env.str("FILES_DIR", default=".run/files")},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG


# -- People ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "tenants.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_ADAPTER = "atsbridge.tenants.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # a person comes by invitation only, and the inviter vouches for the address
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"


# -- Mail ------------------------------------------------------------------------------------------

MAILERS = {"default": mailer(env.email_url("EMAIL_URL", default="smtp://localhost:25"))}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"atsbridge@{_address.hostname}")


# -- Database --------------------------------------------------------------------------------------

DATABASES = {"default": database(env.db_url("DATABASE_URL", default="sqlite:///.run/atsbridge.sqlite3"), BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# -- Work that waits its turn ----------------------------------------------------------------------

SYNC_INTERVAL_MINUTES = env.int("SYNC_INTERVAL_MINUTES", default=15)
RUN_LEASE_SECONDS = env.float("RUN_LEASE_SECONDS", default=50)
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=5)
SETTLE_SECONDS = env.float("SETTLE_SECONDS", default=3)
STORE_SECONDS = env.float("STORE_SECONDS", default=0.5)
EXCHANGE_SECONDS = env.float("EXCHANGE_SECONDS", default=30)
ACTION_LEASE_SECONDS = env.float("ACTION_LEASE_SECONDS", default=20)
WRITE_SECONDS = env.float("WRITE_SECONDS", default=60)
FILE_SECONDS = env.float("FILE_SECONDS", default=600)
FILE_LINK_SECONDS = env.int("FILE_LINK_SECONDS", default=86_400)
FETCH_SECONDS = env.float("FETCH_SECONDS", default=120)
FETCH_INSIDE = [host for host in env.list("FETCH_INSIDE", default=[]) if host != "none"]
SETTLE_WRITE_SECONDS = env.float("SETTLE_WRITE_SECONDS", default=120)
DOUBT_SECONDS = env.float("DOUBT_SECONDS", default=30)
BUDGET_FLOOR_PERCENT = env.int("BUDGET_FLOOR_PERCENT", default=15)
DELETION_GUARD_PERCENT = env.int("DELETION_GUARD_PERCENT", default=20)
DELETION_GUARD_ROWS = env.int("DELETION_GUARD_ROWS", default=20)
UNLINK_KEEP_DAYS = env.int("UNLINK_KEEP_DAYS", default=30)
FORGET_DAYS = env.int("FORGET_DAYS", default=14)
EVENT_KEEP_DAYS = env.int("EVENT_KEEP_DAYS", default=30)
EXCHANGE_KEEP_DAYS = env.int("EXCHANGE_KEEP_DAYS", default=30)
ACTION_KEEP_DAYS = env.int("ACTION_KEEP_DAYS", default=365)

CONNECTOR_URLS = {
    c.slug: env.str(f"{c.slug.upper()}_API_URL", default=c.base_url).rstrip("/") for c in connectors.every()
}
"""Where each provider lives: an operator's setting, never a tenant's input."""

_broker = env.str("CELERY_BROKER_URL", default="filesystem://.run/broker")
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = broker(_broker, BASE_DIR)
CACHES = {"default": cache(_broker, BASE_DIR)}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "atsbridge.sync.tasks.tick", "schedule": SWEEP_SECONDS},
    "actions": {"task": "atsbridge.actions.tasks.tick", "schedule": SWEEP_SECONDS},
}
WHEN_ACTIVE = ("atsbridge.actions.tasks.go_on",)
"""The tasks to ring for a connection that has become active, besides its sync: what waited for that goes on."""
CELERY_BEAT_SCHEDULE_FILENAME = str(RUN_DIR / "beat")


# -- Logging: what happened and where, never what was sent -----------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "httpx": {"level": "WARNING"},  # its INFO lines hold whole addresses, queries included
        "celery.worker.strategy": {"level": "WARNING"},  # two lines for every bell; what was done stands in our rows
        "celery.app.trace": {"level": "WARNING"},
        "kombu.connection": {"level": "ERROR"},  # it warns that a folder has no host name
    },
}
