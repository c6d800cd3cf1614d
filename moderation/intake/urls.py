from django.urls import path

from moderation.intake.views import PartFile

urlpatterns = [
    path("<uuid:id>/<str:size>", PartFile.as_view(), name="part-file"),
]
