from django.urls import path

from moderation.agreement import views, views_blind, views_lead

urlpatterns = [
    path("", views.agreement, name="agreement"),
    path("own/", views.own, name="agreement-own"),
    path("table/<slug:key>/", views.table, name="agreement-table"),
    path("second/", views_blind.second, name="agreement-second"),
    path("second/<uuid:id>/", views_blind.second_answer, name="agreement-second-answer"),
    path("second/<uuid:id>/skip/", views_blind.second_skip, name="agreement-second-skip"),
    path("month/", views_blind.month, name="agreement-month"),
    path("month/<uuid:id>/", views_blind.month_answer, name="agreement-month-answer"),
    path("month/draw/", views_lead.month_draw, name="agreement-month-draw"),
    path("differences/", views_lead.differences, name="agreement-differences"),
    path("differences/<uuid:id>/", views_lead.settle, name="agreement-settle"),
    path("known/", views_lead.known, name="agreement-known"),
    path("known/make/<uuid:id>/", views_lead.known_make, name="agreement-known-make"),
    path("known/<int:pk>/switch/", views_lead.known_switch, name="agreement-known-switch"),
]
