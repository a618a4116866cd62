"""The routes over HTTP."""

from django.contrib import admin
from django.contrib.auth import urls as passwords
from django.urls import URLPattern, include, path, register_converter

from dashboard import about, health, rotations, views
from dashboard.guard import views as guarded
from dashboard.pairing import views as screens
from dashboard.pairing.pages import pair_screen
from dashboard.signin import views as signin
from dashboard.signin.connect import connect
from dashboard.signin.local import with_passwords
from dashboard.signin.openers import keep_opener_on_the_way
from dashboard.signin.tickets import sign_in_window
from dashboard.signin.views import SignOutView

register_converter(about.TileId, "tile")

urlpatterns = [
    path("", views.home, name="home"),
    path("wallboards/<slug:slug>/", views.wallboard, name="wallboard"),
    path("wallboards/<slug:slug>/edit/", include("dashboard.editor.urls")),
    path("wallboards/<slug:slug>/tiles/<tile:key>/about/", about.tile_about, name="tile_about"),
    path("wallboards/<slug:slug>/tiles/<tile:key>/data.csv", about.tile_data, name="tile_data"),
    path("rotate/<slug:slug>/", rotations.rotation, name="rotation"),
    path("rotate/<slug:slug>/steps.json", rotations.rotation_steps, name="rotation_steps"),
    path("rotate/<slug:slug>/<slug:board>/", rotations.rotation_board, name="rotation_board"),
    path("screen/", screens.screen, name="screen"),
    path("screen/credential/", screens.credential, name="screen_credential"),
    path("screen/wallboards/<slug:slug>/", screens.screen_board, name="screen_board"),
    path("screens/pair/", pair_screen, name="pair_screen"),
    path("help/", views.help_page, name="help"),
    path("serviceworker.js", views.service_worker, name="service_worker"),
    path("embed/<slug:slug>/", views.embed, name="embed"),
    path("embed/<slug:slug>/sign-in/", sign_in_window, name="embed_sign_in"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    # Browsers ask for it where a page names no icon, such as a plain text answer.
    path("favicon.ico", views.favicon, name="favicon"),
    path("admin/logout/", SignOutView.as_view(), name="admin_logout"),
    path("admin/", admin.site.urls),
    path("accounts/genesys/", signin.start, name="genesys_start"),
    path("accounts/genesys/callback/", signin.callback, name="genesys_callback"),
    path("accounts/genesys/connect/<int:pk>/", connect, name="genesys_connect"),
    path("accounts/logout/", SignOutView.as_view(), name="logout"),
    path("accounts/login/", keep_opener_on_the_way(guarded.login), name="login"),
    path("accounts/password_change/", with_passwords(guarded.password_change), name="password_change"),
    path("accounts/password_reset/", with_passwords(guarded.password_reset), name="password_reset"),
    *(
        path(f"accounts/{one.pattern}", with_passwords(one.callback), name=one.name)
        for one in passwords.urlpatterns
        if isinstance(one, URLPattern)
    ),
]
