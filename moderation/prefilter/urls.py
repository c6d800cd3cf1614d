from django.urls import path

from moderation.prefilter.views import flow

urlpatterns = [path("", flow, name="flow")]
