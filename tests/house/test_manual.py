"""The manual keeps up with the pages: each has its section, each word it quotes stands on a screen, each picture is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from huying.desk.reads import manual
from huying.desk.views import case_acts, items
from huying.kernel.manual import CHAPTER, FILE, HEADING
from tests.house.source import PACKAGE

DESK, PUBLIC = PACKAGE / "desk", PACKAGE / "public"
FOLDERS = {DESK / "manual": DESK / "static/desk/manual", PUBLIC / "manual": PUBLIC / "static/public/manual"}
FILES = [path for folder in FOLDERS for path in sorted(folder.glob("*.md"))]
QUOTED = re.compile(r"「([^」]+)」")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)]+)\)")
HEAVIEST = 60_000

# Addresses of the desk that show no page of their own: files, parts of a page, forms that stand on another page.
NOT_PAGES = frozenset(
    f"desk:{name}"
    for name in (
        *("notices-read", "notice-read", "draft", "open", "file", "item_file", "item_take", "meeting-file", "meeting-ics"),
        *("register-alike", "register-earlier", "register-masked", "register-departments", "register-places"),
        *("case_paper", "item_paper", "blank", "ledger_papers", "ledger_xlsx", "ledger_later", "ledger_export_stop"),
        *("ledger_export_file", "meeting-room-now", "meeting-room-act", "meeting-place", "meeting-take-off", "meeting-up"),
        *("meeting-down", "meeting-question", "meeting-invite", "meeting-uninvite", "meeting-answer-for", "meeting-answer"),
        *("meeting-paper", "meeting-print", "minutes-print", "import_run", "import_drop", "anchors", "org-branch"),
        *("org-unit-qr", "org-unit-close", "org-department-close", "org-account-reset", "org-account-disable"),
        *("org-account-enable", "org-import-template", "org-import-drop", "survey_scan", "survey_slips", "report_print"),
        *("figures_xlsx", "figures_pdf", "frozen_pdf", "duties_below_xlsx", "clauses_xlsx", "clauses_pdf", "opinion_print"),
        *("ledger_pdf", "ledger_bulk", "ledger_view_delete", "round_table", "sheet_print", "posters-file"),
        *("audit_day_print", "audit_day_table", "keeper-end", "system-infected-delete", "anchors-sheet"),
        *("records_xlsx", "record_withdraw", "record_join", "record_part", "record_file", "record_settle"),
        *("record_ledger_xlsx", "record_ledger_pdf", "record_surveys_xlsx", "field_worker", "field_now", "field_send"),
        *("reception_xlsx", "reception-notice", "plan-print", "plan_xlsx", "research_xlsx", "research-publish", "research-file"),
        *("posters-preview", "setup-try", "setup-try-end", "system-log-file"),
        *("warnings_table", "information_print", "findings_compare"),
    )
)  # fmt: skip
# Pages that are one act of many, each with a section of its own.
ACTS = {
    **{("desk:case_act_of" if how.of else "desk:case_act", act): "" for act, how in case_acts.ACTS.items()},
    **{("desk:item_act", act): "" for act in items.ACTS},
}


def _names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _names(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"


def test_every_page_of_the_desk_has_its_section() -> None:
    pages = {name for name in _names(get_resolver()) if name.startswith("desk:")} - {name for name, _ in ACTS}
    wanted = pages - NOT_PAGES | {f"{name}/{act}" for name, act in ACTS}
    told = set(manual().by_page)
    assert wanted - told == set(), "pages without a section of the manual"
    assert told - wanted - NOT_PAGES == set(), "sections of pages that are not there"


def test_no_page_has_two_sections() -> None:
    pages = [page for chapter in manual().chapters for section in chapter.sections for page in section.pages]
    assert sorted(pages) == sorted(set(pages))


@cache
def _screens() -> str:
    """All templates, and all code in which words for a screen may stand."""
    paths = [path for ending in ("*.html", "*.py", "*.yaml", "*.js") for path in PACKAGE.rglob(ending)]
    return "\n".join(path.read_text() for path in paths if not {"migrations", "demo"} & set(path.parts))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_words_in_corners_stand_on_a_screen(path: Path) -> None:
    wrong = [word for word in QUOTED.findall(path.read_text()) if word not in _screens()]
    assert not wrong, f"no page says {wrong}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_chapters_are_put_together_right(path: Path) -> None:
    text = path.read_text()
    assert FILE.match(path.name)
    assert text.startswith("# ")
    headings = [line for line in text.splitlines() if line.startswith("#")][1:]
    wrong = [line for line in headings if not HEADING.match(line)]
    assert not wrong, f"a section is written “## title <!-- anchor: pages -->”, not {wrong}"
    anchors = [match["anchor"] for line in headings if (match := HEADING.match(line))]
    assert len(anchors) == len(set(anchors))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    for link in LINK.findall(path.read_text()):
        match = CHAPTER.match(link)
        assert match, link
        file, _, anchor = link.partition("#")
        assert (path.parent / file).exists(), link
        assert not anchor or f"<!-- {anchor}:" in (path.parent / file if file else path).read_text(), link


def test_every_picture_is_there_used_described_and_light() -> None:
    used = {}
    for path in FILES:
        for words, link in PICTURE.findall(path.read_text()):
            assert words, f"{path.name}: {link} says nothing to who cannot see it"
            used[(path.parent / link).resolve()] = path
    there = {path.resolve() for folder in FOLDERS.values() for path in folder.glob("*.webp")}
    assert set(used) - there == set(), "pictures that are not there; make manual takes them"
    assert there - set(used) == set(), "pictures that nobody sees"
    heavy = {path.name: path.stat().st_size for path in there if path.stat().st_size > HEAVIEST}
    assert not heavy
