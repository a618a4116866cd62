"""The words at the top of every page."""

from django.contrib import admin

admin.site.site_header = "Wallboards"
admin.site.site_title = "Wallboards"
admin.site.index_title = "Administration"
admin.site.site_url = "/"
admin.site.empty_value_display = "–"
