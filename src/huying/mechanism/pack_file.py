"""Reading a pack file: YAML checked key by key, every complaint with file, line and clause."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

SHIPPED = Path(__file__).parent / "packs"
# How often a duty comes round: in every period, for every case, or every so many months, a number each union sets.
EVERY = ("day", "week", "month", "quarter", "half_year", "year", "months", "case")
# Who owes a duty: every union, those of employers, local and industry unions, or each person who holds something there.
WHO = ("union", "employer_union", "upper_union", "person")
HOLDERS = ("cadre", "studio_staff", "stationed")
MEASURES = ("times", "days")
FIELD_KINDS = ("text", "number", "choice")
CLAUSE_KINDS = ("flow", "duty", "record", "vote", "doc", "view", "rule")


class PackError(Exception):
    """A pack file says something that cannot be used."""

    def __init__(self, file: str, line: int, clause: str, message: str) -> None:
        super().__init__(file, line, clause, message)
        self.file, self.line, self.clause, self.message = file, line, clause, message

    def __str__(self) -> str:
        clause = f"（条款 {self.clause}）" if self.clause else ""
        return f"{self.file} 第 {self.line} 行{clause}：{self.message}"


@dataclass(frozen=True)
class Key:
    """What may stand under one key.  ``kind``: text, number, flag, code, codes (several, with commas), clause or rows (of
    ``rows``)."""

    kind: str = "text"
    required: bool = True
    default: Any = None
    choices: tuple[str, ...] = ()
    rows: Mapping[str, Key] = field(default_factory=dict)


_CODE, _TEXT, _CLAUSE = Key("code"), Key(), Key("clause")
_OPTIONAL = Key(required=False, default="")
_CODES = Key("codes", required=False, default=())
_LIMITS = {"least": Key("number", required=False), "most": Key("number", required=False)}
_CHOICES = Key("rows", rows={"code": _CODE, "label": _TEXT, "note": _OPTIONAL})
HEAD: Mapping[str, Key] = {
    "pack": _CODE,
    "title": _TEXT,
    "issuer": _TEXT,
    "number": _TEXT,
    "date": _TEXT,
    "note": _OPTIONAL,
}
CLAUSES: Mapping[str, Key] = {
    "id": _TEXT, "at": _TEXT, "kind": Key(choices=CLAUSE_KINDS), "summary": _TEXT,
}  # fmt: skip
SECTIONS: Mapping[str, Mapping[str, Key]] = {
    "clocks": {
        "code": _CODE, "clause": _CLAUSE, "label": _TEXT, "what": _TEXT, "days": Key("number"),
        "kind": Key(choices=("calendar", "working")), "roll": Key("flag", required=False, default=False),
        "gives_time": Key("flag", required=False, default=False),
        "starts": _TEXT, "stops": _TEXT, "note": _OPTIONAL, **_LIMITS,
    },
    "counts": {
        "code": _CODE, "clause": _CLAUSE, "label": _TEXT, "what": _TEXT, "measure": _TEXT,
        "at_least": Key("number", required=False), "at_most": Key("number", required=False), **_LIMITS,
    },
    "duties": {
        "code": _CODE, "clause": _CLAUSE, "label": _TEXT, "what": _TEXT, "who": Key(choices=WHO),
        "holders": Key(required=False, default="", choices=("", *HOLDERS)), "ranks": _CODES, "levels": _CODES,
        "of": _CODE, "kinds": _CODES, "measure": Key(required=False, default="times", choices=MEASURES),
        "times": Key("number", required=False, default=0), "count": Key("code", required=False, default=""),
        "every": Key(choices=EVERY), "months": Key("code", required=False, default=""), "note": _OPTIONAL,
    },
    "scales": {
        "code": _CODE, "clause": _CLAUSE, "label": _TEXT, "default": Key("flag", required=False, default=False),
        "grades": Key("rows", rows={
            "code": _CODE, "label": _TEXT, "counts_as": Key(choices=("satisfied", "basic", "unsatisfied")),
        }),
    },
    "categories": {
        "code": _CODE, "clause": _CLAUSE, "label": _TEXT, "what": _OPTIONAL,
        "parent": Key("code", required=False, default=""), "has_worker": Key("flag", required=False, default=True),
    },
    "channels": {
        "code": _CODE, "clause": _CLAUSE, "label": _TEXT, "on": Key("flag", required=False, default=True),
        "box": Key(choices=("talk", "phone", "relay", "online")),
    },
    "roles": {
        "code": _CODE, "clause": _CLAUSE, "label": _TEXT, "meeting": _CODE, "what": _OPTIONAL,
        "chairs": Key("flag", required=False, default=False), "per_topic": Key("flag", required=False, default=False),
    },
    "phases": {"code": _CODE, "clause": _CLAUSE, "label": _TEXT, "what": _OPTIONAL},
    "options": {"code": _CODE, "clause": _CLAUSE, "label": _TEXT, "choices": _CHOICES},
    "records": {
        "code": _CODE, "clause": _CLAUSE, "label": _TEXT, "what": _OPTIONAL,
        "outside": Key("flag", required=False, default=True),
        "meets_both": Key("flag", required=False, default=False),
        "fields": Key("rows", required=False, default=[], rows={
            "code": _CODE, "label": _TEXT, "kind": Key(choices=FIELD_KINDS),
            "options": Key("code", required=False, default=""), "must": Key("flag", required=False, default=False),
        }),
    },
    "needs": {"code": _CODE, "clause": _CLAUSE, "label": _TEXT, "choices": _CHOICES},
    "forms": {
        "code": _CODE, "clause": _CLAUSE, "title": _TEXT,
        "fields": Key("rows", required=False, default=[], rows={
            "code": _CODE, "label": _TEXT, "options": Key("code", required=False, default=""),
        }),
    },
    "texts": {"code": _CODE, "clause": _CLAUSE, "text": _TEXT},
}  # fmt: skip


def shipped() -> Iterator[Path]:
    """Pack files that ship with the product."""
    return iter(sorted(SHIPPED.glob("*.yaml")))


@lru_cache(maxsize=32)
def read_shipped(path: Path) -> dict[str, Any]:
    """A shipped pack; the file does not change while the process runs."""
    return read(path.read_text(encoding="utf-8"), path.name)


def digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of a body in one canonical spelling."""
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read(text: str, file: str) -> dict[str, Any]:
    """The body of a pack.  Raises ``PackError``."""
    return _Reader(file).pack(text)


class _Reader:
    """Walks the node tree of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.clause = ""
        self.clauses: set[str] = set()
        self.lists: set[str] = set()

    def fail(self, node: yaml.Node, message: str) -> PackError:
        """The error for a place in the file."""
        return PackError(self.file, node.start_mark.line + 1, self.clause, message)

    def pack(self, text: str) -> dict[str, Any]:
        """The whole file."""
        try:
            top = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise PackError(self.file, mark.line + 1 if mark else 1, "", f"不是合格的 YAML：{error.problem}") from error
        except yaml.YAMLError as error:
            raise PackError(self.file, 1, "", f"不是合格的 YAML：{error}") from error
        if top is None:
            raise PackError(self.file, 1, "", "文件是空的")
        keys = self.keys(top, {*HEAD, "clauses", *SECTIONS})
        body = self.fields(top, {name: keys[name] for name in keys if name in HEAD}, HEAD)
        if "clauses" not in keys:
            raise self.fail(top, "缺少 clauses（条款）")
        body["clauses"] = [self.clause_row(node) for node in self.items(keys["clauses"])]
        for section, schema in SECTIONS.items():
            body[section] = self.rows(keys[section], schema, section) if section in keys else []
        return body

    def clause_row(self, node: yaml.Node) -> dict[str, Any]:
        """One clause; its id must be new."""
        self.clause = ""
        row = self.fields(node, self.keys(node, set(CLAUSES)), CLAUSES)
        if row["id"] in self.clauses:
            raise self.fail(node, f"条款编号“{row['id']}”重复")
        self.clauses.add(row["id"])
        return row

    def rows(self, node: yaml.Node, schema: Mapping[str, Key], section: str) -> list[dict[str, Any]]:
        """The rows of a section or of a list inside one; codes are unique among them (seats: in one kind of meeting)."""
        found: list[dict[str, Any]] = []
        nested = section not in SECTIONS
        for item in self.items(node):
            if not nested:
                self.clause = ""
            keys = self.keys(item, set(schema))
            if "clause" in keys and isinstance(keys["clause"], yaml.ScalarNode):
                self.clause = keys["clause"].value
            row = self.fields(item, keys, schema)
            if any((row["code"], row.get("meeting")) == (other["code"], other.get("meeting")) for other in found):
                raise self.fail(item, f"{section} 里的代码“{row['code']}”重复")
            self.check(item, row, section, found)
            found.append(row)
        if not nested:
            self.clause = ""
        return found

    def check(self, node: yaml.Node, row: dict[str, Any], section: str, before: list[dict[str, Any]]) -> None:
        """What one row has to keep beyond its keys."""
        if section == "clocks" and row["days"] < 1:
            raise self.fail(node, "days 至少是 1")
        if section == "duties":
            self.check_duty(node, row)
        if section == "counts":
            given = [sense for sense in ("at_least", "at_most") if row[sense] is not None]
            if len(given) != 1:
                raise self.fail(node, "at_least 和 at_most 要写一个，并且只写一个")
            row["sense"], row["value"] = given[0], row[given[0]]
            del row["at_least"], row["at_most"]
        if section == "categories" and row["parent"]:
            parent = next((other for other in before if other["code"] == row["parent"]), None)
            if parent is None or parent["parent"]:
                raise self.fail(node, f"parent 写的“{row['parent']}”不是前面已写的一级类别")
            row["has_worker"] = parent["has_worker"]
        if section in ("scales", "options"):
            self.lists.add(row["code"])
        if section == "fields" and row["options"] and row["options"] not in self.lists:
            raise self.fail(node, f"options 写的“{row['options']}”不在 scales 或 options 里")
        if section in ("scales", "options", "needs") and not row.get("grades", row.get("choices")):
            raise self.fail(node, "至少要有一个选项")

    def check_duty(self, node: yaml.Node, row: dict[str, Any]) -> None:
        """How often and by whom must be said once and only once."""
        if (row["every"] == "months") != bool(row["months"]):
            raise self.fail(node, "every 写 months 时，months 要写明由哪个数目（counts）来定，其他时候不写")
        if bool(row["times"]) == bool(row["count"]):
            raise self.fail(node, "times（次数）和 count（由哪个数目来定）要写一个，并且只写一个")
        if (row["who"] == "person") != bool(row["holders"]):
            raise self.fail(node, "who 写 person 时，holders 要写明是哪些人，其他时候不写")

    def fields(self, node: yaml.Node, keys: Mapping[str, yaml.Node], schema: Mapping[str, Key]) -> dict[str, Any]:
        """A mapping's values, with defaults for what may be left out."""
        row = {}
        for name, key in schema.items():
            if name in keys:
                row[name] = self.value(keys[name], name, key)
            elif key.required:
                raise self.fail(node, f"缺少 {name}")
            else:
                row[name] = key.default
        return row

    def value(self, node: yaml.Node, name: str, key: Key) -> Any:
        """One value of the right kind."""
        if key.kind == "rows":
            return self.rows(node, key.rows, name)
        if not isinstance(node, yaml.ScalarNode):
            raise self.fail(node, f"{name} 应该是一个值，不是列表或表")
        if key.kind == "number":
            if node.tag != "tag:yaml.org,2002:int" or not node.value.isascii() or not node.value.isdigit():
                raise self.fail(node, f"{name} 应该是整数，写成了“{node.value}”")
            return int(node.value)
        if key.kind == "flag":
            if node.value not in ("true", "false"):
                raise self.fail(node, f"{name} 应该是 true 或 false，写成了“{node.value}”")
            return node.value == "true"
        if key.kind == "codes":
            parts = [part.strip() for part in node.value.split(",") if part.strip()]
            for part in parts:
                self.code(node, name, part)
            return parts
        return self.words(node, name, key)

    def code(self, node: yaml.Node, name: str, text: str) -> None:
        """A code has letters people can type anywhere."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", text):
            raise self.fail(node, f"{name} 只能用小写字母、数字、下划线和连字符，写成了“{text}”")

    def words(self, node: yaml.ScalarNode, name: str, key: Key) -> str:
        """A text, a code or the id of a clause."""
        text: str = node.value.strip()
        if key.required and not text:
            raise self.fail(node, f"{name} 不能为空")
        if key.choices and text not in key.choices:
            raise self.fail(node, f"{name} 只能是 {'、'.join(key.choices)}，写成了“{text}”")
        if key.kind == "code" and text:
            self.code(node, name, text)
        if key.kind == "clause" and text not in self.clauses:
            raise self.fail(node, f"没有编号为“{text}”的条款")
        return text

    def keys(self, node: yaml.Node, known: set[str]) -> dict[str, yaml.Node]:
        """Keys of a mapping, each known and written once."""
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(node, "这里应该是“键: 值”")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name not in known:
                raise self.fail(key, f"不认识的键“{name}”，可用的有 {'、'.join(sorted(known))}")
            if name in found:
                raise self.fail(key, f"键“{name}”写了两次")
            found[name] = value
        return found

    def items(self, node: yaml.Node) -> list[yaml.Node]:
        """Items of a list."""
        if not isinstance(node, yaml.SequenceNode):
            raise self.fail(node, "这里应该是列表")
        return list(node.value)
