from django.urls import path

from moderation.intake.api import SubmissionDetail, SubmissionList

urlpatterns = [
    path("submissions/", SubmissionList.as_view(), name="submissions"),
    path("submissions/<uuid:id>/", SubmissionDetail.as_view(), name="submission"),
]
