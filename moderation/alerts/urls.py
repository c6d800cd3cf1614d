from django.urls import path

from moderation.alerts import views

urlpatterns = [
    path("", views.alerts, name="alerts"),
    path("<uuid:id>/", views.alert, name="alert"),
    path("<uuid:id>/close/", views.close, name="alert-close"),
    path("<uuid:id>/tell/", views.tell, name="alert-tell"),
    path("<uuid:id>/bulk/", views.order, name="alert-bulk"),
    path("bulks/<uuid:id>/undo/", views.undo, name="alert-undo"),
]
