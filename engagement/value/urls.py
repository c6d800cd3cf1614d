from django.urls import path

from engagement.value.views import value

urlpatterns = [path("", value, name="value")]
