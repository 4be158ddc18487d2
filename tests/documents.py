"""Small documents of many formats, made in code: for tests of the readers, and seeds of the fuzzing."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for name, long in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"),
        ("presentation", "presentation"), ("style", "style"), ("meta", "meta"),
    )
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_CORE = """<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Harbour plan</dc:title>
 <dc:creator>Ida Lund; Per Holm</dc:creator><dcterms:created>2021-03-04T05:06:07Z</dcterms:created>
 <dcterms:modified>2022-01-02T03:04:05Z</dcterms:modified><dc:language>en-GB</dc:language></cp:coreProperties>"""


def zipped(parts: Mapping[str, str | bytes], *, stored: str | None = None) -> bytes:
    """A zip of parts; one may stand first, uncompressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            kind = zipfile.ZIP_STORED if name == stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, kind)
    return out.getvalue()


def more(data: bytes, parts: Mapping[str, str | bytes]) -> bytes:
    """A zip with further parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()} | dict(parts))


def relations(**targets: tuple[str, str]) -> str:
    """A part of relationships: id to type and target."""
    rows = "".join(f'<Relationship Id="{i}" Type="{_TYPE}{t}" Target="{to}"/>' for i, (t, to) in targets.items())
    return f'<Relationships xmlns="{_RELATIONSHIPS}">{rows}</Relationships>'


def _office(main: str, parts: Mapping[str, str | bytes]) -> bytes:
    common = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations(r1=("officeDocument", main), r2=("metadata/core-properties", "docProps/core.xml")),
        "docProps/core.xml": _CORE,
    }
    return zipped(common | dict(parts))


def docx(body: str, **parts: str) -> bytes:
    """A Word document of a body; further parts by their kind: `header`, `footer`, `footnotes`, `comments`, `styles`."""
    files = {"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"}
    files |= {f"word/{kind}.xml": content for kind, content in parts.items()}
    files["word/_rels/document.xml.rels"] = relations(**{kind: (kind, f"{kind}.xml") for kind in parts})
    return _office("word/document.xml", files)


def paragraph(text: str, style: str = "", extra: str = "") -> str:
    """A paragraph of WordprocessingML."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{extra}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def pptx(slides: list[str], notes: str = "") -> bytes:
    """A presentation of slides' shape trees, in order; notes go with the first."""
    names = [f"slides/slide{n}.xml" for n in range(len(slides), 0, -1)]  # the parts' numbers are not the order
    listed = "".join(f'<p:sldId r:id="s{n}"/>' for n in range(len(slides)))
    files = {
        "ppt/presentation.xml": f"<p:presentation {P} {R}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(**{f"s{n}": ("slide", name) for n, name in enumerate(names)}),
    }
    for name, shapes in zip(names, slides, strict=True):
        files[f"ppt/{name}"] = f"<p:sld {P} {A}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
    if notes:
        files[f"ppt/slides/_rels/{names[0].split('/')[1]}.rels"] = relations(n=("notesSlide", "../notes/n1.xml"))
        files["ppt/notes/n1.xml"] = f"<p:notes {P} {A}>{shape(notes, 'body')}</p:notes>"
    return _office("ppt/presentation.xml", files)


def shape(text: str, place: str | None = None) -> str:
    """A shape of a slide, a placeholder of some type or none; a paragraph a line."""
    holder = f'<p:nvSpPr><p:nvPr><p:ph type="{place}"/></p:nvPr></p:nvSpPr>' if place else ""
    lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    return f"<p:sp>{holder}<p:txBody>{lines}</p:txBody></p:sp>"


def xlsx(sheets: Mapping[str, str], shared: tuple[str, ...] = (), styles: str = "") -> bytes:
    """A workbook of sheets' rows by their names."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    listed = "".join(f'<sheet name="{name}" r:id="s{n}"/>' for n, name in enumerate(sheets))
    targets = {f"s{n}": ("worksheet", f"sheets/{n}.xml") for n in range(len(sheets))}
    targets |= {"t": ("sharedStrings", "strings.xml"), "y": ("styles", "styles.xml")}
    files = {
        "xl/workbook.xml": f"<workbook {main} {R}><sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(**targets),
        "xl/strings.xml": f"<sst {main}>{''.join(f'<si><t>{text}</t></si>' for text in shared)}</sst>",
        "xl/styles.xml": f"<styleSheet {main}>{styles}</styleSheet>",
    }
    for n, rows in enumerate(sheets.values()):
        files[f"xl/sheets/{n}.xml"] = f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>"
    return _office("xl/workbook.xml", files)


def odf(kind: str, content: str, styles: str = "", manifest: str = "") -> bytes:
    """An OpenDocument file: `text`, `spreadsheet` or `presentation`."""
    meta = """<office:meta><dc:title>Harbour plan</dc:title><meta:initial-creator>Ida Lund</meta:initial-creator>
      <meta:creation-date>2021-03-04T05:06:07</meta:creation-date><dc:date>2022-01-02T03:04:05</dc:date></office:meta>"""
    files = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"<office:document-content {ODF}><office:body><office:{kind}>{content}</office:{kind}>"
        "</office:body></office:document-content>",
        "meta.xml": f"<office:document-meta {ODF}>{meta}</office:document-meta>",
        "styles.xml": f"<office:document-styles {ODF}>{styles}</office:document-styles>",
        "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>",
    }
    return zipped(files, stored="mimetype")


def epub(
    chapters: Mapping[str, str],
    order: tuple[str, ...] | None = None,
    *,
    said: str = "",
    locks: str = "",
    properties: Mapping[str, str] | None = None,
) -> bytes:
    """A book of chapters' bodies by their names, in an order of reading; more metadata; what is encrypted."""
    told = {name: f' properties="{value}"' for name, value in (properties or {}).items()}
    items = "".join(f'<item id="{name}" href="{name}.xhtml"{told.get(name, "")}/>' for name in chapters)
    spine = "".join(f'<itemref idref="{name}"/>' for name in order or tuple(chapters))
    opf = f"""<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
      <dc:title>Tides</dc:title><dc:creator>Ida Lund</dc:creator><dc:language>en</dc:language>
      <dc:date>2019-08-07</dc:date>{said}</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"""
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OEBPS/b.opf"/></rootfiles></container>',
        "OEBPS/b.opf": opf,
        **({"META-INF/encryption.xml": f"<encryption>{locks}</encryption>"} if locks else {}),
    }
    files |= {
        f"OEBPS/{name}.xhtml": f"<html><head><title>x</title></head><body>{body}</body></html>"
        for name, body in chapters.items()
    }
    return zipped(files, stored="mimetype")


Text = tuple[float, float, float, str] | tuple[float, float, float, str, str]  # x, y, size, text, font


def pdf(pages: list[list[Text]], *, info: str = "", extra: str = "", image: bool = False, glyphs: str = "") -> bytes:
    """A PDF, 600 points wide and 800 high, of texts in Helvetica, or with a "C" behind Courier.

    `extra` goes into each page's dictionary; Courier's letters from "A" on show other glyphs, if some are named.
    """
    courier = f"<</BaseEncoding/WinAnsiEncoding/Differences[65{glyphs}]>>" if glyphs else "/WinAnsiEncoding"
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(pages)))
    xobject = "/XObject<</I 3 0 R>>" if image else ""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        _stream(b"\x7f", "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        f"<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding{courier}>>".encode(),
    ]
    for n, texts in enumerate(pages):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {7 + 2 * n} 0 R"
            f"/Resources<</Font<</F 4 0 R/C 5 0 R>>{xobject}>>{extra}>>".encode()
        )
        drawn = "".join(
            f"BT /{font[0] if font else 'F'} {size} Tf {x} {y} Td ({text}) Tj ET\n" for x, y, size, text, *font in texts
        )
        objects.append(_stream((drawn + ("q 500 0 0 700 50 50 cm /I Do Q" if image else "")).encode("cp1252")))
    objects.append(f"<<{info}>>".encode())
    return _pdf_file(objects)


def _stream(data: bytes, entries: str = "") -> bytes:
    packed = zlib.compress(data)
    return f"<<{entries}/Filter/FlateDecode/Length {len(packed)}>>stream\n".encode() + packed + b"\nendstream"


def _pdf_file(objects: list[bytes]) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer<</Size %d/Root 1 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, size - 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


def mail(text: str = "", html: str = "", attached: Mapping[str, bytes] | None = None) -> bytes:
    """A message with a plain body, an HTML one or both, and attachments."""
    message = EmailMessage()
    message["From"], message["To"] = "Ida Lund <ida@harbour.example>", "per@harbour.example"
    message["Subject"], message["Date"] = "Überfahrt am Montag", "Mon, 03 May 2021 10:20:30 +0200"
    message["Message-ID"] = "<1@harbour.example>"
    message.set_content(text or html, subtype="plain" if text else "html")
    if text and html:
        message.add_alternative(html, subtype="html")
    for name, data in (attached or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def msg(properties: Mapping[str, bytes], attached: Mapping[str, bytes] | None = None, code_page: int = 0) -> bytes:
    """An Outlook message: its property streams by tag and type (`0037001F`), and an attachment's."""
    entries: list[tuple[str, int, bytes]] = [(f"__substg1.0_{name}", -1, data) for name, data in properties.items()]
    fixed = struct.pack("<IIQ", 0x00390040, 6, 132645612300000000) + struct.pack("<IIQ", 0x3FFD0003, 6, code_page)
    entries.append(("__properties_version1.0", -1, bytes(32) + fixed))
    if attached:
        entries.append(("__attach_version1.0_#00000000", -1, b""))
        storage = len(entries) - 1
        entries += [(f"__substg1.0_{name}", storage, data) for name, data in attached.items()]
    return compound_file(entries)


def compound_file(entries: list[tuple[str, int, bytes]]) -> bytes:
    """An OLE compound file of streams: name, index of the storage it is in or -1, data; storages hold no data.

    Streams are padded with zeros to 4,096 bytes, from where on they are kept in whole sectors.
    """
    sectors: list[bytes] = []
    table: list[int] = []

    def chain(data: bytes) -> int:
        first = len(sectors)
        pieces = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        table.extend([*range(first + 1, first + len(pieces)), 0xFFFFFFFE])
        sectors.extend(pieces)
        return first

    children: dict[int, list[int]] = {}
    for index, (_, parent, _) in enumerate(entries):
        children.setdefault(parent, []).append(index)
    rows = [_directory_entry("Root Entry", 5, _first(children, -1), 0xFFFFFFFF, 0xFFFFFFFE, 0)]
    for index, (name, parent, data) in enumerate(entries):
        siblings = children[parent]
        after = siblings[siblings.index(index) + 1 :]
        padded = data.ljust(4096, b"\0") if data else b""
        start = chain(padded) if padded else 0xFFFFFFFE
        kind = 2 if data else 1
        rows.append(
            _directory_entry(
                name, kind, _first(children, index), after[0] + 1 if after else 0xFFFFFFFF, start, len(padded)
            )
        )
    directory = chain(b"".join(rows))
    tables = -(-(len(table) + 8) // 127)
    fat = len(sectors)
    table.extend([0xFFFFFFFD] * tables)
    table.extend([0xFFFFFFFF] * (tables * 128 - len(table)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, tables, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    places = [fat + n for n in range(tables)]
    header += struct.pack("<109I", *places, *[0xFFFFFFFF] * (109 - tables))
    return header + b"".join(sectors) + struct.pack(f"<{len(table)}I", *table)


def _first(children: dict[int, list[int]], of: int) -> int:
    return children[of][0] + 1 if of in children else 0xFFFFFFFF


def _directory_entry(  # noqa: PLR0917  the fields of an entry
    name: str, kind: int, child: int, after: int, start: int, size: int
) -> bytes:
    wide = name.encode("utf-16-le")
    head = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide) + 2, kind, 1, 0xFFFFFFFF, after, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def old_office(extension: str) -> bytes:
    """A document in a binary format of Office (`doc`, `xls`, `ppt`): one of the project's own, saved by LibreOffice."""
    return lzma.decompress((Path(__file__).parent / "unit" / "data" / f"harbour.{extension}.xz").read_bytes())
