"""Hostile archives and packed files, and the names of hostile uploads."""

from __future__ import annotations

import bz2
import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping

from tests.ingest.odd_files import make_docx, make_tar, make_zip, word_paragraphs

STORY = "The lock keeper of the canal retired on Friday after forty years of service."


def _link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def _device(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    return info


def _zip_link(target: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, target)
    return out.getvalue()


def _matryoshka(depth: int) -> bytes:
    packed = make_zip({"story.txt": STORY})
    for _ in range(depth):
        packed = make_zip({"inner.zip": packed})
    return packed


_BOMB = b"a" * 30_000_000
_ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))

ARCHIVES: Mapping[str, tuple[str, bytes]] = {
    "path upwards": ("a.zip", make_zip({"../../../evil.txt": STORY})),
    "absolute path": ("a.zip", make_zip({"/tmp/evil.txt": STORY})),
    "path with backslashes": ("a.zip", make_zip({"..\\..\\evil.txt": STORY})),
    "drive": ("a.zip", make_zip({"C:\\evil.txt": STORY, "c:evil.txt": STORY})),
    "path upwards in tar": ("a.tar", make_tar({"../../evil.txt": STORY.encode(), "/evil.txt": STORY.encode()})),
    "link to the password file": ("a.tar", make_tar({}, _link("a.txt", "/etc/passwd"))),
    "hard link": ("a.tar", make_tar({}, _link("a.txt", "/etc/passwd", tarfile.LNKTYPE))),
    "link, then a file through it": ("a.tar", make_tar({"d/evil.sh": b"x"}, _link("d", "/tmp"))),
    "link in zip": ("a.zip", _zip_link("/etc/passwd")),
    "devices": ("a.tar", make_tar({}, _device("zero.txt", tarfile.CHRTYPE), _device("p.txt", tarfile.FIFOTYPE))),
    "zip bomb": ("a.zip", make_zip({"bomb.txt": _BOMB})),
    "gzip bomb": ("a.txt.gz", gzip.compress(_BOMB)),
    "bzip2 bomb": ("a.jsonl.bz2", bz2.compress(_BOMB)),
    "archive in archives": ("a.zip", _matryoshka(12)),
    "hidden files": ("a.zip", make_zip({".ssh/id.txt": STORY, "__MACOSX/a.txt": STORY})),
    "reserved names": ("a.zip", make_zip({"CON.txt": STORY, "nul.md": STORY, "aux/x.exe": "MZ"})),
    "name with codes": ("a.zip", make_zip({"\x1b[2J\u202eevil\n.txt": STORY})),
    "name of 60 KB": ("a.zip", make_zip({"n" * 60_000 + ".txt": STORY})),
    "document outside": (
        "a.docx",
        make_docx(word_paragraphs("&x; stays away."), '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    ),
    "entities in a feed": ("a.xml", f"<!DOCTYPE rss [<!ENTITY e0 'lol'>{_ENTITIES}]><rss>&e11;</rss>".encode()),
    "file of the system in a feed": (
        "b.xml",
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><title>a</title>'
        b"<description>&x; Ships sailed on Monday morning as planned before.</description></item></channel></rss>",
    ),
}

UPLOADS = (
    "../../evil.txt",
    "..\\..\\evil2.txt",
    "/etc/cron.d/evil3.txt",
    ".bashrc.txt",
    "CON.txt",
    "nul.md",
    "a:b|c?.txt",
    "line\nbreak\x1b[31m.txt",
    "\u202etxt.exe.txt",
    "<img src=x onerror=hit()>.txt",
    "${7*7}{{7*7}}%s.txt",
    "-rf.txt",
    "~root.txt",
    "x" * 180 + ".txt",
    "groundwire.db.txt",
)
"""Names a browser may send; those with separators are cut by whatever receives the file."""
