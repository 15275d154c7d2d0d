"""What stands open to everybody, what tests claim to prove, what the licences of others ask."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.source import PROJECT, parsed

# Every address that works without signing in.  Anything else asks for a login (rule 13).
WORKERS_PAGES = frozenset(
    {
        "u/<slug:code>/answers/",
        *("u/<slug:code>/meetings/", "u/<slug:code>/meetings/<uuid:meeting_id>/"),
        *("u/<slug:code>/reception/", "u/<slug:code>/reception/<uuid:day_id>/", "my/reception/"),
        *("my/reception/<uuid:booking_id>/", "my/talk/<uuid:talk_id>/"),
        *("u/<slug:code>/promises/", "u/<slug:code>/promises/<uuid:promise_id>/"),
        *("u/<slug:code>/promises/<uuid:promise_id>/say/", "u/<slug:code>/promises/<uuid:promise_id>/rate/"),
        *("", "u/<slug:code>/", "find/", "find/about/", "receipt/", "receipt/noted/", "help/", "consent/"),
        *(
            "my/",
            "my/case/",
            "my/rate/",
            "my/message/",
            "my/answer/",
            "my/file/<uuid:file_id>/",
            "my/leave/",
            "my/left/",
        ),
        *(
            "my/data/",
            "my/data/copy.<str:ending>",
            "my/data/correct/",
            "my/data/erase/",
            "my/data/consent/<uuid:consent_id>/",
        ),
        "consent/<str:version>/",
        *("my/join/", "my/disclose/", "my/withdraw/", "my/retaliation/", "my/wider/"),
        "rate/<str:token>/",
        "puzzle/",  # a small one for the browser
    }
)
OPEN_ADDRESSES = WORKERS_PAGES | frozenset(
    {
        "demo/sign-in/",  # answers only in a demo, on loopback
        "metrics",  # answers only who knows the token
        "accounts/login/",
        "accounts/logout/",
        "accounts/signup/",
        "accounts/inactive/",
        "accounts/confirm-email/",
        "accounts/confirm-email/(?P<key>[-:\\w]+)/$",
        "accounts/password/reset/",
        "accounts/password/reset/done/",
        "accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        "accounts/password/reset/key/done/",
        "accounts/login/code/confirm/",
        "accounts/second/authenticate/",  # between the password and the desk
        "accounts/second/webauthn/login/",
        "accounts/sso/",  # there only where a provider is configured
        "accounts/sso/back/",
    }
)


def _addresses(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        address = before + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLResolver):
            yield from _addresses(entry, address)
        else:
            yield address, entry


def test_login_is_asked_everywhere_but_on_one_short_list() -> None:
    open_now = {a for a, entry in _addresses(get_resolver()) if not getattr(entry.callback, "login_required", True)}
    assert open_now - OPEN_ADDRESSES == set(), "open, but not on the list"
    assert OPEN_ADDRESSES - open_now == set(), "on the list, but not open"


# --- clauses ------------------------------------------------------------------------------------------------------------

CLAUSE = re.compile(r"[A-Z]{2,6}-[0-9A-Za-z.]+")


def _clause_marks() -> Iterator[tuple[Path, int, str]]:
    for path in sorted((PROJECT / "tests").rglob("test_*.py")):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.clause":
                for argument in node.args:
                    yield path, node.lineno, str(ast.literal_eval(argument))


def test_clause_marks_name_clauses() -> None:
    wrong = [
        f"{p.relative_to(PROJECT)}:{line} {clause}"
        for p, line, clause in _clause_marks()
        if not CLAUSE.fullmatch(clause)
    ]
    assert not wrong, "\n".join(wrong)


# Proven before the pack of their document ships: the same meetings and the same climb carry them out.
AHEAD = frozenset({"BD-4.6b", "BD-4.6c", "PD-4.3", "PD-5.2.1", "SX-6a"})


def test_marked_clauses_stand_in_a_pack() -> None:
    packs = [path.read_text() for path in (PROJECT / "src/huying/mechanism/packs").glob("*.yaml")]
    known = {clause for text in packs for clause in CLAUSE.findall(text)}
    unknown = sorted({clause for _, _, clause in _clause_marks()} - known - AHEAD)
    assert not unknown, "\n".join(unknown)


# --- licences -----------------------------------------------------------------------------------------------------------

# Licences that a program under Mulan PSL v2 may use as a library.  The LGPL ones are used unchanged, as installed.
ALLOWED = re.compile(
    r"\b(MIT|MIT-CMU|MIT-0|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|HPND|MPL|Mozilla Public|Unlicense|CC0|Zlib"
    r"|Zope Public|LGPL|Lesser General Public|public domain)\b",
    re.IGNORECASE,
)
REFUSED = re.compile(r"\b(AGPL|Affero|(?<!L)GPL-[23]|GNU General Public|SSPL|BUSL|Commons Clause)\b", re.IGNORECASE)


def _runtime() -> list[str]:
    lines = (PROJECT / "requirements" / "runtime.txt").read_text().splitlines()
    return [match.group(1) for line in lines if (match := re.match(r"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==", line))]


@pytest.mark.parametrize("name", _runtime())
def test_what_is_used_allows_our_licence(name: str) -> None:
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return  # locked for another platform, not installed here
    classifiers = [c for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
    first_line = next(iter("".join(about.get_all("License") or []).strip().splitlines()), "")
    said = " ".join([*(about.get_all("License-Expression") or []), first_line, *classifiers])
    assert ALLOWED.search(said), f"{name} says: {said!r}"
    assert not REFUSED.search(re.sub(r"Lesser General Public|LGPL-[23]", "lesser", said)), f"{name} says: {said!r}"


# What a wheel brings inside it may be under another licence than the package itself.
BUNDLED = re.compile(r"^.*(?:\bLicen[cs]e:|\bwheels:).*(?<![AL])GPL(?!.*exception).*$", re.MULTILINE)


@pytest.mark.parametrize("name", _runtime())
def test_what_a_wheel_bundles_allows_our_licence(name: str) -> None:
    try:
        files = metadata.files(name) or []
    except metadata.PackageNotFoundError:
        return
    papers = [
        file.locate()
        for file in files
        if ".dist-info/" in str(file) and re.search("licen|notice|copying", str(file), re.I)
    ]
    found = {hit.strip() for paper in papers for hit in BUNDLED.findall(Path(str(paper)).read_text(errors="replace"))}
    assert not found, f"{name} bundles: {found}"


def test_the_licence_is_here_in_full() -> None:
    text = (PROJECT / "LICENSE").read_text()
    assert "木兰宽松许可证" in text
    assert "Mulan Permissive Software License" in text
    assert "END OF THE TERMS AND CONDITIONS" in text
