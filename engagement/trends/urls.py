from django.urls import path

from engagement.trends import views

urlpatterns = [
    path("", views.trends, name="engagement"),
    path("tables/<slug:key>.csv", views.table, name="engagement-table"),
]
