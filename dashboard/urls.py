"""The routes over HTTP."""

from django.contrib import admin
from django.urls import include, path

from dashboard import health, views

urlpatterns = [
    path("", views.home, name="home"),
    path("wallboards/<slug:slug>/", views.wallboard, name="wallboard"),
    path("embed/<slug:slug>/", views.embed, name="embed"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("accounts/", include("django.contrib.auth.urls")),
]
