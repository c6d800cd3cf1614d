from django.urls import path

from moderation.comparing import views

urlpatterns = [
    path("", views.rechecks, name="rechecks"),
    path("again/", views.again, name="rechecks-again"),
    path("<uuid:id>/", views.answer, name="rechecks-answer"),
    path("<uuid:id>/skip/", views.skip, name="rechecks-skip"),
]
