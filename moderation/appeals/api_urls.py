from django.urls import path

from moderation.appeals.api import AppealDetail, AppealList

urlpatterns = [
    path("appeals/", AppealList.as_view(), name="api-appeals"),
    path("appeals/<uuid:id>/", AppealDetail.as_view(), name="api-appeal"),
]
