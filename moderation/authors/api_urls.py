from django.urls import path

from moderation.authors.api import Authors

urlpatterns = [path("authors/", Authors.as_view(), name="api-authors")]
