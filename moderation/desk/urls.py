from django.urls import path

from moderation.desk import views, views_queue

urlpatterns = [
    path("", views.desk, name="desk"),
    path("next/", views.next_one, name="desk-next"),
    path("renew/", views.renew, name="desk-renew"),
    path("release/", views.release, name="desk-release"),
    path("queue/", views_queue.queue, name="desk-queue"),
    path("s/<uuid:id>/", views.submission, name="desk-submission"),
    path("s/<uuid:id>/decide/", views.decide, name="desk-decide"),
    path("s/<uuid:id>/skip/", views.skip, name="desk-skip"),
    path("decisions/<uuid:id>/undo/", views.undo, name="desk-undo"),
]
