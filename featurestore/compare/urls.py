from django.urls import path

from featurestore.compare import views, views_acting, views_history, views_thresholds, views_training

urlpatterns = [
    path("", views.models, name="models"),
    path("<slug:task>/", views.compare, name="models-compare"),
    path("<slug:task>/tables/<slug:key>.csv", views.table, name="models-table"),
    path("<slug:task>/costs/", views.costs, name="models-costs"),
    path("<slug:task>/thresholds/", views_thresholds.thresholds, name="models-thresholds"),
    path("<slug:task>/thresholds/apply/", views_thresholds.apply, name="models-apply"),
    path("<slug:task>/training/", views_training.training, name="models-training"),
    path("<slug:task>/training/run/", views_training.run, name="models-run"),
    path("<slug:task>/training/start/", views_training.start, name="models-train"),
    path("<slug:task>/training/policy/", views_training.policy, name="models-policy"),
    path("<slug:task>/history/", views_history.history, name="models-history"),
    path("<slug:task>/versions/<str:version>/", views_history.version, name="models-version"),
    path("<slug:task>/versions/<str:version>/<slug:verb>/", views_acting.act, name="models-act"),
    path("<slug:task>/roll-back/", views_acting.roll_back, name="models-roll-back"),
    path("<slug:task>/done/<int:id>/", views_acting.receipt, name="models-receipt"),
    path("<slug:task>/done/<int:id>/undo/", views_acting.undo, name="models-undo"),
    path("<slug:task>/asked/<int:id>/", views_acting.asked, name="models-asked"),
]
