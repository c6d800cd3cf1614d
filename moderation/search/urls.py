from django.urls import path, re_path

from moderation.search import views

urlpatterns = [
    path("", views.search, name="search"),
    path("submissions.csv", views.export, name="search-export"),
    re_path(r"^(?P<id>[0-9a-f-]{36})/trail\.(?P<kind>json|csv)$", views.trail, name="search-trail"),
    path("views/", views.keep, name="search-keep"),
    path("views/<uuid:id>/forget/", views.forget, name="search-forget"),
]
