from django.urls import path

from engagement.daily.views import runs

urlpatterns = [path("", runs, name="daily-runs")]
