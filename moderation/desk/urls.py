from django.urls import path

from moderation.desk import views, views_look, views_passing, views_queue, views_tour

urlpatterns = [
    path("", views.desk, name="desk"),
    path("next/", views.next_one, name="desk-next"),
    path("renew/", views.renew, name="desk-renew"),
    path("release/", views.release, name="desk-release"),
    path("queue/", views_queue.queue, name="desk-queue"),
    path("s/<uuid:id>/", views_look.submission, name="desk-submission"),
    path("s/<uuid:id>/decide/", views.decide, name="desk-decide"),
    path("s/<uuid:id>/skip/", views_passing.skip, name="desk-skip"),
    path("decisions/<uuid:id>/undo/", views.undo, name="desk-undo"),
    path("s/<uuid:id>/later/", views_passing.later, name="desk-later"),
    path("s/<uuid:id>/pass/", views_passing.pass_on, name="desk-pass"),
    path("s/<uuid:id>/restrict/", views_passing.hide, name="desk-restrict"),
    path("s/<uuid:id>/preview/", views_look.preview, name="desk-preview"),
    path("decisions/<uuid:id>/reverse/", views_look.reverse_it, name="desk-reverse"),
    path("tour/", views_tour.tour, name="desk-tour"),
    path("keys/", views_look.keys, name="desk-own-keys"),
]
