from django.urls import path

from featurestore.privacy.views import privacy

urlpatterns = [path("", privacy, name="privacy")]
