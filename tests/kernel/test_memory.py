"""What was asked once is not asked again, for as long as somebody remembers."""

from __future__ import annotations

from itertools import count

from huying.kernel.memory import remember, remembering


def test_outside_every_question_is_asked() -> None:
    asked = count()
    assert [remember("how many", lambda: next(asked)) for _ in range(2)] == [0, 1]


def test_inside_a_question_is_asked_once_and_forgotten_afterwards() -> None:
    asked = count()
    with remembering():
        assert [remember("how many", lambda: next(asked)) for _ in range(2)] == [0, 0]
        with remembering():
            assert remember("how many", lambda: next(asked)) == 0, "the outer one keeps the answers"
        assert remember("how many", lambda: next(asked)) == 0
        assert remember("how far", lambda: next(asked)) == 1
    assert remember("how many", lambda: next(asked)) == 2


def test_an_answer_of_nothing_is_an_answer() -> None:
    asked: list[None] = []
    with remembering():
        for _ in range(2):
            assert remember("who", lambda: asked.append(None)) is None
    assert asked == [None]
