from django.urls import path

from featurestore.overview import views

urlpatterns = [
    path("", views.features, name="features"),
    path("count/", views.count, name="features-count"),
    path("export/", views.export, name="features-export"),
    path("tables/<slug:key>.csv", views.table, name="features-table"),
]
