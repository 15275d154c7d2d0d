"""Settings.  Everything an installation may set is an environment variable; ``docs/operations.md`` lists them."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF
from environs import Env, validate

from huying.kernel.scratch import memory_folder

env = Env()
HOME = Path(env.str("HUYING_HOME", "var")).resolve()
env.read_env(str(HOME / "huying.env"), recurse=False)

DEBUG = False
HUYING_HOME = HOME
HUYING_KEYS = env.path("HUYING_KEYS", HOME / "keys" / "huying-keys.json")
HUYING_FILES = env.path("HUYING_FILES", HOME / "files")
HUYING_FONTS = env.path("HUYING_FONTS", HOME / "fonts")
HUYING_CIPHER = env.str("HUYING_CIPHER", "aes")  # or sm4
HUYING_DIGEST = env.str("HUYING_DIGEST", "sha256", validate=validate.OneOf(["sha256", "sm3"]))  # of the trail
HUYING_ANCHORS = env.str("HUYING_ANCHORS", "")  # a folder elsewhere that takes a file of anchors every day
HUYING_ARGON = {"time": env.int("HUYING_ARGON_TIME", 2), "memory_kib": env.int("HUYING_ARGON_KIB", 19_456)}
HUYING_BASE_URL = env.str("HUYING_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
HUYING_WORK_BITS = env.int(
    "HUYING_WORK_BITS", 11
)  # of each of a puzzle's eight parts: 16,000 hashes, half a second on a slow phone
HUYING_CLAMD = env.str("HUYING_CLAMD", "")
HUYING_DEMO = env.bool("HUYING_DEMO", False)
HUYING_METRICS_TOKEN = env.str("HUYING_METRICS_TOKEN", "")  # without one /metrics does not exist
HUYING_METRICS_FROM = env.list("HUYING_METRICS_FROM", ["127.0.0.1", "::1"])


def _secret() -> str:
    """The framework's signing key: from the environment, else from a file beside the keys."""
    if value := env.str("HUYING_SECRET", ""):
        return value
    path = HUYING_KEYS.parent / "secret"
    return path.read_text().strip() if path.exists() else ""


SECRET_KEY = _secret() or "not-initialised"  # `huying check` and `serve` refuse this value
ALLOWED_HOSTS = env.list("HUYING_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
SECURE = HUYING_BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [HUYING_BASE_URL]

INSTALLED_APPS = [
    "huying.kernel",
    "huying.trail",
    "huying.org",
    "huying.mechanism",
    "huying.papers",
    "huying.files",
    "huying.notices",
    "huying.privacy",
    "huying.cases",
    "huying.intake",
    "huying.climb",
    "huying.fieldwork",
    "huying.alerts",
    "huying.promises",
    "huying.handling",
    "huying.meetings",
    "huying.feedback",
    "huying.ledger",
    "huying.duties",
    "huying.oversight",
    "huying.desk",
    "huying.public",
    "huying.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "treebeard",
    "django_cotton",
    "django_htmx",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "django_structlog",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "huying.site.middleware.Meter",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "huying.site.middleware.Headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "huying.site.middleware.Sessions",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "huying.site.middleware.Actors",
    "huying.site.middleware.Refusals",
]

ROOT_URLCONF = "huying.site.urls"
WSGI_APPLICATION = "huying.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "huying.site.context.page",
                "huying.desk.reads.frame",
            ],
            "builtins": ["huying.kernel.templatetags.huying"],
        },
    }
]
COTTON_DIR = "cotton"

# stack.md, Databases: Django's defaults lost 42-75 % of concurrent read-then-write transactions on SQLite.
_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA busy_timeout=20000;"
        "PRAGMA cache_size=-32000;PRAGMA temp_store=MEMORY;PRAGMA secure_delete=ON;"  # what is erased leaves no freed page
    ),
}
DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{HOME / 'huying.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = _SQLITE
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # PgBouncer in transaction mode: no server-side cursors, no prepared statements kept.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    # A server that does not answer is given up after seconds, not minutes: people are told, and the threads are free.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)

# Counters of tries and marks of what was used: one table for all web processes; org.jobs removes what has served its time.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "huying_kept",
        "OPTIONS": {"MAX_ENTRIES": 200_000, "CULL_FREQUENCY": 20},
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "files"]}}

AUTH_USER_MODEL = "org.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "huying.site.accounts.OwnWords"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_FORMS = {"login": "huying.site.accounts.SignIn"}
ACCOUNT_ADAPTER = "huying.site.accounts.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# A one-time password lives so many days: an installation's own affair, since whoever types it is nobody's yet.
HUYING_ONE_TIME_DAYS = env.int("HUYING_ONE_TIME_DAYS", 7)
HUYING_LOCK_TRIES = env.int("HUYING_LOCK_TRIES", 5)
HUYING_LOCK_MINUTES = env.int("HUYING_LOCK_MINUTES", 15)
HUYING_TRIES = f"{HUYING_LOCK_TRIES}/{HUYING_LOCK_MINUTES}m/key"
# Many people of one hall share an address, so it may fail more often than an account.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": f"{10 * HUYING_LOCK_TRIES}/{HUYING_LOCK_MINUTES}m/ip,{HUYING_TRIES}",
}
ALLAUTH_RATE_LIMIT_IPV6_PREFIX = 128  # the "address" is a mark already

MFA_ADAPTER = "huying.site.accounts.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {"authenticate": "huying.site.accounts.Code", "reauthenticate": "huying.site.accounts.CodeAgain"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "呼应"
MFA_TOTP_TOLERANCE = 1

# Single sign-on: the button is there when an issuer is named.  docs/operations.md says what each is.
HUYING_OIDC = {
    "issuer": env.str("HUYING_OIDC_ISSUER", "").rstrip("/"),
    "client": env.str("HUYING_OIDC_CLIENT_ID", ""),
    "secret": env.str("HUYING_OIDC_CLIENT_SECRET", ""),
    "claim": env.str("HUYING_OIDC_CLAIM", "preferred_username"),
    "name": env.str("HUYING_OIDC_NAME", "单位统一登录"),
}
SOCIALACCOUNT_ADAPTER = "huying.site.sso.Adapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"provider_class": "huying.site.sso.Provider", "OAUTH_PKCE_ENABLED": True}}

SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
HUYING_IDLE_MINUTES = env.int("HUYING_IDLE_MINUTES", 30)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
if SECURE:  # no other host of the domain can plant such a cookie
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-huying", "__Host-csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "huying.site.views.csrf_failure"
SECURE_SSL_REDIRECT = SECURE and env.bool("HUYING_SSL_REDIRECT", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("HUYING_BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" makes browsers send "Origin: null", which the CSRF check refuses
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # browsers follow a form's redirect only to where a form may go
        "form-action": [SELF, *([HUYING_OIDC["issuer"]] if HUYING_OIDC["issuer"] else [])],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# What arrives lies in the clear until it is sealed: in memory where the system offers that, so that no disk keeps a trace.
HUYING_SCRATCH = env.str("HUYING_SCRATCH", memory_folder())
FILE_UPLOAD_TEMP_DIR = HUYING_SCRATCH or None
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

vars().update(env.dj_email_url("HUYING_MAIL", "dummy://"))  # EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT, ...
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("HUYING_MAIL_FROM", "huying@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "huying.site.logs.formatter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json"},
        "kept": {"()": "huying.site.logs.keeper"},
    },
    "root": {"handlers": ["console", "kept"], "level": env.str("HUYING_LOG", "WARNING")},
    "loggers": {"django.request": {"level": "ERROR"}, "django_structlog": {"level": "ERROR"}},
}
