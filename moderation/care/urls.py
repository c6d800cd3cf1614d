from django.urls import path

from moderation.care import views

urlpatterns = [
    path("comfort/", views.comfort, name="desk-comfort"),
]
