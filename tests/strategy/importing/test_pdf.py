"""A PDF is read in the order a person reads it, and each line is known for what it is."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PIL import Image

from strategy.importing.document import MOST_PAGES, Role, Unreadable, Why
from strategy.importing.reading import read
from strategy.importing.reading.clean import join
from tests.strategy.importing.papers import PROSE, bare, lines, read_typeset, said, tables, typeset

FILES = Path(__file__).parent / "files"
HEADS = "table.header([*Tiltak*], [*Ansvar*], [*Frist*], [*Kostnad*])"
ROWS = "[Etablere et fond for bedrifter som vil vokse], [Næringssjef], [2027], [100 000], [Regulere havna], [Plansjef], [2028], []"
MEASURES = (
    ("Tiltak", "Ansvar", "Frist", "Kostnad"),
    ("Etablere et fond for bedrifter som vil vokse", "Næringssjef", "2027", "100 000"),
    ("Regulere havna", "Plansjef", "2028", ""),
)


def cells(table) -> tuple[tuple[str, ...], ...]:
    return tuple(row.cells for row in table.rows)


def why(path) -> Why:
    with pytest.raises(Unreadable) as refused:
        read(path, "plan.pdf")
    return refused.value.why


# ---- the order of reading ----


def test_two_columns_are_read_one_after_the_other_between_what_goes_across(tmp_path):
    left = " ".join(f"venstre{n} ord som fyller" for n in range(60))
    right = " ".join(f"høyre{n} ord som fyller" for n in range(60))
    source = f"= Før spaltene\n#columns(2)[{left} #colbreak() {right}]\n= Etter spaltene\n{PROSE}"
    text = join([line.text for line in lines(read_typeset(tmp_path, source))])
    numbers = [text.index(f"venstre{n} ") for n in range(60)] + [text.index(f"høyre{n} ") for n in range(60)]
    assert numbers == sorted(numbers)
    assert text.index("Før spaltene") < numbers[0] < numbers[-1] < text.index("Etter spaltene")


def test_uneven_columns_are_read_one_after_the_other_and_a_short_end_is_known_by_the_page_before(tmp_path):
    points = "\n".join(f"- Punkt {n} som er kort\n\n*Kva gjer vi i {n}?*\n\nEin setning om sak {n}." for n in range(24))
    end = "\n\n".join(f"Kjelde {n} frå året" for n in range(4))
    source = f"#set page(columns: 2)\n{points}\n#pagebreak()\n#v(3pt)\n{end}\n#colbreak()\nSiste kjelde av alle\n\nOg éi til no"
    text = join([line.text for line in lines(read_typeset(tmp_path, source))])
    places = [
        text.index(f"{word} {n}{after}")
        for n in range(24)
        for word, after in (("Punkt", " "), ("vi i", "?"), ("sak", "."))
    ]
    assert places == sorted(places)
    assert text.endswith("Kjelde 3 frå året Siste kjelde av alle Og éi til no")


def test_points_in_two_columns_stay_in_theirs(tmp_path):
    lists = [[f"{side} punkt nummer {n} i lista" for n in range(6)] for side in ("Sterkt", "Svakt")]
    boxes = ", ".join("[" + "\n".join(f"- {point}" for point in points) + "]" for points in lists)
    found = said(read_typeset(tmp_path, f"#grid(columns: 2, gutter: 1cm, {boxes})"), Role.ITEM)
    assert [point.removeprefix("• ") for point in found] == lists[0] + lists[1]


def test_a_page_that_lies_on_its_side_is_read_as_it_is_shown(tmp_path):
    turned = typeset(tmp_path, f"= Mål 1\n{PROSE}").read_bytes()
    upright = [line.text for line in lines(read(tmp_path / "plan.pdf", "plan.pdf"))]
    content = b"BT /F 12 Tf 0 1 -1 0 300 100 Tm (Maal 1) Tj 0 1 -1 0 320 100 Tm (Flere arbeidsplasser) Tj ET"
    lying = bare(tmp_path / "lying.pdf", pages=1, content=content)
    lying.write_bytes(lying.read_bytes().replace(b"/Type /Page /Parent", b"/Type /Page /Rotate 90 /Parent"))
    assert turned and upright[0] == "Mål 1"
    assert [line.text for line in lines(read(lying, "plan.pdf"))] == ["Maal 1", "Flere arbeidsplasser"]


# ---- what a line is ----


def test_headings_rank_by_size_and_bold_lines_of_their_own_come_last(tmp_path):
    source = f"= Mål 1\n{PROSE}\n== Strategi 1.1\n{PROSE}\n\n*Dette gjør vi*\n\n{PROSE} *Midt i teksten* {PROSE}"
    found = [(line.text, line.level) for line in lines(read_typeset(tmp_path, source)) if line.role is Role.HEADING]
    assert found == [("Mål 1", 1), ("Strategi 1.1", 2), ("Dette gjør vi", 3)]


def test_a_goals_number_in_large_type_is_no_page_number(tmp_path):
    goals = "#pagebreak()\n".join(f"#text(26pt)[*{n}*]\n\n= Tjenester som virker {n}\n{PROSE}\n" for n in (1, 2, 3, 4))
    found = said(read_typeset(tmp_path, '#set page(numbering: "1")\n' + goals), Role.HEADING)
    assert found == [text for n in "1234" for text in (n, f"Tjenester som virker {n}")]


def test_a_heading_over_two_lines_is_a_heading_in_both(tmp_path):
    title = "Et allsidig og lønnsomt næringsliv som gir folk arbeid i alle deler av kommunen"
    found = said(read_typeset(tmp_path, f"#show heading: set par(justify: false)\n= {title}\n{PROSE}"), Role.HEADING)
    assert len(found) == 2
    assert join(found) == title


def test_points_know_how_far_in_they_stand(tmp_path):
    source = f"{PROSE}\n- Ytterst\n  - Lenger inn {PROSE}\n- Ytterst igjen\n\n+ Første\n+ Andre"
    document = read_typeset(tmp_path, source)
    points = [(line.text.split()[1], line.level) for line in lines(document) if line.role is Role.ITEM]
    assert points == [("Ytterst", 1), ("Lenger", 2), ("Ytterst", 1), ("Første", 1), ("Andre", 1)]
    inner = next(line for line in lines(document) if "Lenger" in line.text)
    more = lines(document)[lines(document).index(inner) + 1]
    assert (more.role, more.indent > inner.indent > 0, more.gap) == (Role.TEXT, True, 0)


def test_running_heads_feet_and_page_numbers_are_known_by_coming_again(tmp_path):
    setting = "#set page(header: [Næringsplan for Bjørkeli], footer: context [#counter(page).display() | Bjørkeli])\n"
    goals = "#pagebreak()\n".join(f"*MÅL {n}*\n\n{PROSE}\n" for n in range(4, 8))
    document = read_typeset(tmp_path, setting + goals)
    assert said(document, Role.HEADER) == ["Næringsplan for Bjørkeli"] * 4
    assert said(document, Role.FOOTER) == [f"{n} | Bjørkeli" for n in range(1, 5)]
    assert said(document, Role.HEADING) == ["MÅL 4", "MÅL 5", "MÅL 6", "MÅL 7"]


def test_a_table_of_contents_has_no_headings(tmp_path):
    source = (
        f"#outline(title: [Innhold])\n#pagebreak()\n= Mål 1\n{PROSE}\n== Flere bedrifter\n{PROSE}\n= Mål 2\n{PROSE}"
    )
    document = read_typeset(tmp_path, source)
    assert [text.split(" .")[0] for text in said(document, Role.CONTENTS)] == [
        "Innhold",
        "Mål 1",
        "Flere bedrifter",
        "Mål 2",
    ]
    assert [line.page for line in lines(document) if line.role is Role.HEADING] == [2, 2, 2]


def test_notes_at_the_foot_are_no_text_and_leave_no_figure_in_it(tmp_path):
    source = (
        f"{PROSE}#footnote[Vedtatt i mai av kommunestyret] Vi støtter gründere#footnote[Se vedlegg] i hele kommunen."
    )
    document = read_typeset(tmp_path, "#set super(typographic: false)\n" + source)
    assert [text.lstrip("12 ") for text in said(document, Role.FOOTNOTE)] == [
        "Vedtatt i mai av kommunestyret",
        "Se vedlegg",
    ]
    assert "støtter gründere i hele" in join(said(document, Role.TEXT))


def test_what_is_said_of_pictures_and_tables_is_a_caption(tmp_path):
    Image.new("RGB", (60, 30), "navy").save(tmp_path / "havn.png")
    picture = '#image("havn.png", width: 60%)\n#v(-6pt)\n#text(8pt)[Havna en tidlig morgen]\n\n'
    document = read_typeset(
        tmp_path, f"{PROSE}\n\n{picture}Figur 2 Vekst siden 2019\n\nFoto: Bjørkeli kommune\n\nFigurene viser vekst."
    )
    assert said(document, Role.CAPTION) == [
        "Havna en tidlig morgen",
        "Figur 2 Vekst siden 2019",
        "Foto: Bjørkeli kommune",
    ]
    assert "Figurene viser vekst." in said(document, Role.TEXT)


def test_ligatures_soft_hyphens_and_hard_spaces_are_gone(tmp_path):
    document = read_typeset(
        tmp_path,
        "#set text(ligatures: true)\nEffektiv finansiering av næ\u00adrings\u00adliv koster 4\u00a0000\u202fkr",
    )
    assert [line.text for line in lines(document)] == ["Effektiv finansiering av næringsliv koster 4 000 kr"]


# ---- tables ----


@pytest.mark.parametrize(
    "look",
    [
        "",
        "stroke: none, fill: (_, y) => if calc.odd(y) { luma(90%) }",
        "stroke: (x: none, y: 0.5pt)",
        "stroke: none",
    ],
    ids=["all lines", "every other row shaded", "lying lines only", "no lines"],
)
def test_a_table_of_measures_comes_out_whole_however_it_is_drawn(tmp_path, look):
    columns = "columns: (4.4cm, 2.6cm, 1.6cm, 2.2cm), align: left, inset: 6pt"
    document = read_typeset(tmp_path, f"{PROSE}\n\n#table({columns}, {look and look + ', '}{HEADS}, {ROWS})\n\n{PROSE}")
    (table,) = tables(document)
    assert cells(table) == MEASURES
    assert [row.is_head for row in table.rows] == [True, False, False]
    assert len(said(document, Role.TEXT)) == 2 * len(said(read_typeset(tmp_path, PROSE), Role.TEXT))


def test_a_merged_cell_is_said_below_but_not_beside(tmp_path):
    merged = (
        "table.cell(colspan: 2)[Satsing], [X], table.cell(rowspan: 2)[Mål A], [Tiltak 1], [2026], [Tiltak 2], [2027]"
    )
    (table,) = tables(read_typeset(tmp_path, f"#table(columns: (3cm, 3cm, 3cm), {merged})"))
    assert cells(table) == (("Satsing", "", "X"), ("Mål A", "Tiltak 1", "2026"), ("Mål A", "Tiltak 2", "2027"))


def test_paragraphs_and_points_in_a_cell_stay_apart_and_a_cell_goes_on_over_the_page(tmp_path):
    points = "[- Bygge kai \n - Leie ut lokaler til nye bedrifter], [Plansjef #parbreak() Rådgiver]"
    long = "[" + " ".join(f"ord{n}" for n in range(150)) + "]"
    table = (
        f"#table(columns: (5cm, 4cm), table.header([*Tiltak*], [*Ansvar*]), {points}, {long}, [Alle], [Siste], [Ingen])"
    )
    (table,) = tables(read_typeset(tmp_path, f"#v(11cm)\n{table}"))
    assert cells(table) == (
        ("Tiltak", "Ansvar"),
        ("• Bygge kai\n• Leie ut lokaler til nye bedrifter", "Plansjef\nRådgiver"),
        (" ".join(f"ord{n}" for n in range(150)), "Alle"),
        ("Siste", "Ingen"),
    )
    assert [row.page for row in table.rows] == [1, 1, 1, 2]


def test_boxes_frames_and_columns_are_no_tables(tmp_path):
    source = f"#rect(width: 100%)[{PROSE}]\n#rect(fill: luma(80%))[Visjon]\n#columns(2)[{PROSE * 4}]\n#line(length: 100%)\n{PROSE}"
    assert not tables(read_typeset(tmp_path, source))


def test_a_table_of_a_word_processor_goes_on_over_pages_with_its_heads_said_once():
    document = read(FILES / "from_word_processor.pdf", "plan.pdf")
    long, short = tables(document)
    assert [row.page for row in long.rows] == [2] * 4 + [3] * 7 + [4] * 2
    assert cells(long)[0] == ("Tiltak", "Ansvar", "Frist", "Kostnad")
    for n, row in enumerate(cells(long)[1:], 1):
        assert (
            row[0]
            == f"{n}. Utvikle ordning nummer {n} for bedrifter som vil vokse i regionen og trenger hjelp til søknader"
        )
        assert (row[1], row[3]) == ("Næringssjef i samarbeid med næringsforeningen", f"{n * 10} 000 kr")
    assert cells(short) == (
        ("Tiltak", "Ansvarlig", "Frist"),
        ("Etablere næringsfond", "Kommunedirektør", "2026"),
        ("Lage profil", "Rådgiver", "2027"),
    )


def test_a_word_processors_lines_are_numbered_on_their_page_and_known():
    document = read(FILES / "from_word_processor.pdf", "plan.pdf")
    numbers = [row.number for block in document.blocks for row in getattr(block, "rows", [block]) if row.page == 2]
    assert sorted(numbers) == list(range(1, 28))
    assert said(document, Role.HEADING)[1:4] == [
        "Innledning",
        "Mål 1: Et allsidig næringsliv",
        "Strategi 1.1 Flere bedrifter etablerer seg",
    ]
    assert said(document, Role.FOOTER) == [f"Side {n} av 5" for n in range(1, 6)]
    after = [line.text for line in lines(document) if line.page > 3 and line.role is Role.TEXT]
    starts = [text for text in after if text.startswith("Avsnitt")]
    assert [text.split(".")[0] for text in starts] == [f"Avsnitt {n}" for n in range(6)]


# ---- what is refused ----


def test_a_locked_file_is_refused_and_one_locked_for_changes_only_is_read():
    assert why(FILES / "locked.pdf") is Why.ENCRYPTED
    assert lines(read(FILES / "locked_for_changes.pdf", "plan.pdf"))[0].text == "Mål 1"


def test_pictures_of_pages_are_refused_but_some_among_text_are_not(tmp_path):
    Image.new("RGB", (60, 85), "beige").save(tmp_path / "side.png")
    scanned = '#page(margin: 0pt)[#image("side.png", width: 100%, height: 100%)]\n'
    assert why(typeset(tmp_path, scanned * 3)) is Why.SCANNED
    mixed = read_typeset(tmp_path, scanned + f"= Mål 1\n{PROSE}\n")
    assert (mixed.pages, said(mixed, Role.HEADING)) == (2, ["Mål 1"])


def test_text_drawn_without_telling_its_letters_is_refused_as_scanned(tmp_path):
    content = b"BT /F 12 Tf 50 700 Td (" + b"!#%&/=?*+~^" * 8 + b") Tj ET"
    assert why(bare(tmp_path / "odd.pdf", pages=1, content=content)) is Why.SCANNED


def test_two_thousand_pages_are_refused_before_any_is_read(tmp_path):
    told = []
    with pytest.raises(Unreadable) as refused:
        read(bare(tmp_path / "long.pdf", pages=2000), "plan.pdf", on_page=lambda *how_far: told.append(how_far))
    assert (refused.value.why, refused.value.pages, told) == (Why.TOO_MANY_PAGES, 2000, [])
    assert MOST_PAGES < 2000


def test_pages_without_anything_and_files_without_pages_are_empty(tmp_path):
    assert why(bare(tmp_path / "blank.pdf", pages=2)) is Why.EMPTY
    assert why(bare(tmp_path / "none.pdf", pages=0)) is Why.EMPTY


def test_another_kind_of_file_is_refused_whatever_its_name(tmp_path):
    Image.new("RGB", (9, 9)).save(tmp_path / "picture.png")
    assert why(tmp_path / "picture.png") is Why.UNKNOWN_KIND


def test_a_broken_file_is_read_or_refused_and_nothing_else(tmp_path):
    whole = typeset(tmp_path, f"= Mål 1\n{PROSE}").read_bytes()
    (tmp_path / "start.pdf").write_bytes(whole[:200])
    assert why(tmp_path / "start.pdf") is Why.BROKEN
    chance = random.Random(9)
    for _ in range(25):
        cut = bytearray(whole[: chance.randrange(200, len(whole))] if chance.random() < 0.4 else whole)
        for _ in range(chance.randrange(1, 60)):
            cut[chance.randrange(len(cut))] = chance.randrange(256)
        (tmp_path / "hurt.pdf").write_bytes(cut)
        try:
            read(tmp_path / "hurt.pdf", "plan.pdf")
        except Unreadable as refusal:
            assert refusal.why in {
                Why.BROKEN,
                Why.EMPTY,
                Why.SCANNED,
                Why.ENCRYPTED,
                Why.UNKNOWN_KIND,
                Why.TOO_MANY_PAGES,
            }
