"""Many objects at once: previewed line by line, saved when confirmed."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dashboard.bulk import read_lines
from statsbridge.models import Connection, MonitoredObject
from tests.dashboard.admin.pages import client_of, errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]
GOOD = "id,title,type,tags,teams\njonas.peters,Jonas P.,Agent,voice|chat,sales\n8003@SIP_Switch,Returns,Queue,,\n"
BAD = GOOD + "ines.farias,Ines F.,Robot,,\n,Nobody,Agent,,\nclara.vogt,Clara V.,Agent,,nowhere\n"


def post(client: Client, text: str = "", **more: Any) -> Any:
    data = {"connection": Connection.objects.get().pk, "type": "Queue", "text": text, **more}
    return client.post(reverse("admin:statsbridge_monitoredobject_bulk"), data)


def count() -> int:
    return MonitoredObject.objects.count()


def test_a_preview_says_what_each_line_would_do_and_saves_nothing(owner: Client) -> None:
    before = count()
    page = post(owner, BAD, preview="1")
    told = errors(page)
    assert "“Robot” is no object type" in told
    assert "The Genesys id is missing." in told
    assert "There is no team “nowhere”" in told
    assert "Good lines: 2. To correct: 3." in page.content.decode()
    assert "Nothing is saved yet." in page.content.decode()
    assert count() == before


def test_good_lines_are_saved_and_bad_ones_are_shown_again(owner: Client) -> None:
    before = count()
    page = post(owner, BAD, save="1")
    assert count() == before + 2
    assert "Nothing is saved yet." not in page.content.decode()
    jonas = MonitoredObject.objects.get(object_id="jonas.peters")
    assert (jonas.name, jonas.title, jonas.type, jonas.tags) == ("jonas-p", "Jonas P.", "Agent", ["voice", "chat"])
    assert [team.name for team in jonas.teams.all()] == ["sales"]
    text = page.context["form"]["text"].value()
    assert text.splitlines() == [BAD.splitlines()[0], *BAD.splitlines()[3:]]
    corrected = text.replace("Robot", "Agent").replace(",Nobody", "nobody,Nobody").replace("nowhere", "")
    assert post(owner, corrected, save="1").status_code == 302
    assert count() == before + 5


def test_a_line_with_a_known_id_changes_that_object(owner: Client) -> None:
    before = count()
    page = post(owner, "8001@SIP_Switch\tSales hotline", preview="1")
    assert [(line.effect, line.item["name"]) for line in page.context["lines"]] == [("changed", "sales-queue")]
    assert post(owner, "8001@SIP_Switch\tSales hotline", save="1").status_code == 302
    assert MonitoredObject.objects.get(name="sales-queue").title == "Sales hotline"
    assert count() == before


def test_a_file_is_read_as_excel_writes_it(owner: Client) -> None:
    text = '\ufeffId;Title\r\n8004@SIP_Switch;Rückfragen; Köln\r\n8005@SIP_Switch;"Fragen; Köln"\r\n'
    upload = SimpleUploadedFile("objects.csv", text.encode("utf-8"))
    page = post(owner, file=upload, save="1")
    assert "There are 3 cells, but 2 columns" in errors(page)
    assert MonitoredObject.objects.get(object_id="8005@SIP_Switch").title == "Fragen; Köln"
    latin = SimpleUploadedFile("objects.csv", "8006@SIP_Switch;Köln".encode("latin-1"))
    assert "not UTF-8" in errors(post(owner, file=latin, preview="1"))


def test_the_same_id_twice_is_told_at_the_second_line(owner: Client) -> None:
    page = post(owner, "8004@SIP_Switch,A\n8004@SIP_Switch,B\n", preview="1")
    assert [bool(line.problems) for line in page.context["lines"]] == [False, True]


def test_nothing_is_asked_back_politely(owner: Client) -> None:
    assert "Paste some lines" in errors(post(owner, " \n"))


def test_only_who_may_add_objects_sees_the_page() -> None:
    assert client_of("maria").get(reverse("admin:statsbridge_monitoredobject_bulk")).status_code == 403


def test_names_are_made_of_titles_and_each_is_another() -> None:
    lines = read_lines("1,Sales\n2,Sales\n3,Ωμέγα\n", "main", "Queue", {}, ["sales"])
    assert [line.item["name"] for line in lines] == ["sales-2", "sales-3", "3"]


def test_values_that_look_like_variables_stay_as_they_are(owner: Client) -> None:
    assert post(owner, "8004@SIP_Switch,${SECRET_KEY}", save="1").status_code == 302
    assert MonitoredObject.objects.get(object_id="8004@SIP_Switch").title == "${SECRET_KEY}"


def test_the_page_speaks_german_to_germans(owner: Client) -> None:
    address = reverse("admin:statsbridge_monitoredobject_bulk")
    page = owner.get(address, headers={"accept-language": "de"}).content.decode()
    assert "Viele Objekte hinzufügen" in page
    assert "Oder eine CSV-Datei" in page


def test_more_lines_than_are_taken_at_once_are_refused_and_none_is_lost(owner: Client) -> None:
    before, text = count(), "".join(f"{number}\r\n" for number in range(10_001))
    page = post(owner, text, save="1")
    assert "10001 lines" in errors(page)
    assert "Split them" in errors(page)
    assert page.context["form"]["text"].value() == text
    assert count() == before


def test_a_line_that_takes_the_id_of_another_object_is_the_only_one_to_correct(owner: Client) -> None:
    first, other = MonitoredObject.objects.filter(type="Queue").order_by("pk")[:2]
    for name, taken in ((first.name, other.object_id), (other.name, first.object_id)):
        page = post(owner, f"id,name\n8004@SIP_Switch,new-one\n{taken},{name}\n", preview="1")
        assert [bool(line.problems) for line in page.context["lines"]] == [False, True]
        assert "already, as" in errors(page)
