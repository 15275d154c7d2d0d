"""What stays hidden when few are behind it, tried by somebody who knows the rule and all that is shown."""

from __future__ import annotations

import random
from itertools import product

import pytest

from huying.ledger.rules import hidden_cells, published, suppressed

SMALLEST = 5


@pytest.mark.parametrize(
    ("cells", "hidden"),
    [
        ((9, 7, 6), ()),
        ((9, 7, 0), ()),
        ((9, 7, 3), (1, 2)),  # the next larger one goes as well, or the sum would tell
        ((9, 6, 3, 2), (1, 2, 3)),
        ((9, 6, 6, 3), (1, 2, 3)),  # equal ones go together
        ((6, 3), (0, 1)),
        ((6, 3, 0), (0, 1, 2)),  # nothing left to see: noughts hide, too
        ((4, 3), (0, 1)),
        ((0, 0), ()),
    ],
)
def test_which_cells_are_hidden(cells: tuple[int, ...], hidden: tuple[int, ...]) -> None:
    assert suppressed(dict(enumerate(cells)), SMALLEST) == frozenset(hidden)


def _shown(cells: tuple[int, ...]) -> tuple[int | None, ...]:
    hidden = suppressed(dict(enumerate(cells)), SMALLEST)
    return tuple(None if place in hidden else n for place, n in enumerate(cells))


@pytest.mark.parametrize("width", [2, 3, 4])
def test_nobody_works_out_a_hidden_cell(width: int) -> None:
    """Every table up to a size: whoever sees what is shown, the sum and the rule finds two values for each hidden cell."""
    tables: dict[tuple, list[tuple[int, ...]]] = {}
    for cells in product(range(15), repeat=width):
        if SMALLEST <= sum(cells) < 15:
            tables.setdefault((_shown(cells), sum(cells)), []).append(cells)
    solved = []
    for (shown, total), possible in tables.items():
        for place, n in enumerate(shown):
            if n is None and len({cells[place] for cells in possible}) == 1:
                solved.append((shown, total, place))
    assert not solved, solved[:5]


def test_the_adversary_would_win_without_the_second_cell() -> None:
    cells = {"a": 9, "b": 7, "c": 3}
    alone = {key for key, n in cells.items() if 0 < n < SMALLEST}
    assert sum(cells.values()) - sum(n for key, n in cells.items() if key not in alone) == 3
    assert len(suppressed(cells, SMALLEST)) == 2


def _random_cells(chance: random.Random) -> dict[tuple[str, str], tuple[int, int]]:
    received = chance.choice((0, 3, 8, 20, 60))
    cells = {("received", ""): (received, 0)} if received else {}

    def split(n: int, values: list[str]) -> list[tuple[str, int]]:
        found = dict.fromkeys(values, 0)
        for _ in range(n):
            found[values[min(len(values) - 1, int(chance.expovariate(0.8)))]] += 1
        return [(value, n) for value, n in found.items() if n]

    for measure in ("channel", "place", "state"):
        cells |= {(measure, value): (n, 0) for value, n in split(received, list("abcde"))}
    for content_class, n in split(received, ["rights", "other", ""]):
        cells["class", content_class] = (n, 0)
        cells |= {("category", f"{content_class}/{value}"): (k, 0) for value, k in split(n, list("xyz"))}
    for code in ("accept", "item", "report", "tell"):
        stands = dict(split(received, ["ok", "none", "late", "running"]))
        cells |= {(f"step:{code}", value): (n, 0) for value, n in stands.items() if value != "none"}
        if late := stands.get("late"):
            overdue = chance.randrange(late + 1)
            cells |= {(f"overdue:{code}", ""): (overdue, 0)} if overdue else {}
            cells |= {(f"days:{code}", ""): (n, n * 3)} if (n := stands.get("ok", 0) + late - overdue) else {}
    for measure in ("returned", "reopened", "climbed"):
        if n := chance.randrange(received + 1) if received else 0:
            cells[measure, ""] = (n, n)
    return cells


def test_no_hidden_figure_follows_by_subtraction() -> None:
    """Every sum somebody can form (a table and its total, a class and its categories, a step and the rest) leaves two unknown,
    and no small figure is shown."""
    chance = random.Random(7)
    for _ in range(400):
        cells = _random_cells(chance)
        hidden = hidden_cells(cells, SMALLEST)
        small = {key for key, (n, _) in cells.items() if 0 < n < SMALLEST}
        assert small <= hidden
        received = cells.get(("received", ""), (0, 0))[0]
        if 0 < received < SMALLEST:
            assert set(cells) == hidden
            continue
        for table, total in _sums(cells, received):
            unknown = [key for key in table if key in hidden]
            rest = total - sum(cells[key][0] for key in table)  # not come to this step: never shown, so unknown as well
            assert len(unknown) != 1 or rest, (unknown, cells)


def _sums(cells: dict, received: int):
    for measure in ("channel", "place", "state", "class"):
        yield [key for key in cells if key[0] == measure], received
    for _, content_class in [key for key in cells if key[0] == "class"]:
        table = [key for key in cells if key[0] == "category" and key[1].startswith(f"{content_class}/")]
        if ("class", content_class) not in hidden_cells(cells, SMALLEST):
            yield table, cells["class", content_class][0]
    for code in ("accept", "item", "report", "tell"):
        yield [key for key in cells if key[0] == f"step:{code}"], received


@pytest.mark.parametrize(("answered", "shown"), [(0, False), (1, False), (4, False), (5, True), (9, True)])
def test_answers_of_a_quarter_are_told_whole_or_not_at_all(answered: int, shown: bool) -> None:
    atom = {
        ("answered:asker", ""): (answered, 0),
        ("grade:asker", "unsatisfied"): (1, 0),
        ("asked:delegate", ""): (9, 0),
    }
    found = published(atom, SMALLEST, {})
    assert (("grade:asker", "unsatisfied") in found) is shown
    assert ("asked:delegate", "") not in found, "another group needs enough answers of its own"


def _answers(satisfied: int, unsatisfied: int) -> dict[tuple[str, str], tuple[int, int]]:
    cells = {("answered:asker", ""): satisfied + unsatisfied, ("grade:asker", "satisfied"): satisfied,
             ("grade:asker", "unsatisfied"): unsatisfied}  # fmt: skip
    return {name: (n, 0) for name, n in cells.items() if n}


@pytest.mark.clause("HY-cell")
@pytest.mark.attack(
    "upper",
    "looks at a quarter's answers every day and reads the newest grade off the difference",
    found="mended: a published quarter grew by one answer at a time",
)
def test_who_looks_every_day_never_sees_fewer_people_come_in_than_a_cell_may_hold() -> None:
    chance = random.Random(7)
    for _ in range(50):
        satisfied = unsatisfied = 0
        shown: dict[tuple[str, str], tuple[int, int]] = {}
        for _ in range(40):
            satisfied, unsatisfied = (
                (satisfied + 1, unsatisfied) if chance.random() < 0.7 else (satisfied, unsatisfied + 1)
            )
            now = published(_answers(satisfied, unsatisfied), SMALLEST, shown)
            count = [cells.get(("answered:asker", ""), (0, 0))[0] for cells in (shown, now)]
            assert count[1] - count[0] == 0 or count[1] - count[0] >= SMALLEST
            assert published(_answers(satisfied, unsatisfied), SMALLEST, now) == now  # said again, it is the same
            shown = now
        assert satisfied + unsatisfied - count[1] < SMALLEST


def test_answers_taken_back_below_the_edge_are_hidden_again() -> None:
    assert published(_answers(3, 1), SMALLEST, _answers(6, 1)) == {}
    assert published(_answers(5, 1), SMALLEST, _answers(6, 1)) == _answers(6, 1)
