from django.urls import path

from moderation.shifts import views

urlpatterns = [
    path("", views.shifts, name="shifts"),
    path("tables/<slug:key>.csv", views.table, name="shifts-table"),
]
