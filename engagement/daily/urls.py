from django.urls import path

from engagement.daily.views import runs
from engagement.daily.views_correcting import theme

urlpatterns = [
    path("", runs, name="daily-runs"),
    path("theme/<uuid:id>/", theme, name="theme-correct"),
]
