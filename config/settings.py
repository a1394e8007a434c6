"""Everything Habeas can be told, read from the environment (and from a .env file beside manage.py, if there is one).

Safe by default: nothing secret has a default, and what is missing is named. docs/running.md explains each variable.
"""

import ipaddress
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.logs import logging_as

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
_env_file = env.str("ENV_FILE", default=str(BASE_DIR / ".env"))
if _env_file and Path(_env_file).is_file():
    env.read_env(_env_file)

# What this installation is

DEMO = env.bool("DEMO", default=False)
DEMO_DIR = Path(env.str("DEMO_DIR", default="") or BASE_DIR / "var" / "demo").resolve()
SITE_URL = env.str("SITE_URL").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
ORGANISATION_NAME = env.str("ORGANISATION_NAME", default="Habeas")
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")
CUSTODY_FRESH_DAYS = env.int("CUSTODY_FRESH_DAYS", default=90)
DEBUG = False

# Secrets

SECRET_KEY = env.str("SECRET_KEY")
SIGNING_KEYS = env.list("SIGNING_KEYS")  # Fernet keys that wrap each campaign's own; the first is the current one.

if not SITE_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("SITE_URL must be a whole address, such as https://habeas.example.")

# Who may ask

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
if any(host.startswith(("*", ".")) for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name each host exactly: '*' and leading dots are refused.")
TRUSTED_PROXIES = [ipaddress.ip_network(network) for network in env.list("TRUSTED_PROXIES", default=[])]
ADMIN_PATH = env.str("ADMIN_PATH", default="admin/").strip("/") + "/"
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []
if HTTPS and TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# What it is made of

INSTALLED_APPS = [
    "config.apps.HouseConfig",
    "cases",
    "campaigns",
    "django_countries",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "config.apps.StaffSiteConfig",
]
MIDDLEWARE = [
    "config.measuring.measure",
    "config.middleware.add_headers",
    "config.policy.PolicyOnce",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.refuse_what_cannot_be_read",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.speak_the_language_of_the_address",
    "config.read_only.refuse_writing_while_read_only",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.staff_access.guard_staff",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    },
]

# Where it remembers

DATABASES = {"default": env.db("DATABASE_URL")}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock when a transaction begins: web and worker wait for each other and never deadlock.
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON"
        ),
    }
else:
    _database["ENGINE"] = "config.postgresql"
    # A pool serves each process; its size is the number of threads gunicorn gives it, and one to spare.
    _database["CONN_MAX_AGE"] = 0
    _database["OPTIONS"] = {
        # Every statement here is short; compiling one that was estimated badly takes longer than running it.
        "options": "-c jit=off",
        **_database.get("OPTIONS", {}),
        # A pool that cannot connect tries again at the next request, and not after ever longer waits of its own.
        "pool": {
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL_SIZE", default=10),
            "timeout": env.float("DATABASE_POOL_WAIT", default=1.0),
            "reconnect_timeout": 0.5,
        },
        "connect_timeout": 2,
        # A machine that is gone says nothing; this is how long it may.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
    }
    if _patience := env.float("DATABASE_PATIENCE", default=0):
        from config.patience import connection_within

        _database["OPTIONS"]["pool"]["connection_class"] = connection_within(_patience)
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://habeas")}
if CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
    CACHES["default"]["BACKEND"] = "config.shared_cache.PatientRedisCache"
PAGE_CACHE_SECONDS = env.int("PAGE_CACHE_SECONDS", default=60)

# What it sends

_email = env.email("EMAIL_URL")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email.get("EMAIL_HOST", "")
EMAIL_PORT = _email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = _email.get("EMAIL_FILE_PATH") or None
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL")
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
if BOUNCE_ADDRESS and not 0 < len(BOUNCE_ADDRESS.partition("@")[0]) <= 20:
    raise ImproperlyConfigured(
        "BOUNCE_ADDRESS must be like bounces@habeas.example, with at most 20 letters before the @."
    )
MAIL_PROVIDERS = env.list("MAIL_PROVIDERS", default=[])
MAIL_HOOK_SECRET = env.str("MAIL_HOOK_SECRET", default="")
if MAIL_HOOK_SECRET and len(MAIL_HOOK_SECRET) < 32:
    raise ImproperlyConfigured("MAIL_HOOK_SECRET must have at least 32 characters.")
SENDING_PER_MINUTE = env.int("SENDING_PER_MINUTE", default=600)
SENDING_LINES = env.int("SENDING_LINES", default=3)
SIGNINGS_PER_NETWORK_PER_HOUR = env.int("SIGNINGS_PER_NETWORK_PER_HOUR", default=300)

# Staff sign in; nobody else does

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "config.accounts.StaffOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# A reset asked for an address we do not know sends nothing: nobody can make us write to strangers.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True  # Of a changed password and a changed second factor.
# Wrong passwords and wrong codes are counted in config/backoff.py, which makes each wait longer than the last.
ACCOUNT_RATE_LIMITS = {"login_failed": None}
PASSWORD_RESET_TIMEOUT = 60 * 60
MFA_ADAPTER = "config.accounts.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "config.code_forms.PatientAuthenticateForm",
    "reauthenticate": "config.code_forms.PatientReauthenticateForm",
    "add_webauthn": "config.code_forms.AddPasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO  # http://localhost, where browsers allow passkeys without HTTPS.
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = ORGANISATION_NAME
MFA_ALLOW_UNVERIFIED_EMAIL = True  # Accounts are made by staff, so nobody can lie in wait under another's address.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Cookies and headers: readers get no cookie, staff get one bound to this very host

_prefix = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_prefix}session"
CSRF_COOKIE_NAME = f"{_prefix}csrf"
LANGUAGE_COOKIE_NAME = f"{_prefix}language"
DEVICE_COOKIE_NAME = f"{_prefix}device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.forbidden"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Not "no-referrer": browsers would then send "Origin: null" with our own forms.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# Limits on what a request may bring

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

# Languages and time

USE_I18N = USE_TZ = True
USE_THOUSAND_SEPARATOR = True
# ISO 3166-1 gives Kosovo no code of its own; XK is the one in common use.
COUNTRIES_OVERRIDE = {"XK": _("Kosovo")}
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = "config.formats"  # Days and moments, language by language.

# Files

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default="") or BASE_DIR / "var" / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default="") or BASE_DIR / "var" / "media")
S3_BUCKET = env.str("S3_BUCKET", default="")
STORAGES: dict[str, dict] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if S3_BUCKET:
    # Nobody but the application reads the bucket: pictures have our own address, headers and rules.
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
            "region_name": env.str("S3_REGION", default="") or None,
            "access_key": env.str("S3_ACCESS_KEY", default="") or None,
            "secret_key": env.str("S3_SECRET_KEY", default="") or None,
            "default_acl": "private",
            "file_overwrite": False,
        },
    }

# What is kept for a bad day

BACKUP_KEY = env.str("BACKUP_KEY", default="")  # 32 bytes in base64, made like a key of SIGNING_KEYS.
SWITCH_DIR = env.str("SWITCH_DIR", default="")  # A file named like a kill switch throws it on this machine.

# What it says about itself: to stderr, without anything personal

LOG_FORMAT = env.str("LOG_FORMAT", default="line" if DEMO else "json")
LOG_REQUESTS = env.bool("LOG_REQUESTS", default=False)
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", default=500)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
try:
    LOGGING = logging_as(
        LOG_FORMAT,
        env.str("LOG_LEVEL", default="INFO"),
        {
            "django": "INFO",
            # An address that leads nowhere is the asker's business, and every robot's.
            "django.request": "ERROR",
            "django.server": "WARNING",
        },
    )
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from None
