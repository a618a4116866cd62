"""Everything below ``/wallboards/<slug>/edit/``."""

from django.urls import path

from dashboard.editor import views

urlpatterns = [
    path("", views.page, name="edit_wallboard"),
    path("document/", views.document, name="edit_document"),
    path("preview/", views.preview_draft, name="edit_preview"),
    path("values/", views.values, name="edit_values"),
    path("choices/", views.choose, name="edit_choices"),
    path("layout/", views.layout, name="edit_layout"),
    path("copy/", views.copy, name="edit_copy"),
]
