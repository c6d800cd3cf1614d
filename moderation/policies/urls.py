from django.urls import path

from moderation.policies import views, views_drafts, views_training

urlpatterns = [
    path("", views.policies, name="policies"),
    path("reasons/<slug:code>/", views.reason, name="policy-reason"),
    path("versions/<int:version>/", views.policy, name="policy"),
    path("drafts/", views_drafts.begin, name="policy-begin"),
    path("drafts/<uuid:id>/", views_drafts.draft, name="policy-draft"),
    path("drafts/<uuid:id>/act/", views_drafts.act, name="policy-act"),
    path("drafts/<uuid:id>/<slug:code>/", views_drafts.change, name="policy-change"),
    path("training/", views_training.training, name="training"),
    path("training/again/", views_training.again, name="training-again"),
    path("training/<int:id>/", views_training.answer, name="training-answer"),
    path("training/from/<uuid:id>/", views_training.make, name="training-make"),
]
