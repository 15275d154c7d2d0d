"""The few things looked for inside the XML of office documents, read by a real parser: a pattern over bytes is led astray by
quotes, entities and other codings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

_DECLARED = re.compile(rb"^\s*<\?xml[^>]*\bencoding\s*=\s*[\"']([^\"']+)")


@dataclass
class Found:
    """Attributes of every relationship, all field instructions of Word in one string, names of all elements."""

    relations: list[dict[str, str]] = field(default_factory=list)
    instructions: str = ""
    elements: set[str] = field(default_factory=set)


def plain(body: bytes) -> bool:
    """Whether a part is XML in UTF-8 without a document type, as every office program writes it."""
    declared = _DECLARED.match(body.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in body or b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        return False
    return declared is None or declared[1].lower() in {b"utf-8", b"us-ascii"}


def read(body: bytes) -> Found:
    """Read one part.  Raises ``ValueError`` when it is no XML."""
    found, inside = Found(), [False]
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        found.elements.add(local)
        inside[0] = local == "instrText"
        if local == "Relationship":
            found.relations.append(attributes)
        for key, value in attributes.items():
            if key.rpartition(":")[2] == "instr":
                found.instructions += f" {value} "

    def end(name: str) -> None:
        inside[0] = False

    def text(words: str) -> None:
        if inside[0]:
            found.instructions += words

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise ValueError("no XML") from error
    return found
