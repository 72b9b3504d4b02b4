"""Files that nobody needs any more go."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions import tasks, uploads
from atsbridge.actions.models import Upload
from connectors import kinds
from connectors.acting import Files
from connectors.unified.actions import File


def test_a_file_that_no_action_came_to_goes_after_a_day(acme):
    with scope(tenant=acme):
        old, new = (uploads.keep(acme.pk, BytesIO(b"Ada"), File(name="ada.txt"), Files(10)) for _ in range(2))
        Upload.objects.filter(pk=old.key).update(created_at=timezone.now() - timedelta(hours=25))
        path = Upload.objects.get(pk=old.key).file.path

    tasks.tick()

    with scope(tenant=acme):
        assert [str(left.pk) for left in Upload.objects.all()] == [new.key]
        uploads.drop([new])
        assert not Upload.objects.exists()
    with pytest.raises(FileNotFoundError):
        open(path)  # noqa: PTH123, SIM115


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.4", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"{\\rtf1", "application/rtf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
        (b"PK\x03\x04....[Content_Types].xml....word/document.xml", kinds.WORD),
        (b"PK\x03\x04....a.txt", "application/zip"),
        ("Grüße".encode(), "text/plain"),
        ("Grüße".encode("latin-1"), "text/plain"),
        ("\ufeffGrüße".encode("utf-16-le"), "text/plain"),
        (b"MZ Consulting", "text/plain"),
        (b"It begins with <script>", "text/plain"),
        (b"<?xml version='1.0'?><Resume><Name/></Resume>", "application/xml"),
        (bytes(range(256)), "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_content_says(head, kind):
    assert kinds.of(head) == kind


@pytest.mark.parametrize(
    "head",
    [
        b"<svg>", b"\xef\xbb\xbf \n<SVG onload=x>", b"<!-- a --><?b?><s:svg xmlns:s='x'>", b"<!DOCTYPE html>",
        b"<html>", b"<!-- " + b"x" * 70_000, b"<a><script>", b"MZ\x90\x00", b"\x7fELF\x02\x00", b"#!/bin/sh",
    ],
)  # fmt: skip
def test_what_could_do_something_is_none_of_ours(head):
    with pytest.raises(kinds.Active):
        kinds.of(head)
