from django.urls import path

from moderation.care import views

urlpatterns = [
    path("me/", views.me, name="desk-me"),
    path("comfort/", views.comfort, name="desk-comfort"),
]
