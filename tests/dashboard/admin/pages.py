"""The administration as a person uses it: pages are asked for and forms are sent."""

import re
from html import unescape
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse


def client_of(name: str, *, superuser: bool = False) -> Client:
    users = get_user_model()
    user = users.objects.filter(username=name).first() or users.objects.create_user(name)
    if superuser:
        user.is_staff = user.is_superuser = True
        user.save()
    client = Client()
    client.force_login(user)
    return client


def form_data(page: str) -> dict[str, Any]:
    """What a browser would send for the first form with inputs of a page, unchanged."""
    data: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        attributes = {name: unescape(value) for name, value in re.findall(r'\s([\w-]+)="([^"]*)"', tag)}
        name, kind = attributes.get("name"), attributes.get("type", "text")
        ticked = kind not in ("checkbox", "radio") or " checked" in tag
        if name and ticked and kind != "submit" and not name.startswith(("q", "_")):
            data[name] = attributes.get("value", "on" if kind == "checkbox" else "")
    for name, inner in re.findall(r'<textarea[^>]*\sname="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        data[name] = unescape(inner).removeprefix("\n")
    for name, inner in re.findall(r'<select[^>]*\sname="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', inner)
        data[name] = chosen if "multiple" in page.split(f' name="{name}"')[1].split(">")[0] else "".join(chosen[:1])
    return {name: value for name, value in data.items() if "__prefix__" not in name}


def change(client: Client, instance: Any, **changes: Any) -> Any:
    """Open a row's page, change some inputs and save."""
    url = reverse(f"admin:{instance._meta.label_lower.replace('.', '_')}_change", args=[instance.pk])
    data = form_data(client.get(url).content.decode())
    data.update({name.replace("__", "-"): value for name, value in changes.items()})
    return client.post(url, data)


def errors(response: Any) -> str:
    return unescape(" ".join(re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', response.content.decode(), re.DOTALL)))


def act(client: Client, model: Any, action: str, rows: Any, **more: str) -> Any:
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return client.post(url, {"action": action, "_selected_action": [row.pk for row in rows], **more})
