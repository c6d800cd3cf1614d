from django.urls import path

from moderation.authors import views

urlpatterns = [
    path("", views.authors, name="authors"),
    path("open/", views.open_line, name="author-open"),
    path("propose/", views.propose, name="author-propose"),
    path("<uuid:id>/", views.author, name="author"),
    path("of/<uuid:id>/", views.of_submission, name="author-of"),
    path("same/<uuid:id>/", views.same, name="author-same"),
    path("measures/<uuid:id>/", views.act, name="author-act"),
]
