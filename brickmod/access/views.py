"""Coming in, going out, a new password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from brickmod.access import audit
from brickmod.access.models import User, Verb


class LoginView(auth.LoginView):
    """`?next=` leads only to pages of this house; Django gives the session a new id; axes counts the failures."""

    template_name = "registration/login.html"
    redirect_authenticated_user = True


class LogoutView(auth.LogoutView):
    """POST only, or any picture on any page could log people out."""

    http_method_names = ["post", "options"]


class PasswordView(auth.PasswordChangeView):
    """Other sessions of this person end with the old password."""

    template_name = "registration/password.html"
    success_url = reverse_lazy("home")

    @method_decorator(login_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            user = self.request.user
            assert isinstance(user, User)
            audit.record(Verb.PASSWORD, "user", user.pk, user=user)
        messages.success(self.request, _("Your password is changed. Other devices are logged out."))
        return response


def to_login(request: HttpRequest) -> HttpResponse:
    """The admin's own login page would know no lockout page and no trail of ours."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied(_("Only an admin opens these pages."))
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{resolve_url('login')}{'?' if query else ''}{query}")


def to_password(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(resolve_url("password_change"))
