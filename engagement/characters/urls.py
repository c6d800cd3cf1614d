from django.urls import path

from engagement.characters import views

urlpatterns = [
    path("", views.comments, name="comments-page"),
    path("send/", views.send, name="comments-send"),
    path("undo/", views.undo, name="comments-undo"),
    path("again/<uuid:id>/", views.again, name="comments-again"),
    path("picture/<uuid:id>/", views.Picture.as_view(), name="comments-picture"),
    path("history/", views.history, name="comments-history"),
]
