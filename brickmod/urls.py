"""Every address. The only file here, beside the settings, that knows the rooms above."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from brickmod.access import views as access
from brickmod.web import health, pages, tongues

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("login/", access.LoginView.as_view(), name="login"),
    path("logout/", access.LogoutView.as_view(), name="logout"),
    path("password/", access.PasswordView.as_view(), name="password_change"),
    path("language/", tongues.choose, name="language"),
    path("words/<slug:language>/<slug:version>.js", tongues.words, name="words"),
    # -- rooms
    path("desk/", include("moderation.care.urls")),
    path("desk/grid/", include("moderation.grid.urls")),
    path("desk/", include("moderation.desk.urls")),
    path("agreement/", include("moderation.agreement.urls")),
    path("setup/", include("moderation.setup.urls")),
    path("search/", include("moderation.search.urls")),
    path("restricted/", include("moderation.restricted.urls")),
    path("rechecks/", include("moderation.comparing.rechecks_urls")),
    path("authors/", include("moderation.authors.urls")),
    path("alerts/", include("moderation.alerts.urls")),
    path("appeals/", include("moderation.appeals.urls")),
    path("shifts/", include("moderation.shifts.urls")),
    path("policies/", include("moderation.policies.urls")),
    path("flow/", include("moderation.prefilter.urls")),
    path("labels/", include("moderation.labelling.urls")),
    path("features/", include("featurestore.overview.urls")),
    path("models/", include("moderation.comparing.urls")),
    path("models/", include("featurestore.compare.urls")),
    path("parts/", include("moderation.intake.urls")),
    path("comments/", include("engagement.characters.urls")),
    path("daily/", include("engagement.daily.urls")),
    path("themes/", include("engagement.cleaning.urls")),
    path("value/", include("engagement.value.urls")),
    path("new/", include("engagement.novelty.urls")),
    path("engagement/", include("engagement.trends.urls")),
    path("privacy/", include("featurestore.privacy.urls")),
    # -- admin: one login page for everybody, with one lockout
    path("admin/login/", access.to_login),
    path("admin/logout/", access.LogoutView.as_view()),
    path("admin/password_change/", access.to_password),
    path("admin/", admin.site.urls),
    # -- for machines
    path("api/v1/", include("moderation.intake.api_urls")),
    path("api/v1/", include("moderation.authors.api_urls")),
    path("api/v1/", include("moderation.appeals.api_urls")),
    path("api/v1/", include("engagement.creations.api_urls")),
    path("api/v1/", include("engagement.characters.api_urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"^api/", pages.no_such_api),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error
