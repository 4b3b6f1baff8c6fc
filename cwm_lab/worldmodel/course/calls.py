"""Calls: of builtins, whose results are asked for, and of the program's own code, which are stepped
into."""

from __future__ import annotations

import ast
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from cwm_lab.worldmodel.choices import POSITIONS
from cwm_lab.worldmodel.course.applications import Applications
from cwm_lab.worldmodel.course.builtin_calls import TAKES_ALL, WORKED_THROUGH
from cwm_lab.worldmodel.course.collection import all_plain, items_in, parts_of
from cwm_lab.worldmodel.course.held import Called
from cwm_lab.worldmodel.course.known import Fails, Unclear
from cwm_lab.worldmodel.course.lettering import can_end_so, ends_so
from cwm_lab.worldmodel.course.loops import unstarred
from cwm_lab.worldmodel.course.notes import ARROW, END, EQUALS, Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import (
    UNWRITABLE,
    Display,
    Known,
    Operand,
    Piece,
    Unwritable,
    is_display,
    plain,
    tuple_of,
)
from cwm_lab.worldmodel.course.operations import (
    ENDS,
    affix,
    is_literal_value,
    is_text,
    lettered,
    text_in,
)
from cwm_lab.worldmodel.course.protocols import CALLERS, TRUTH
from cwm_lab.worldmodel.course.searching import SEARCHES
from cwm_lab.worldmodel.course.streams import STOPS_AT
from cwm_lab.worldmodel.course.working import Working
from cwm_lab.worldmodel.display import is_exception_class, lineage
from cwm_lab.worldmodel.values import Atom, Cell, Form, Text
from cwm_lab.worldmodel.vocabulary import EXCEPTIONS

_TAKES = (*WORKED_THROUGH, "list", "tuple")
_READS = frozenset(
    "get items keys values index count copy join union intersection difference "
    "symmetric_difference issubset issuperset isdisjoint".split()
)
"""Methods that change nothing."""
_ROWS = ("zip", "enumerate", "reversed")
_LAZY = (*CALLERS, "enumerate", "zip", "reversed")
"""Builtins that go through nothing yet."""
_SPECIAL = {
    "str": ("__str__", "__repr__"), "repr": ("__repr__",), "len": ("__len__",),
    "abs": ("__abs__",), "round": ("__round__",), "int": ("__int__",), "float": ("__float__",),
    "hash": ("__hash__",), "iter": ("__iter__",), "reversed": ("__reversed__",),
}  # fmt: skip
"""The methods of the program's own that builtin functions call."""
_LOOKS_FOR = ("get", "pop", "setdefault", "add", "discard", "remove")
"""Methods of dicts and sets that look for a key."""
_NOT_ITERABLE = "'{}' object is not iterable"
_WITHOUT = {
    "len": ("object of type '{}' has no len()", ("__len__",)),
    "abs": ("bad operand type for abs(): '{}'", ("__abs__",)),
    "next": ("'{}' object is not an iterator", ("__next__",)),
    **dict.fromkeys((*TAKES_ALL, *STOPS_AT), (_NOT_ITERABLE, ("__iter__", "__getitem__"))),
}
"""What Python says of an object that has none of the methods that a builtin function needs."""


class Calls(Applications):
    """The course of a call."""

    def _heard(self, call: Called) -> Generator[Signal, Sent, Called]:
        """A call with what the iterator among its arguments gives, if that is known."""
        stream: Iterator[Operand] | None = None
        joined = call.method == "join" and self._special(call.only, ("__iter__",))
        if joined or self._is_generator(call.only) or parts_of(call.only)[0] in CALLERS:
            stream = self._streamed(call)
        items: Sequence[Operand] | None = None if stream is None else [*stream]
        if items is None and call.is_of_new and parts_of(call.only)[0] in _ROWS:
            rows = self._rows(call.only, nested=True)
            given = () if rows is None else tuple(map(rows.at, range(rows.size)))
            items = given if rows is not None and all_plain(given) else None
        if items is None:
            read = yield from self._strung(call.only)
            strung = isinstance(read, Display) and read is not call.only
            items = read.items if isinstance(read, Display) and strung else None
        return call if items is None else replace(call, given=items)

    def _Call(self, node: ast.Call) -> Course:
        func = node.func
        if isinstance(func, ast.Name) and func.id == "super" and not node.args:
            return UNWRITABLE
        method = ""
        callee: tuple[Operand, str | None]
        value: Operand = None
        if isinstance(func, ast.Attribute):
            callee = yield from self._named(func.value)
            method = func.attr
            value = self._attribute_called(callee[0], method)
            of = plain(callee[0])
            if is_literal_value(of) and not is_text(of) and self._writes():
                yield "may fail"  # None, say, has no methods
            # What the method changes is mentioned as it is afterwards.
            owner = (None, None) if is_display(callee) and method not in _READS else callee
            head: list[Piece] = [owner, ".", self.prompt.names.attribute(method)]
        elif isinstance(func, ast.Name):
            callee = (self._read(func.id), None)
            head = [self.prompt.token_of.get(func.id, func.id)]
        else:
            callee = yield from self._named(func)
            head = [callee]
        meant, name = self._meant(*((callee[0], method) if value is None else (value, "")))
        meant, name = self._of_bound(meant, name)
        consumed: ast.GeneratorExp | None = None
        source: Operand = None
        args: list[Operand] = []
        pieces: list[Piece] = [*head, "("]
        spread: list[Operand] | None = []
        for k, arg in enumerate(node.args):
            pieces += [","] if k else []
            if isinstance(arg, ast.Starred):
                pieces.append("*")
            inner = unstarred(arg)
            if isinstance(inner, ast.GeneratorExp):
                if consumed is not None:
                    raise Unclear
                consumed = inner
                source = yield from self._expr(inner.generators[0].iter)
                args.append(Display(None))
                pieces.append((args[-1], None))
                spread = None
                continue
            given, named = yield from self._named(inner)
            args.append(given)
            pieces.append((given, named))
            if isinstance(arg, ast.Starred):
                given = yield from self._strung(given)
            items = self._spread(arg, given)
            spread = None if spread is None or items is None else [*spread, *items]
        for k, keyword in enumerate(node.keywords):
            pieces += [","] if k or node.args else []
            given, named = yield from self._named(keyword.value)
            args.append(given)
            pieces += [self.prompt.names.attribute(keyword.arg or "**"), "=", (given, named)]
        pieces.append(")")
        if (
            method
            and node is not self._top
            and method not in _READS
            and not is_text(plain(callee[0]))
            and not self._own_code(meant, name, args)
        ):
            # What goes into another list may have changed before it is mentioned.
            pieces = [(None, None) if is_display(piece) else piece for piece in pieces]
        made: list[Operand] | None = None
        if consumed is not None and not self._own_code(meant, name, args):
            taker = (plain(callee[0]) or ("",))[0]
            whole = method == "join" or taker in (*TAKES_ALL, *STOPS_AT)
            whole = whole or self._is_set_method(callee[0], method)
            loops = consumed.generators
            passes = yield from self._comprehension(
                loops,
                [consumed.elt],
                source,
                begun=True,
                whole=whole,
                until=STOPS_AT.get(taker),
                adds=taker == "sum",
            )
            made = [item for (item,) in passes]
        top = node is self._top
        call = Called(node, meant, name, args, pieces, top, made, spread)
        self._must_be_callable(call)
        return (yield from self._called(call))

    def _exception_read(self, node: ast.expr) -> Form | None:
        """A builtin exception, made with texts and numbers alone, that a name stands for."""
        if not isinstance(node, ast.Name) or node.id in self._names:
            return None
        found = self.prompt.values.get(node.id)
        if not isinstance(found, Form) or found.name not in EXCEPTIONS:
            return None
        return found if all(isinstance(arg, Atom | Text) for arg in found.args) else None

    def _called(self, call: Called) -> Course:
        error = self._exception_read(call.node.args[0]) if len(call.node.args) == 1 else None
        if call.builtin == "type" and error is not None and not call.node.keywords:
            shown = tuple(self.prompt.writer.value(error))
            left: list[Piece] = [*call.pieces[:2], (shown, None), ")"]
            return (yield from self._known_result(left, (error.name,), top=call.top))
        of_dict = any(keyword.arg is None for keyword in call.node.keywords)
        if of_dict and not self._own_code(call.callee, call.method, call.args):
            raise Unclear
        ordered = self._keys(call.node, call.callee, call.method, call.args)
        yield from self._text_keys(call)
        if call.given is None and (call.builtin in _TAKES or call.method == "join"):
            taken = (yield from self._all_applied(call.only)) if call.is_of_new else None
            if taken is not None and call.builtin in ("list", "tuple"):
                return (
                    yield from self._drained(call.builtin, iter(taken), call.pieces, top=call.top)
                )
            call = call if taken is None else replace(call, given=taken)
        if call.callee is not None and not call.node.keywords[1:]:
            ours = yield from self._among_objects(call)
            if ours is not None:
                return ours
        if call.builtin == "print":
            return (yield from self._print(call.node, call.args, call.spread))
        first = call.args[0] if call.args else None
        given = self._is_generator(first) or self._special(first, ("__next__",))
        if call.builtin == "next" and call.is_simple and given:
            return (yield from self._next(call.args, call.pieces, top=call.top))
        takes = call.builtin in WORKED_THROUGH or call.method == "join"
        if takes and not call.node.keywords and call.given is None:
            call = yield from self._heard(call)
        takes = call.given is None and call.builtin in (*TAKES_ALL, *STOPS_AT)
        if takes and (items := self._streamed(call)) is not None:
            return (yield from self._drained(call.builtin, items, call.pieces, top=call.top))
        message, needed = _WITHOUT.get(call.builtin, ("", ()))
        cls = self._class_of(call.only)
        if needed and cls is not None and not self._special(call.only, needed):
            raise self._raised_with("TypeError", message.format(cls.name))
        if call.builtin == "sum" and call.is_simple and call.args:
            total = self._sum_among(call)
            if total is not None:
                return (yield from self._noted_return(call.pieces, total, top=call.top))
        if call.method in _LOOKS_FOR and call.is_simple and call.args:
            self._hashed(call.callee, call.args[0])
        found = self._collection(call.only) if call.builtin == "set" else None
        if found is not None and found.kind in ("list", "tuple") and self._all_ours(found.items):
            self._each_once(found.items or ())
        within = self._members(call.only) if call.builtin in STOPS_AT and not call.given else None
        if within is not None and (own_items := self._all_ours(within.items)):
            items = iter(own_items)
            return (yield from self._drained(call.builtin, items, call.pieces, top=call.top))
        if call.builtin in STOPS_AT and call.given is not None:
            decided = self._decided(call.builtin, call.given, None)
            if decided is not None:
                return (yield from self._known_result(call.pieces, decided, top=call.top))
        special = self._special(call.only, _SPECIAL.get(call.builtin, ()))
        if call.builtin == "bool" and self._special(call.only, TRUTH):
            truth = yield from self._truth(call.only)
            return (yield from self._noted_return(call.pieces, (str(truth),), top=call.top))
        if special:
            result = self._through(call.only, special)
            return (yield from self._noted_return(call.pieces, result, top=call.top))
        if call.method in ENDS and call.is_simple and len(call.args) == 1:
            steps = self._ends_among(call.callee, call.args[0], call.method)
            if steps is not None:
                return (yield from self._weighed_note(call.pieces, steps))
            sides = self._ends(call.callee, call.args[0], call.method)
            if sides is not None:
                return (yield from self._texts_compared("==", *sides))
        if call.method in SEARCHES and call.is_simple:
            text = self._searched(call.callee, call.method, call.args)
            if text is not None:
                call = replace(call, pieces=[*lettered(text), *call.pieces[1:]])
        if call.callee is UNWRITABLE and self._inherited(call.method) is None:
            return self._super_of_builtin(call)
        parts = yield from self._formatted(call)
        if parts is not None:
            return (yield from self._composed(call.pieces, parts, top=call.top))
        own = self._own_code(call.callee, call.method, call.args)
        if call.builtin in _LAZY and call.is_simple and not any(map(self._class_of, call.args)):
            own = False
        if call.given is not None and not any(map(self._may_be_asked, call.given)):
            own = False
        if ordered and not any(map(self._may_be_asked, self._sort_keys)):
            own = False
        if not self._writes():
            return (yield from self._followed(call, own))
        told = self._call(call)
        if call.callee is UNWRITABLE:
            if told is not None:
                self.effect, self.sure = ["<call>", "super", *told[1:]], None not in call.args
            raise Fails
        if own:
            if told is not None:
                self.effect = ["<call>", *told]
                self.sure = None not in call.args  # whether they fit is known from the source
            raise Fails
        return (yield from self._builtin(call))

    def _streamed(self, call: Called) -> Iterator[Operand] | None:
        """The items of a call's one argument, if code of the program gives them. An iterator that
        has a name may have been used up."""
        of = call.only
        if not call.is_of_new and len(plain(of) or ()) != 1:
            return None
        return self._stream(of, sized=call.builtin in ("list", "tuple", "sorted"))

    def _super_of_builtin(self, call: Called) -> Known | None:
        """What a method of a builtin class gives that `super()` finds: `__init__` of an exception
        sets its arguments, that of others does nothing. Raises Unclear for others."""
        me = self.prompt.values.get(self.prompt.statement.me or "")
        if call.method != "__init__" or not isinstance(me, Cell) or me.cls is None:
            raise Unclear
        line = [*lineage(me.cls)]
        raised = is_exception_class(me.cls)
        if not (call.top and call.is_simple) or Atom("OSError") in line or not self._writes():
            raise Unclear
        if not raised and call.args:
            told = "object.__init__() takes exactly one argument (the instance to initialize)"
            raise self._raised_with("TypeError", told)
        args = [arg for arg in call.args if isinstance(arg, tuple)]
        if len(args) < len(call.args):
            raise Unclear
        label, given = self._label_of[me], tuple_of(args)
        before = self.prompt.attributes.get((label, "args"))
        self.effect = ["<ok>"]
        if raised and (before is None or self._known(before) != given):
            self.effect = [label, ".", "args", "=", (given, None), ";", "<ok>"]
        return ("None",)

    def _sum_among(self, call: Called) -> Known | None:
        """What `sum` makes of a list of objects; None if it adds others."""
        found = self._collection(call.args[0])
        items = call.given if found is None else found.items
        start: Operand = call.args[1] if len(call.args) > 1 else ("0",)
        return None if items is None else self._sum_of(items, start)

    def _among_objects(self, call: Called) -> Course:
        """A call that looks for, or orders, objects of the program's own; None if it does not."""
        found = self._collection(call.callee) if call.method else self._collection(call.only)
        if call.builtin in ("sorted", "min", "max") and call.args:
            found = self._collection(call.args[0])
        name = call.method or call.builtin
        if call.builtin in ("min", "max") and len(call.args) > 1 and call.is_simple:
            items = self._all_ours(call.args)
            if not items:
                return None
            best = items[self._order_of(name, items, reverse=False)[0]]
            return (yield from self._known_result(call.pieces, best, top=call.top))
        if found is None or found.kind not in ("list", "tuple") or call.is_starred:
            return None
        if name in ("index", "count", "remove") and call.is_simple and len(call.args) == 1:
            items = self._all_compared(found.items, call.args[0])
            if not items or not call.method:
                return None
            if name != "remove":
                result = self._found_among(name, items, call.args[0])
                if result is None:
                    raise Unclear
                return (yield from self._noted_return(call.pieces, result, top=call.top))
            places = self._equal_places(items, call.args[0], 1)
            if not places:
                raise Unclear
            self._must_write()
            self._change(found.without(places[0]))
        elif name in ("sorted", "min", "max", "sort"):
            items = self._all_ours(found.items)
            by = {keyword.arg for keyword in call.node.keywords}
            if not items or by - {"reverse"} or len(call.args) != len(by) + (name != "sort"):
                return None
            reverse = self._known_truth(call.args[-1]) if by else False
            if reverse is None:
                raise Unclear
            places = self._order_of(name, items, reverse=reverse)
            if name != "sort":
                made: Known = Display([items[place] for place in places])
                made = made if name == "sorted" else items[places[0]]
                if not self._writes():
                    return made
                yield from self._left(call.pieces, ARROW)
                for place in places:
                    yield POSITIONS[place]
                yield EQUALS
                return (yield from self._answered(made))
            self._must_write()
            yield from self._left(call.pieces, ARROW)
            for place in places:
                yield POSITIONS[place]
            yield END
            self._change(replace(found, items=tuple(items[place] for place in places)))
        else:
            return None
        if call.top and isinstance(self.prompt.statement.node, ast.Expr):
            self.effect = ["<ok>"]
        return ("None",)

    def _ends(self, owner: Operand, wanted: Operand, method: str) -> tuple[str, str] | None:
        """What `startswith` or `endswith` compares letter by letter, if it does."""
        text, part = text_in(owner), text_in(wanted)
        if (text is None and owner is None) or (part is None and wanted is None):
            self._must_write()
            raise Unclear
        return None if text is None or part is None else affix(text, part, method)

    def _ends_among(self, owner: Operand, wanted: Operand, method: str) -> Working[bool] | None:
        """How `startswith` or `endswith` compares with several texts, if it does so one by one."""
        text, tokens = text_in(owner), plain(wanted)
        if text is None or tokens is None or tokens[0] != "(":
            return None
        found = [text_in(item) for item in items_in(tokens)]
        parts = [part for part in found if part is not None]
        known = len(parts) == len(found) and can_end_so(text, parts, method)
        return ends_so(text, parts, method) if known else None

    def _followed(self, call: Called, own: bool | None) -> Course:
        """A call that was evaluated before."""
        if own is False:
            held = self._made(call.callee, call.method, call.args) if call.is_simple else None
            cls = self._cell(call.callee)
            if held is None and cls is not None and cls.kind == "cls" and not call.method:
                held = yield from self._held(call)
            if held is not None:
                return held
            ordered = call.builtin in ("sorted", "min", "max") and len(call.node.args) == 1
            rows = self._source(call.args[0]) if ordered else None
            rows = None if rows is None else replace(rows, kind="list")
            return self._noted_before(call.pieces, rows, many=call.builtin == "sorted")
        made, _ = self._returned[0]
        guessed = call.callee is None and call.method in ("", made.method)
        guessed = guessed and isinstance(made.callee, Cell)
        if own is None and not (isinstance(call.callee, Unwritable) or guessed):
            raise Unclear
        stars = (k for k, arg in enumerate(call.node.args) if isinstance(arg, ast.Starred))
        plainly = call.args[: next(stars, len(call.args))]
        method = (made.method or "") if guessed else call.method
        result = self._take_returned(call.callee, method, plainly)
        if isinstance(call.callee, Unwritable):
            return result
        pieces = call.pieces
        if guessed and isinstance(made.callee, Cell):
            of = self._known(made.callee)
            if of is not None and method not in (call.method, "__call__"):
                of = self._bound_method(of, method)
            pieces = [(of, None), *pieces[1:]]
        values = [*made.args, *(value for _, value in made.keywords)]
        if len(values) == len(call.args) and not call.is_starred:
            pieces = self._with_arguments(pieces, values)
        return (yield from self._noted_return(pieces, result, top=call.top))

    def _keys(self, node: ast.Call, callee: Operand, method: str, args: Sequence[Operand]) -> bool:
        """Whether `sort`, `sorted`, `min` or `max` orders by the program's own `key`, which it
        calls with each item first."""
        names = [keyword.arg for keyword in node.keywords]
        if "key" not in names:
            return False
        key = args[len(node.args) + names.index("key")]
        of = callee if method == "sort" else args[0] if len(node.args) == 1 else None
        rows = self._rows(of, nested=True)
        builtin = method == "sort" or callee in (("sorted",), ("min",), ("max",))
        if not (builtin and self._is_own(key)) or rows is None:
            return False
        for visit in range(rows.size):
            self._sort_keys.append(self._through(*self._meant(key, ""), [rows.at(visit)]))
        return True
