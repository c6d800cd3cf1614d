"""Every address. The only file here, beside the settings, that knows the rooms above."""

from importlib import import_module

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from brickmod.access import views as access
from brickmod.web import health, pages

# address -> the room's urls. A room whose pages are not there yet is passed over.
ROOMS = [
    ("desk/", "moderation.desk.urls"),
    ("flow/", "moderation.prefilter.urls"),
    ("parts/", "moderation.intake.urls"),
    ("api/v1/", "moderation.intake.api_urls"),
]


def _opens(room: str) -> bool:
    try:
        import_module(room)
    except ModuleNotFoundError:
        return False
    return True


urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("login/", access.LoginView.as_view(), name="login"),
    path("logout/", access.LogoutView.as_view(), name="logout"),
    path("password/", access.PasswordView.as_view(), name="password_change"),
    *(path(address, include(room)) for address, room in ROOMS if _opens(room)),
    # -- admin: one login page for everybody, with one lockout
    path("admin/login/", access.to_login),
    path("admin/logout/", access.LogoutView.as_view()),
    path("admin/password_change/", access.to_password),
    path("admin/", admin.site.urls),
    # -- for machines
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    re_path(r"^api/", pages.no_such_api),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error
