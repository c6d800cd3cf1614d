"""One file of settings. What differs between installations is read from the environment (brickmod/env.py)."""

import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from brickmod import database, env, files, schedule

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("BRICKMOD_VAR", BASE_DIR / "var"))
TESTING = "pytest" in sys.modules

DEBUG = env.boolean("DEBUG", False)
if not TESTING:
    env.recall(VAR / "run.env")
# No default: a key that everybody knows is none. `make run` and manage.py make one of their own in var/.
SECRET_KEY = env.text("SECRET_KEY", "only-for-tests" if TESTING else env.kept(VAR / "secret-key"))
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" + (",testserver" if TESTING else ""))
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "django_structlog",
    "axes",
    "csp",
    "brickmod.access",
    "brickmod.house",
    "brickmod.outbox",
    "brickmod.web",
    "brickmod.run",
    "featurestore",
    "featurestore.overview",
    "featurestore.heads",
    "featurestore.compare",
    "moderation.feedback",
    "moderation.detectors",
    "moderation.intake",
    "moderation.authors",
    "moderation.queues",
    "moderation.prefilter",
    "moderation.care",
    "moderation.restricted",
    "moderation.desk",
    "moderation.labelling",
    "moderation.agreement",
    "moderation.grid",
    "moderation.comparing",
    "moderation.appeals",
    "moderation.alerts",
    "moderation.policies",
    "moderation.shifts",
    "moderation.search",
    "moderation.demo",
    "engagement.creations",
    "engagement.characters",
    "engagement.daily",
    "engagement.value",
    "engagement.novelty",
    "engagement.trends",
    "engagement.cleaning",
    "engagement.demo",
    "engagement.themes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "brickmod.web.tongues.TongueMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "brickmod.urls"
WSGI_APPLICATION = "brickmod.wsgi.application"
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
                "csp.context_processors.nonce",
            ],
        },
    }
]

DATABASES = {"default": database.parse(env.text("DATABASE_URL", f"sqlite:///{VAR / 'brickmod.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- people and apps ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]
LOGIN_URL = reverse_lazy("login")
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = reverse_lazy("login")
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # or whoever knows a name could keep its owner out for ever
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
CSRF_FAILURE_VIEW = "brickmod.web.pages.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    # The admin's own scripts need more than our pages do; it is open to admins alone.
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}

# -- language, time, files ---------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("da", "dansk"), ("de", "Deutsch"), ("es", "español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "featurestore.overview.finders.PlotlyFinder",
]

STORAGES = files.storages(VAR, as_they_are=DEBUG or TESTING)
# The keys of its vault: in no database, and not beside what they open. Backed up apart, to where one can delete.
VAULT_KEYS_FOLDER = Path(env.text("VAULT_KEYS_FOLDER", VAR / "vault-keys"))
HOLD_DAYS = env.integer("HOLD_DAYS", 365, 1, 3650)  # how long it is kept; 18 USC 2258A(h) says a year
REPORT_HOURS = env.integer("REPORT_HOURS", 24, 1, 720)  # by when it should be reported

MAX_PICTURE_BYTES = env.integer("MAX_PICTURE_MB", 10, 1, 200) * 1_000_000
MAX_VIDEO_BYTES = env.integer("MAX_VIDEO_MB", 100, 1, 2000) * 1_000_000
MAX_PIXELS = 50_000_000
MAX_PARTS = 12
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 12_000_000  # a picture stays in memory; a video goes to a temporary file

# -- broker and workers ------------------------------------------------------------------------------------------
BROKER_URL = env.text("BROKER_URL", "redis://127.0.0.1:6390/0")
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A process of the pool loads its models before it says that it is up; after the default of 4 s it would be killed.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 90.0
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# The database is the queue that counts: a publish that fails is not retried here, the sweep sends it again.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    # Without these two a task of a killed worker is looked for only every 100 s.
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    # A publish without a broker gives up at once, not after 6 s: an upload waits for it; the sweep announces later.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TASK_DEFAULT_QUEUE = "chores"
CELERY_TASK_ROUTES = {"moderation.prefilter.*": {"queue": "prefilter"}, "brickmod.outbox.*": {"queue": "delivery"}}
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_TASK_TIME_LIMIT = 60
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = schedule.BEAT

# -- answers -----------------------------------------------------------------------------------------------------
# Webhooks go to the public internet by https alone. On one's own machine the receiver is there too.
WEBHOOK_ALLOW_PRIVATE = env.boolean(
    "WEBHOOK_ALLOW_PRIVATE", urlsplit(SITE_URL).hostname in {"localhost", "127.0.0.1", "::1"}
)

# -- models ------------------------------------------------------------------------------------------------------
MODELS_DIR = Path(env.text("MODELS_DIR", VAR / "models"))
IMAGE_ENCODER = env.text("IMAGE_ENCODER", "efficientnet-lite2")  # or a local folder, or a hub's model id
TEXT_ENCODER = env.text("TEXT_ENCODER", "multilingual-e5-small")
MODEL_RECIPES = [  # what `manage.py prepare_models` makes
    "featurestore.encoders.recipes.IMAGE",
    "featurestore.encoders.recipes.TEXT",
    "featurestore.encoders.recipes.SUBJECT",
    "moderation.detectors.face.recipe.CENTERFACE",
    "moderation.detectors.nudity.recipe.NUDITY",
]
# A transformers folder (safetensors) whose language model words comments; without one, templates do.
COMMENT_MODEL = env.text("COMMENT_MODEL", "")
if COMMENT_MODEL:
    CELERY_BEAT_SCHEDULE["word drafts"] = {
        "task": "engagement.characters.reword",
        "schedule": 120.0,
        "options": {"queue": "training", "expires": 110},
    }
# What `manage.py evaluate` measures beside detectors: a room above the prefilter brings its own way.
EVALUATORS = ["engagement.themes.evaluating.ThemeEvaluator", "moderation.prefilter.evaluating_spans.SpanEvaluator"]
# Heads that are no ONNX on one vector are read by their room: task -> a function of the row.
HEAD_READERS = {"theme": "engagement.themes.registered.read"}
THEME_HEADS = Path(env.text("THEME_HEADS", VAR / "themes"))  # heads that were trained here; without them those shipped
MLFLOW_TRACKING_URI = env.text("MLFLOW_TRACKING_URI", "http://127.0.0.1:6391")
MLFLOW_TRACKING_TOKEN = env.text("MLFLOW_TRACKING_TOKEN", "")
MLFLOW_TRACKING_USERNAME = env.text("MLFLOW_TRACKING_USERNAME", "")
MLFLOW_TRACKING_PASSWORD = env.text("MLFLOW_TRACKING_PASSWORD", "")
# Promoting needs a second person's yes.
PROMOTION_SECOND_PERSON = env.boolean("PROMOTION_SECOND_PERSON", False)
# A new challenger takes the place of the oldest when all three are taken; otherwise it is kept and not deployed.
REPLACE_OLDEST_CHALLENGER = env.boolean("REPLACE_OLDEST_CHALLENGER", True)

# -- feature store -----------------------------------------------------------------------------------------------
FEATURESTORE = env.choice("FEATURESTORE", "database", ("database", "segments", "dynamodb"))
SEGMENTS_URL = env.text("SEGMENTS_URL", VAR / "segments")  # a folder, or what fsspec knows: s3://, az://, gcs://
SEGMENTS_CACHE = Path(env.text("SEGMENTS_CACHE", VAR / "segments-cache"))  # where what lies behind a URL is copied to
SEGMENTS_S3_ENDPOINT = env.text("SEGMENTS_S3_ENDPOINT", "")
SEGMENT_ROWS = 262_144
DYNAMODB_TABLE = env.text("DYNAMODB_TABLE", "brickmod-features")
DYNAMODB_ENDPOINT = env.text("DYNAMODB_ENDPOINT", "")
DYNAMODB_REGION = env.text("DYNAMODB_REGION", "eu-central-1")

# -- pointer data sets -------------------------------------------------------------------------------------------
POINTER_HOSTS = env.words("POINTER_HOSTS", "")  # the only hosts that pictures of a manifest are fetched from
POINTER_ALLOW_PRIVATE = env.boolean("POINTER_ALLOW_PRIVATE", False)  # such a host may lie in our own network

# What is done to a vector before it is stored; docs/privacy.md says what each is worth and what it costs.
FEATURE_HIDING = env.choice("FEATURE_HIDING", "none", ("none", "projection", "noise"))
FEATURE_NOISE = env.integer("FEATURE_NOISE", 256, 1, 1000)  # length of the noise, in lengths of the vector
PRIVACY_FOLDER = VAR / "privacy"  # where the report lies
PRIVACY_SAMPLES = "moderation.demo.privacy.samples"  # public pictures and texts for prepare_hiding and privacy_report

# -- moderation --------------------------------------------------------------------------------------------------
REVIEW_MINUTES = env.integer("REVIEW_MINUTES", 15, 1, 24 * 60)
UNDO_SECONDS = env.integer("UNDO_SECONDS", 10, 0, 300)
CLAIM_LEASE_SECONDS = 120
LINK_HOURS = env.integer("LINK_HOURS", 24, 1, 24 * 30)  # how long a feature can be traced to its submission
# Where the keys of those links lie, outside the database and outside every backup. Several machines share the folder.
KEYS_FOLDER = Path(env.text("KEYS_FOLDER", VAR / "keys"))
WAIT_SLOTS = env.integer("WAIT_SLOTS", 24, 1, 500)  # callers of one web process that may wait for a verdict at once
AUDIT_SHARE = 0.02
# How far people agree (docs/agreement.md): of decisions, drawn for a blind second one; of what comes to the desk, known
# cases between; and how many all decide on once a month.
SECOND_DECISION_PERCENT = env.integer("SECOND_DECISION_PERCENT", 5, 0, 100)
KNOWN_PERCENT = env.integer("KNOWN_PERCENT", 2, 0, 50)
CALIBRATION_SIZE = env.integer("CALIBRATION_SIZE", 20, 5, 200)
# Of what the prefilter rejected while a challenger looked too, people see again: what the heads agree on, and what they
# do not, with these chances, and about so many a day (docs/fair-labels.md).
RECHECK_AGREED = 0.05
RECHECK_DISPUTED = 1.0
RECHECKS_A_DAY = env.integer("RECHECKS_A_DAY", 200, 0, 100_000)

# -- engagement --------------------------------------------------------------------------------------------------
SECOND_LOOK_PERCENT = env.integer("SECOND_LOOK_PERCENT", 5, 0, 100)  # of decided drafts: a second engager looks too
HOLD_OUT_PERCENT = env.integer("HOLD_OUT_PERCENT", 5, 0, 50)  # of authors, who hear nothing of characters

# -- watching ----------------------------------------------------------------------------------------------------
METRICS_TOKEN = env.text("METRICS_TOKEN", "")  # who sends it as a bearer token may read /metrics from elsewhere
MODELS_URL = env.text("MODELS_URL", MLFLOW_TRACKING_URI if MLFLOW_TRACKING_URI.startswith("http") else "")

# -- API ---------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["brickmod.access.api_keys.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["brickmod.access.permissions.IsCallingApp"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "brickmod.web.problem.handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "multipart",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "BrickMod",
    "VERSION": "1",
    "DESCRIPTION": "Send in what children upload; get back what may be shown, and what to tell the child.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

UNFOLD = {
    "SITE_TITLE": "BrickMod",
    "SITE_HEADER": "BrickMod",
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SITE_ICON": lambda request: static("img/mark.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/mark.svg")}],
    "BORDER_RADIUS": "6px",
    # The same grounds and the same accent as static/css/tokens.css.
    "COLORS": {
        "base": {
            "50": "#faf9f7",
            "100": "#f1f0ec",
            "200": "#e2e0da",
            "300": "#cfccc4",
            "400": "#a2a7ae",
            "500": "#666a71",
            "600": "#565a61",
            "700": "#3f4349",
            "800": "#2a2d31",
            "900": "#1b1d20",
            "950": "#131416",
        },
        "primary": {
            "50": "#eff5fc",
            "100": "#e1ebf7",
            "200": "#c3d8f0",
            "300": "#98bde6",
            "400": "#86b6f0",
            "500": "#5b95d8",
            "600": "#1b5aa1",
            "700": "#154a87",
            "800": "#143e6e",
            "900": "#15345a",
            "950": "#0e223b",
        },
    },
    "SIDEBAR": {"show_search": True, "navigation": "brickmod.access.sidebar.navigation"},
}

from brickmod.web.logs import LOGGING  # noqa: E402  (configures structlog once the settings above are known)

if not DEBUG and not TESTING and len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 32 characters.")

__all__ = ["LOGGING"]
