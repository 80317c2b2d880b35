"""Settings of Django: read from the environment only, once, by the strict readers of kith.env."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP

from kith import env
from kith.core import address, database, home, logs, mail, sealing_keys

SOURCE = Path(__file__).resolve().parent
DATA = home.data_folder()
PROCESS = env.one_of(
    "KITH_PROCESS", ("web", "worker", "command"), "command", "What this process is; the commands set it themselves."
)
DEBUG = env.flag("KITH_DEBUG", False, "Show tracebacks in the browser; only on a developer's machine.")
SECRET_KEY = home.secret_key(DATA)
SEALING_KEYS = sealing_keys.given()  # those of the data folder when empty: see core.sealing

# Addresses
HOST, PORT, BASE_URL, FILES_URL = address.host(), address.port(), address.base_url(), address.files_url()
SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = list(
    env.words(
        "ALLOWED_HOSTS",
        (urlsplit(BASE_URL).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"),
        "Exact host names that are answered; others get 400.",
        shown="the host of BASE_URL and localhost",
    )
)
if FILES_URL:
    ALLOWED_HOSTS.append(urlsplit(FILES_URL).hostname or "")
if any(host.startswith((".", "*")) for host in ALLOWED_HOSTS):
    raise env.BadSetting("ALLOWED_HOSTS: name each host exactly; * and a leading dot are not accepted.")
CSRF_TRUSTED_ORIGINS = list(
    env.words("CSRF_TRUSTED_ORIGINS", (BASE_URL,), "Origins that may post forms.", shown="BASE_URL")
)
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, "How many proxies of yours stand in front of Kith.", high=5)
USE_X_FORWARDED_HOST = False
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The house
INSTALLED_APPS = [
    "kith.core.apps.ContentTypes",
    "kith.core.apps.Auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "kith.core.apps.CoreConfig",
    "kith.access",
    "kith.audit",
    "kith.people",
    "kith.processes",
    "kith.distribution",
    "kith.objects",
    "kith.parties",
    "kith.catalogue",
    "kith.marketing",
    "kith.sales",
    "kith.activities",
    "kith.privacy",
]
MIDDLEWARE = [
    "kith.core.middleware.request_id",
    "kith.core.middleware.door",
    # These come before all that answer by themselves, so that every answer has their headers.
    "kith.core.middleware.safe_headers",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "kith.core.file_links.second_host",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kith.core.gate.gate",
    "kith.core.clock_floor.shared",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kith.core.middleware.session_age",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kith.core.middleware.personal",
    "kith.access.signin.LoginRequired",
    "kith.access.streams.ending",
]
if env.flag("KITH_TIMING", False, "Answer with Server-Timing: what a request cost; for developers and `kith bench`."):
    MIDDLEWARE.insert(0, "kith.core.timing.timing")
if database.replica_url():
    MIDDLEWARE.append("kith.core.replica.Reading")  # after all that finds out who asks and whether they may
ROOT_URLCONF = "kith.urls"
WSGI_APPLICATION = "kith.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "OPTIONS": {
            "environment": "kith.core.ui.jinja.environment",
            "context_processors": ["django.template.context_processors.csp", "kith.core.ui.shell.shell"],
        },
    }
]

# Data
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
THREADS = env.number("KITH_THREADS", 4, "Requests that one web process serves at once.", low=1, high=64)
LINE = env.number("KITH_LINE", 32, "Requests that may wait in one web process; more are told to come again.", high=1000)
WORKERS = env.number("WEB_CONCURRENCY", 2, "Web processes.", low=1, high=64)
REPORTS = env.number(
    "KITH_REPORTS", max(1, (os.cpu_count() or 2) // 2), "Reports that are worked out at once; others wait.", low=1, high=64, shown="half of the processors",
)  # fmt: skip
REPORTS_NICE = env.number(
    "KITH_REPORTS_NICE", 10, "How far reports step back behind other work in the embedded database; 0 where other programs need this machine, too.", low=0, high=19,
)  # fmt: skip
JOBS_AT_ONCE = env.number("KITH_JOBS", 2, "Jobs that one worker does at once.", low=1, high=32)
DATABASES = database.databases(PROCESS, JOBS_AT_ONCE if PROCESS == "worker" else THREADS)
# Nothing shared lives in the cache: throttles, sessions and jobs are rows of PostgreSQL.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
MEDIA_ROOT = DATA / "files"
MAX_UPLOAD_MB = env.number("MAX_UPLOAD_MB", 25, "Largest file that may be attached, in megabytes.", low=1, high=2048)
DATA_UPLOAD_MAX_NUMBER_FIELDS = (
    10_000  # a field of 200 choices sends five values for each, a layout several for each field
)

# People
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["kith.access.backend.Backend"]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 12 * 3600  # without any request
SESSION_MOST_AGE = 7 * 24 * 3600  # since login
SESSION_COOKIE_NAME = "__Host-kith" if SECURE else "kith_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = True

# Safety
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:", *filter(None, [FILES_URL])],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_SSL_REDIRECT = SECURE and TRUSTED_PROXIES > 0
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Whether all names below the own one speak https too is for those who run them to say, at their proxy (W005, W021).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# Languages
LANGUAGE_COOKIE_NAME = "__Host-kith-language" if SECURE else "django_language"
LANGUAGE_CODE = env.one_of("KITH_LANGUAGE", ("en", "ru", "zh-hans"), "en", "Language where a reader states none.")
LANGUAGES = [("en", "English"), ("ru", "Русский"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [SOURCE / "locale"]
TIME_ZONE = env.text("TIME_ZONE", "UTC", "Time zone where a reader states none, such as Europe/Moscow.")
USE_TZ = True

KITH_COUNTRY = env.text("KITH_COUNTRY", "DE", "Country (ISO code) in which phone numbers without + are read.").upper()
KITH_CURRENCY = env.text("KITH_CURRENCY", "EUR", "Base currency (ISO code).").upper()
KITH_WEEK_START = env.one_of(
    "KITH_WEEK_START", ("monday", "saturday", "sunday"), "monday", "The day that weeks begin on."
)
ACCESS_VIA_TASK = env.flag(
    "ACCESS_VIA_TASK", True, "Whether an open task on a record lets its assignee read the record."
)
KITH_COMPANY = env.text("KITH_COMPANY", "Kith", "Name of the own company, shown at the top of the navigation.")

# Files of the pages
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
HASHED = PROCESS != "command" and not DEBUG
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not HASHED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT}},
    "staticfiles": {
        "BACKEND": "kith.core.ui.storage.HashedFiles"
        if HASHED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Mail
MAILERS = {"default": mail.mailer(DATA)}
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "kith@localhost", "Sender of the mails of Kith itself.")

LOGGING = logs.configuration(
    level=env.one_of("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO", "Least level that is logged."),
    style=env.one_of("LOG_FORMAT", ("json", "text"), "json", "JSON lines for a log collector, or text for eyes."),
)
