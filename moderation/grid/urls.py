from django.urls import path

from moderation.grid import views

urlpatterns = [
    path("", views.grid, name="grid"),
    path("<uuid:id>/beat/", views.beat, name="grid-beat"),
    path("<uuid:id>/press/", views.press, name="grid-press"),
    path("<uuid:id>/undo/", views.undo, name="grid-undo"),
    path("<uuid:id>/leave/", views.leave, name="grid-leave"),
]
