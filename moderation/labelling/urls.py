from django.urls import path

from moderation.labelling import views

urlpatterns = [
    path("", views.labels, name="labels"),
    path("undo/", views.undo, name="labels-undo"),
    path("parts/<uuid:id>/", views.Preview.as_view(), name="labels-part"),
    path("<slug:task>/", views.grid, name="labels-grid"),
]
