from django.urls import path

from engagement.creations.api import CreationDetail, CreationList

urlpatterns = [
    path("creations/", CreationList.as_view(), name="creations"),
    # An app's own id may hold anything, slashes too.
    path("creations/<path:external_id>/", CreationDetail.as_view(), name="creation"),
]
