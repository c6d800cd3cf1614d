from django.urls import path

from engagement.novelty import views

urlpatterns = [
    path("", views.cards, name="new-themes"),
    path("history/", views.history, name="new-history"),
    path("undo/<int:id>/", views.undo, name="new-undo"),
    path("<int:id>/", views.decide, name="new-decide"),
]
