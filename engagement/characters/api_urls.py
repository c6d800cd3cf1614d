from django.urls import path

from engagement.characters.api import CommentList, LikeList, OptOutDetail, OptOuts

urlpatterns = [
    path("comments/", CommentList.as_view(), name="comments"),
    path("likes/", LikeList.as_view(), name="likes"),
    path("opt-outs/", OptOuts.as_view(), name="opt-outs"),
    path("opt-outs/<path:author>/", OptOutDetail.as_view(), name="opt-out"),
]
