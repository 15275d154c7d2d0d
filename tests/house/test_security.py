"""docs/security.md leaves no requirement of levels 1 and 2 out, and every test it names is there."""

from __future__ import annotations

import re

from tests.house.source import PROJECT

PAGE = (PROJECT / "docs" / "security.md").read_text()
# OWASP ASVS 5.0, levels 1 and 2: section, then its requirements.
ASKED = """
1.1:1,2 1.2:1,2,3,4,5,6,7,8,9 1.3:1,2,3,4,5,6,7,8,9,10,11 1.4:1,2,3 1.5:1,2 2.1:1,2,3 2.2:1,2,3 2.3:1,2,3,4
2.4:1 3.2:1,2 3.3:1,2,3,4 3.4:1,2,3,4,5,6 3.5:1,2,3,4,5 3.7:1,2 4.1:1,2,3 4.2:1 4.3:1,2 4.4:1,2,3,4 5.1:1
5.2:1,2,3 5.3:1,2 5.4:1,2,3 6.1:1,2,3 6.2:1,2,3,4,5,6,7,8,9,10,11,12 6.3:1,2,3,4 6.4:1,2,3,4 6.5:1,2,3,4,5
6.6:1,2,3 6.8:1,2,3,4 7.1:1,2,3 7.2:1,2,3,4 7.3:1,2 7.4:1,2,3,4,5 7.5:1,2 7.6:1,2 8.1:1,2 8.2:1,2,3 8.3:1 8.4:1
9.1:1,2,3 9.2:1,2,3,4 10.1:1,2 10.2:1,2 10.3:1,2,3,4 10.4:1,2,3,4,5,6,7,8,9,10,11 10.5:1,2,3,4,5 10.6:1,2
10.7:1,2,3 11.1:1,2 11.2:1,2,3 11.3:1,2,3 11.4:1,2,3,4 11.5:1 11.6:1 12.1:1,2,3 12.2:1,2 12.3:1,2,3,4 13.1:1
13.2:1,2,3,4,5 13.3:1,2 13.4:1,2,3,4,5 14.1:1,2 14.2:1,2,3,4 14.3:1,2,3 15.1:1,2,3 15.2:1,2,3 15.3:1,2,3,4,5,6,7
16.1:1 16.2:1,2,3,4,5 16.3:1,2,3,4 16.4:1,2,3 16.5:1,2,3 17.1:1 17.2:1,2,3,4 17.3:1,2
"""


def answered() -> list[str]:
    """The requirements the page answers, as often as it does."""
    rows = re.findall(r"^\| (\d+\.[^|]*) \|", PAGE, flags=re.M)
    return [found for row in rows for found in re.findall(r"\d+\.\d+\.\d+", row)]


def test_every_requirement_has_one_row() -> None:
    asked = {
        f"{section}.{number}"
        for part in ASKED.split()
        for section, _, numbers in [part.partition(":")]
        for number in numbers.split(",")
    }
    found = answered()
    assert asked - set(found) == set()
    assert len(found) == len(set(found))


def test_every_test_it_names_exists() -> None:
    files = {path.relative_to(PROJECT).as_posix(): path.read_text() for path in (PROJECT / "tests").rglob("test_*.py")}
    defined = {name for text in files.values() for name in re.findall(r"def (test_\w+)", text)}
    stems = {path.rpartition("/")[2].removesuffix(".py") for path in files}
    named = {name.removesuffix(".py") for name in re.findall(r"\btest_\w+", PAGE)}
    assert named - defined - stems == set()
