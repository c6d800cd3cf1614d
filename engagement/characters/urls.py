from django.urls import path

from engagement.characters import views, views_second

urlpatterns = [
    path("", views.comments, name="comments-page"),
    path("counts/", views.counts, name="comments-counts"),
    path("send/", views.send, name="comments-send"),
    path("undo/", views.undo, name="comments-undo"),
    path("again/<uuid:id>/", views.again, name="comments-again"),
    path("by-hand/", views.by_hand, name="comments-by-hand"),
    path("picture/<uuid:id>/", views.Picture.as_view(), name="comments-picture"),
    path("history/", views.history, name="comments-history"),
    path("second/", views_second.second, name="comments-second"),
    path("second/send/", views_second.send, name="comments-second-send"),
    path("second/<uuid:id>/settle/", views_second.settle, name="comments-settle"),
]
