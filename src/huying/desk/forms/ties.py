"""What staff type on the pages of ties, households, leave: types and labels only."""

from __future__ import annotations

from collections.abc import Iterable

from huying.desk.forms.dossier import ActForm, choose, day, named, pick, words
from huying.desk.forms.studios import UntilForm, line
from huying.fieldwork.models import Household, Leave, TieKind, TieResult
from huying.org.models import Post, Unit


class TieForm(ActForm):
    """Who stands by whom."""

    post = choose("哪位干部")
    unit = choose("哪个单位", required=False)
    household = choose("哪一户", required=False, help_text="只按编号选；是谁家，点开那一户、写明理由才看得到。")
    since = day("从哪天起")

    def fill(self, kind: str, posts: Iterable[Post], units: Iterable[Unit], found: Iterable[Household]) -> None:
        """What fits the kind; the other of the two is left out."""
        self.offer("post", named(posts), blank="请选")
        if kind in (TieKind.CONTACT_HOUSEHOLD, TieKind.PAIRING):
            del self.fields["unit"]
            self.offer("household", [(str(one.pk), f"{one.code}（{one.unit.name}）") for one in found], blank="请选")
        else:
            del self.fields["household"]
            marked = [(str(one.pk), f"{one.name}{'（困难企业）' if one.in_difficulty else ''}") for one in units]
            self.offer("unit", marked, blank="请选")


class EndTieForm(UntilForm):
    """The last day of a tie, and why."""

    reason = words("为什么结束", rows=3, help_text="例如：半年到期轮换；困难已经解决；干部调动。")


class ResultForm(ActForm):
    """What came of a tie."""

    kind = pick("哪一种")
    on = day("哪天")
    text = words("办了什么", rows=4, help_text="不写姓名、住址和能猜出是谁的细节。")

    def fill(self) -> None:
        """A problem or a thing."""
        self.offer("kind", list(TieResult.KINDS))


class HouseholdForm(ActForm):
    """Who they are: all of it is sealed."""

    name = line("户主姓名", most=40)
    phone = line("电话", most=20, required=False)
    address = line("住址", most=120, required=False)
    needs = words("有什么困难", rows=5)


class WhyForm(ActForm):
    """Why."""

    reason = words("理由", rows=3)


class CloseForm(WhyForm):
    """The day and why."""

    on = day("从哪天起")
    field_order = ("on", "reason")


class LeaveForm(ActForm):
    """Somebody is away."""

    post = choose("哪位干部")
    kind = pick("哪一种")
    since = day("从哪天")
    until = day("到哪天")

    def fill(self, posts: Iterable[Post]) -> None:
        """Cadres of the union."""
        self.offer("post", named(posts), blank="请选")
        self.offer("kind", list(Leave.KINDS))
