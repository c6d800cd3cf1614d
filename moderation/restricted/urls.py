from django.urls import path

from moderation.restricted import views

urlpatterns = [
    path("", views.cases, name="restricted"),
    path("<uuid:id>/", views.case, name="restricted-case"),
    path("<uuid:id>/ask/", views.ask, name="restricted-ask"),
    path("<uuid:id>/agree/", views.agree, name="restricted-agree"),
    path("<uuid:id>/report/", views.report, name="restricted-report"),
    path("<uuid:id>/prolong/", views.prolong, name="restricted-prolong"),
    path("<uuid:id>/again/", views.again, name="restricted-again"),
    path("<uuid:id>/content/", views.content, name="restricted-content"),
    path("<uuid:id>/file/<int:number>/", views.file, name="restricted-file"),
]
