"""Documents are for those who may see their case, and for anyone where a public round hands them out."""

from __future__ import annotations

import pytest
from django.test import Client

from portal.models import InputRound, RoundDocument
from tests import factories as make
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_a_public_rounds_open_documents_are_anyones_and_no_others() -> None:
    asked = make.a_round(make.a_case(make.an_authority()))
    visitor = Client()
    paper = make.a_document(asked.case, b"Til alle")
    other = make.a_document(asked.case, b"I saken")
    secret = make.a_document(asked.case, b"Unntatt", access="exempt", access_basis="offl. § 14")
    for document in (paper, secret):
        RoundDocument.objects.create(authority=asked.authority, round=asked, document=document)
    answer = visitor.get(f"/dokument/{paper.pk}/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"Til alle"
    assert answer["Content-Disposition"].startswith("attachment")
    for kept_back in (other, secret):
        assert visitor.get(f"/dokument/{kept_back.pk}/").status_code == 302
        assert signed_in(make.a_user()).get(f"/dokument/{kept_back.pk}/").status_code == 404
    assert f"/dokument/{secret.pk}/" not in visitor.get(asked.get_absolute_url()).content.decode()
    InputRound.objects.filter(pk=asked.pk).update(is_published=False)
    assert visitor.get(f"/dokument/{paper.pk}/").status_code == 302
    InputRound.objects.filter(pk=asked.pk).update(is_published=True)
    type(asked.authority).objects.filter(pk=asked.authority_id).update(is_listed=False)
    assert visitor.get(f"/dokument/{paper.pk}/").status_code == 302
