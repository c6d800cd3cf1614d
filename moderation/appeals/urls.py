from django.urls import path

from moderation.appeals import views

urlpatterns = [
    path("", views.appeals, name="appeals"),
    path("rates/", views.rates, name="appeal-rates"),
    path("rates/<slug:key>.csv", views.rates_file, name="appeal-rates-file"),
    path("<uuid:id>/", views.appeal, name="appeal"),
    path("<uuid:id>/decide/", views.decide, name="appeal-decide"),
]
