"""A manual: chapters in Markdown that stand beside the pages they explain, each section with the pages it belongs to.

``NN-name.md`` holds one chapter.  ``# title`` comes first, then a sentence or two on whom it is for; every ``## title`` opens
a section and ends in a comment that names it: ``<!-- accept: desk:case_act/accept desk:case_act/take -->``.  The comment is
invisible where Markdown is read elsewhere.  Pictures and chapters are referred to by their file, so links work there, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from django.templatetags.static import static
from markdown_it import MarkdownIt
from markdown_it.token import Token

HEADING = re.compile(r"^## (?P<title>.+?) <!-- (?P<anchor>[a-z][a-z-]*)(?P<pages>:[^>]*)? -->$")
FILE = re.compile(r"^(?P<number>\d\d)-(?P<name>[a-z-]+)\.md$")
CHAPTER = re.compile(r"^(?:\d\d-(?P<name>[a-z-]+)\.md)?(?P<anchor>#[a-z-]+)?$")
PHONE = "phone-"  # how the pictures of a phone are named
AROUND = 40  # characters shown before and after what was looked for


@dataclass(frozen=True)
class Section:
    """One thing to know: ``pages`` are the names of the pages whose help it is."""

    anchor: str
    title: str
    pages: tuple[str, ...]
    html: str
    words: str


@dataclass(frozen=True)
class Chapter:
    """One file."""

    name: str
    title: str
    html: str
    words: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Found:
    """A section in which all words looked for occur, with the words around the first."""

    chapter: Chapter
    section: Section
    excerpt: str


@dataclass(frozen=True)
class Manual:
    """The chapters of one folder, in order."""

    chapters: tuple[Chapter, ...]

    def chapter(self, name: str) -> Chapter | None:
        """The chapter of that name."""
        return next((one for one in self.chapters if one.name == name), None)

    @cached_property
    def by_page(self) -> dict[str, tuple[Chapter, Section]]:
        """Which section explains a page."""
        return {page: (one, section) for one in self.chapters for section in one.sections for page in section.pages}

    def search(self, text: str) -> list[Found]:
        """Sections that have every word of ``text``; those with one in their title come first."""
        words = text.lower().split()
        found = [
            Found(chapter, section, _excerpt(section.words, words[0]))
            for chapter in self.chapters
            for section in chapter.sections
            if words and all(word in f"{section.title} {section.words}".lower() for word in words)
        ]
        return sorted(found, key=lambda one: not any(word in one.section.title.lower() for word in words))


def _excerpt(words: str, wanted: str) -> str:
    at = max(0, words.lower().find(wanted))
    start, end = max(0, at - AROUND), at + len(wanted) + AROUND
    return f"{'…' if start else ''}{words[start:end]}{'…' if end < len(words) else ''}"


def read(folder: Path, *, address: Callable[[str], str]) -> Manual:
    """The manual in ``folder``; ``address`` says where a chapter is read."""
    reader = _Reader(address)
    files = sorted(path for path in folder.glob("*.md") if FILE.match(path.name))
    return Manual(tuple(reader.chapter(path) for path in files))


@dataclass
class _Reader:
    """Markdown to pages: no markup of its own gets through, pictures and links are turned to where they stand here."""

    address: Callable[[str], str]
    markdown: MarkdownIt = field(default_factory=lambda: MarkdownIt("commonmark", {"html": False}).enable("table"))

    def chapter(self, path: Path) -> Chapter:
        """One file, cut at its sections."""
        match = FILE.match(path.name)
        assert match
        title, before = "", list[str]()
        parts: list[tuple[re.Match[str], list[str]]] = []
        for line in path.read_text(encoding="utf-8").splitlines():
            if found := HEADING.match(line):
                parts.append((found, []))
            elif line.startswith("# "):
                title = line[2:]
            else:
                (parts[-1][1] if parts else before).append(line)
        html, words = self._rendered(before)
        return Chapter(match["name"], title, html, words, tuple(self._section(*part) for part in parts))

    def _section(self, heading: re.Match[str], lines: list[str]) -> Section:
        html, words = self._rendered(lines)
        return Section(heading["anchor"], heading["title"], tuple((heading["pages"] or "")[1:].split()), html, words)

    def _rendered(self, lines: list[str]) -> tuple[str, str]:
        """As a page shows it, and its bare words."""
        tokens = self.markdown.parse("\n".join(lines))
        words: list[str] = []
        for token in (child for one in tokens for child in one.children or ()):
            self._turn(token)
            words += [token.content] if token.type in ("text", "code_inline") else []
            words += [" "] if token.type == "softbreak" else []
        return self.markdown.renderer.render(tokens, self.markdown.options, {}), "".join(words)

    def _turn(self, token: Token) -> None:
        """Send a picture or a link to where it stands here."""
        if token.type == "image":
            path = str(token.attrs["src"]).split("/static/", 1)[-1]
            shape = "hy-shot is-phone" if path.rsplit("/", 1)[-1].startswith(PHONE) else "hy-shot"
            token.attrs.update({"src": static(path), "loading": "lazy", "class": shape})
        elif token.type == "link_open" and (match := CHAPTER.match(str(token.attrs["href"]))):
            chapter = self.address(match["name"]) if match["name"] else ""
            token.attrs["href"] = f"{chapter}{match['anchor'] or ''}"
