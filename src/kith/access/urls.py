"""Routes of sign-in, profile, rights and tokens."""

from django.urls import path

from .ui import password, signin

urlpatterns = [
    path("login", signin.login, name="login"),
    path("logout", signin.logout, name="logout"),
    path("password/reset", password.ask, name="password-reset"),
    path("password/reset/<str:token>", password.follow, name="password-link"),
    path("password/choose", password.choose, name="password-choose"),
    path(".well-known/change-password", password.well_known, name="change-password"),
]
