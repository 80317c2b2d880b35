"""Routes of sign-in, profile, rights and tokens."""

from django.urls import path

from . import api, api_then
from .ui import factors, groups, password, profile, proof, roles, signin, then, tokens, users

urlpatterns = [
    path("login", signin.login, name="login"),
    path("login/factor", signin.factor, name="login-factor"),
    path("login/passkey", signin.passkey_options, name="login-passkey"),
    path("logout", signin.logout, name="logout"),
    path("proof", proof.ask, name="proof"),
    path("password/reset", password.ask, name="password-reset"),
    path("password/reset/<str:token>", password.follow, name="password-link"),
    path("password/choose", password.choose, name="password-choose"),
    path(".well-known/change-password", password.well_known, name="change-password"),
    path("profile", profile.page, name="profile"),
    path("profile/taste", profile.taste, name="profile-taste"),
    path("profile/password", profile.password, name="profile-password"),
    path("profile/sessions/end", profile.end_others, name="sessions-end"),
    path("profile/sessions/<uuid:key>/end", profile.end_session, name="session-end"),
    path("profile/factors", factors.listing, name="factors"),
    path("profile/factors/first", factors.first, name="factors-first"),
    path("profile/factors/app", factors.app, name="factors-app"),
    path("profile/factors/app/remove", factors.app_remove, name="factors-app-remove"),
    path("profile/factors/options", factors.options, name="factors-options"),
    path("profile/factors/passkeys/new", factors.passkey_new, name="passkey-new"),
    path("profile/factors/passkeys/<uuid:key>", factors.passkey, name="passkey"),
    path("profile/factors/passkeys/<uuid:key>/remove", factors.passkey_remove, name="passkey-remove"),
    path("profile/factors/recovery", factors.recovery, name="recovery"),
    path("profile/tokens", tokens.mine, name="profile-tokens"),
    path("profile/tokens/new", tokens.new, name="token-new"),
    path("profile/tokens/<uuid:key>/revoke", tokens.revoke, name="token-revoke"),
    path("settings/tokens", tokens.everybody, name="tokens"),
    path("settings/roles", roles.first, name="roles"),
    path("settings/rules", roles.rules, name="rules"),
    path("settings/rules/set", roles.set_rules, name="rules-set"),
    path("settings/rules/condition/<int:at>", roles.condition_step, name="rules-condition"),
    path("settings/explain", roles.explain, name="explain"),
    path("roles/<uuid:key>/permissions", roles.permissions, name="permissions"),
    path("roles/<uuid:key>/permissions/preview", roles.preview, name="permissions-preview"),
    path("groups/<uuid:key>/members/new", groups.new_member, name="member-new"),
    path("users/<uuid:key>/action/one_time_password", users.one_time_password, name="one-time-password"),
    path("password/renew", password.renew, name="password-renew"),
    path("api/v1/what-if", api.what_if, name="what-if"),
    path("api/v1/<slug:slug>/<uuid:key>/access", api_then.access_then, name="api-access-then"),
    path("<slug:slug>/<uuid:key>/access", then.show, name="access-then"),
]
