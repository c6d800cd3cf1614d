from django.urls import path

from moderation.comparing.views_gallery import gallery

urlpatterns = [
    path("<slug:task>/disagreements/", gallery, name="models-disagreements"),
]
