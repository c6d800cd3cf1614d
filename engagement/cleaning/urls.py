from django.urls import path

from engagement.cleaning import views

urlpatterns = [
    path("", views.rounds, name="cleaning"),
    path("begin/", views.begin, name="cleaning-begin"),
    path("functions/", views.label_functions, name="cleaning-functions"),
    path("undo/", views.undo, name="cleaning-undo"),
    path("<slug:which>/", views.grid, name="cleaning-grid"),
]
