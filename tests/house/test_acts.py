"""Acts say who and when; nothing below the edge reads the clock."""

from __future__ import annotations

import ast

from tests.house.source import Module, functions, modules

# Acts that have no actor or no moment of their own, and why.
NO_BY = {
    "trail/anchor_day": "the system's own daily duty, once per root and day",
    "trail/anchor_all": "the system's own daily duty",
    "trail/send_anchors": "the system's own duty, run by the clock",
    "trail/write_anchors": "the system's own duty, run by the clock",
    "notices/deliver_due": "the system's own duty, run by the clock",
    "intake/receive_online": "a worker is nobody to the system before the receipt exists",
    "mechanism/snapshot": "computed from rules others have set: equal rules, the same row",
    "privacy/destroy_key": "the caller acts and writes the trail",
    "files/check": "it looks an upload through and keeps nothing",
    "privacy/scrub": "it cleans the database's own files and changes no row",
    "privacy/replay_erasures": "a restore repeats what was decided and noted before",
}
NO_AT = {
    "trail/anchor_day": "it is given the day itself",
    "trail/anchor_all": "it is given the day itself",
    "files/check": "it looks an upload through and keeps nothing",
    "cases/locked": "it opens the gate and writes nothing",
}
# Steps of the gate, for rooms above: they take the case another act has locked as their only positional argument.
GATE = "case"
CLOCKS = {
    ("timezone", "now"),
    ("timezone", "localtime"),
    ("timezone", "localdate"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("functions", "Now"),
}
BELOW_THE_EDGE = ("acts", "reads", "rules", "models", "lifecycle")


def _acts() -> list[tuple[Module, ast.FunctionDef]]:
    """What a room offers as acts: public functions of acts.py, or of a package what ``acts/__init__`` passes on.

    ``check`` and ``check_…`` ask and refuse, they do not act.
    """
    passed_on = {
        (module.room, alias.name)
        for module in modules("acts")
        if module.path.stem == "__init__"
        for node in module.tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return [
        (module, node)
        for module in modules("acts")
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef)
        and not (node.name == "check" or node.name.startswith(("_", "check_")))
        and (module.path.stem == "acts" or (module.room, node.name) in passed_on)
    ]


def test_acts_are_keyword_only() -> None:
    loose = [
        f"{m.place}:{f.lineno} {f.name}"
        for m, f in _acts()
        if f.args.posonlyargs
        or (f.args.args and (m.room, f.args.args[0].arg) != ("cases", GATE))
        or (f.args.vararg and not f.args.args)
    ]
    assert not loose, "\n".join(loose)


def test_acts_say_who_and_when() -> None:
    missing = []
    for module, act in _acts():
        given = {argument.arg for argument in act.args.kwonlyargs}
        name = f"{module.room}/{act.name}"
        if "by" not in given and name not in NO_BY:
            missing.append(f"{module.place}:{act.lineno} {act.name} lacks by")
        if "at" not in given and name not in NO_AT:
            missing.append(f"{module.place}:{act.lineno} {act.name} lacks at")
    assert not missing, "\n".join(missing)


def test_acts_are_typed() -> None:
    untyped = [
        f"{m.place}:{f.lineno} {f.name}"
        for m, f in _acts()
        if f.returns is None or any(a.annotation is None for a in f.args.kwonlyargs)
    ]
    assert not untyped, "\n".join(untyped)


def test_acts_never_take_a_request() -> None:
    found = [f"{m.place}:{f.lineno} {f.name}" for m, f in _acts() if "request" in {a.arg for a in f.args.kwonlyargs}]
    assert not found, "\n".join(found)


def test_nothing_below_the_edge_reads_the_clock() -> None:
    reads = []
    for module in modules(*BELOW_THE_EDGE):
        if module.room in ("kernel", "site"):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                called = (node.value.id, node.attr)
                if called in CLOCKS and not _of_given_moment(module.tree, node):
                    reads.append(f"{module.place}:{node.lineno} {'.'.join(called)}")
            if isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
                reads.append(f"{module.place}:{node.value.lineno} {node.arg}")
    assert not reads, "\n".join(reads)


def _of_given_moment(tree: ast.Module, attribute: ast.Attribute) -> bool:
    """``timezone.localdate(at)`` turns a given moment; without an argument it reads the clock."""
    if attribute.attr not in ("localdate", "localtime"):
        return False
    return any(isinstance(n, ast.Call) and n.func is attribute and bool(n.args) for n in ast.walk(tree))


def test_views_and_forms_never_save() -> None:
    found = [
        f"{module.place}:{node.lineno} .{node.func.attr}"
        for module in modules("views", "public", "forms")
        for function in functions(module.tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("save", "bulk_create", "bulk_update", "get_or_create", "update_or_create")
        and not (node.func.attr == "save" and node.args)  # a picture saved into a file
    ]
    assert not found, "\n".join(found)


def test_locks_leave_foreign_keys_and_joined_rows_alone() -> None:
    """A row locked whole stops the check of every key that points to it, at the commit of another act which may already hold
    what this one waits for next; a joined row is locked along unless the lock names its table."""
    wrong = []
    for module in modules():
        inner = {
            id(node.func.value)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and id(node) not in inner:
                wrong += [f"{module.place}:{node.lineno}: {fault}" for fault in _lock_faults(_chain(node))]
    assert not wrong, "\n".join(wrong)


def _chain(call: ast.Call) -> dict[str, set[str | None]]:
    """The methods called one after the other, with the names of what each is given."""
    found: dict[str, set[str | None]] = {}
    node: ast.expr = call
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        found[node.func.attr] = {keyword.arg for keyword in node.keywords}
        node = node.func.value
    return found


def _lock_faults(chain: dict[str, set[str | None]]) -> list[str]:
    given = chain.get("select_for_update")
    if given is None:
        return []
    faults = [] if "no_key" in given else ["no_key=True is missing"]
    return faults + (['of=("self",) is missing'] if "select_related" in chain and "of" not in given else [])
