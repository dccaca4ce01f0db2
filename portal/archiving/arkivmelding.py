"""A document as the archive takes it: KS's `arkivmelding.opprett` v1 (Noark 5), one message for each document.

Pure: facts in, XML out. A message holds one case file and one registration, so a package is a folder for each document.
Schema: https://github.com/ks-no/fiks-arkiv-specification, as of April 2026 (checked 2026-11-22).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

NAMESPACE = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/opprett/v1"
METADATA = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/metadatakatalog/v1"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
SYSTEM = "Næringsportalen"
UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
KINDS = {
    "in": ("I", "Inngående dokument"),
    "out": ("U", "Utgående dokument"),
    "internal": ("X", "Organinternt dokument"),
}
"""Journalposttype, by the document's direction."""
PARTIES = {"in": ("EA", "Avsender"), "out": ("EM", "Mottaker")}
PDF = "application/pdf"


@dataclass(frozen=True)
class Party:
    """Who wrote, or is written to."""

    name: str
    number: str = ""
    is_person: bool = False


@dataclass(frozen=True)
class CaseFacts:
    """A case as its message says it."""

    key: int
    title: str
    public_title: str = ""
    external_number: str = ""
    opened_on: dt.date | None = None
    basis: str = ""
    """The legal basis when the case is not open."""


@dataclass(frozen=True)
class DocumentFacts:
    """A document as its message says it."""

    key: int
    title: str
    direction: str
    dated_on: dt.date
    registered_at: dt.datetime
    filename: str
    path: str
    """Where its file lies in the package, from the message's own folder."""
    content_type: str
    size: int
    sha256: str
    public_title: str = ""
    basis: str = ""
    kind: str = ""


def message(case: CaseFacts, document: DocumentFacts, party: Party | None) -> bytes:
    """Return the message of one document as XML."""
    root = ET.Element("arkivmelding", {"xmlns": NAMESPACE, "xmlns:m": METADATA})
    _say(root, "system", SYSTEM)
    _say(root, "antallFiler", "1")
    root.append(_case(case))
    root.append(_registration(case, document, party))
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _case(case: CaseFacts) -> ET.Element:
    found = ET.Element("mappe", {TYPE: "saksmappe"})
    _say(found, "tittel", case.title)
    _say(found, "offentligTittel", case.public_title)
    if case.basis:
        found.append(_shield(case.basis))
    found.append(_key("sak", case.key))
    if fits := re.fullmatch(r"(\d{4})/(\d+)", case.external_number):
        _say(found, "saksaar", fits[1])
        _say(found, "sakssekvensnummer", fits[2])
    if case.opened_on:
        _say(found, "saksdato", case.opened_on.isoformat())
    return found


def _registration(case: CaseFacts, document: DocumentFacts, party: Party | None) -> ET.Element:
    found = ET.Element("registrering", {TYPE: "journalpost"})
    _say(found, "opprettetDato", document.registered_at.isoformat(timespec="seconds"))
    _say(found, "opprettetAv", SYSTEM)
    folder = ET.SubElement(found, "referanseForelderMappe")
    folder.append(_key("sak", case.key, "m:"))
    if document.basis:
        found.append(_shield(document.basis))
    found.append(_description(document))
    _say(found, "tittel", document.title)
    _say(found, "offentligTittel", document.public_title)
    if party is not None and document.direction in PARTIES:
        found.append(_correspondent(party, document.direction))
    found.append(_key("dokument", document.key))
    _code(found, "journalposttype", *KINDS[document.direction])
    _say(found, "dokumentetsDato", document.dated_on.isoformat())
    return found


def _description(document: DocumentFacts) -> ET.Element:
    found = ET.Element("dokumentbeskrivelse")
    if document.kind:
        _code(found, "dokumenttype", document.kind, document.kind)
    _code(found, "dokumentstatus", "F", "Dokumentet er ferdigstilt")
    _say(found, "tittel", document.title)
    _code(found, "tilknyttetRegistreringSom", "H", "Hoveddokument")
    if document.basis:
        found.append(_shield(document.basis))
    file = ET.SubElement(found, "dokumentobjekt")
    _say(file, "versjonsnummer", "1")
    _code(
        file, "variantformat", *(("A", "Arkivformat") if document.content_type == PDF else ("P", "Produksjonsformat"))
    )
    _say(file, "mimeType", document.content_type)
    _say(file, "filnavn", document.filename)
    _say(file, "referanseDokumentfil", document.path)
    _say(file, "sjekksum", document.sha256)
    _say(file, "sjekksumAlgoritme", "SHA-256")
    _say(file, "filstoerrelse", str(document.size))
    return found


def _correspondent(party: Party, direction: str) -> ET.Element:
    found = ET.Element("korrespondansepart")
    _code(found, "korrespondanseparttype", *PARTIES[direction])
    _say(found, "korrespondansepartNavn", party.name)
    _say(found, "organisasjonid", party.number)
    if party.is_person:
        _say(found, "erPersonnavn", "true")
    return found


def _shield(basis: str) -> ET.Element:
    found = ET.Element("skjerming")
    _code(found, "tilgangsrestriksjon", "UO", "Unntatt offentlighet")
    _say(found, "skjermingshjemmel", basis)
    return found


def _key(what: str, key: int, prefix: str = "") -> ET.Element:
    """Return our own key, by which the archive's receipt is matched."""
    found = ET.Element(f"{prefix}referanseEksternNoekkel")
    ET.SubElement(found, "m:fagsystem").text = SYSTEM
    ET.SubElement(found, "m:noekkel").text = f"{what}-{key}"
    return found


def _code(parent: ET.Element, tag: str, code: str, words: str) -> None:
    found = ET.SubElement(parent, tag)
    ET.SubElement(found, "m:kode").text = code
    ET.SubElement(found, "m:beskrivelse").text = words


def _say(parent: ET.Element, tag: str, text: str) -> None:
    """Add an element with text that XML can carry; nothing where there is none, since the schema wants something."""
    fit = UNFIT.sub("", text).strip()
    if fit:
        ET.SubElement(parent, tag).text = fit


# ---- the receipt ----


@dataclass(frozen=True)
class Receipt:
    """What the archive answers of one document."""

    document: int
    journal_number: str
    case_number: str


def read_receipt(content: bytes) -> Receipt | None:
    """Return what a receipt says (`arkivmeldingKvittering`); nothing where it is none of ours, or says it failed.

    Entities and outside references are not read.
    """
    from lxml import etree

    try:
        root: Any = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except etree.XMLSyntaxError:
        return None
    said = {etree.QName(each).localname: each for each in root if isinstance(each.tag, str)}
    registered, folder = said.get("registreringKvittering"), said.get("mappeKvittering")
    key = _text(registered, "noekkel") if registered is not None else ""
    if not (fits := re.fullmatch(r"dokument-(\d{1,18})", key)):
        return None
    journal = "/".join(filter(None, (_text(registered, "journalaar"), _text(registered, "journalsekvensnummer"))))
    case = "/".join(filter(None, (_text(folder, "saksaar"), _text(folder, "sakssekvensnummer"))))
    return Receipt(int(fits[1]), (journal or _text(registered, "registreringsID"))[:60], case[:60])


def _text(parent: Any, name: str) -> str:
    if parent is None:
        return ""
    found = parent.find(f".//{{*}}{name}")
    return (found.text or "").strip() if found is not None else ""
