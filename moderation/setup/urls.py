from django.urls import path

from moderation.setup import views

urlpatterns = [path("", views.setup, name="setup")]
