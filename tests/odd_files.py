"""Fact files with everything in them that files have had in them: odd values, odd lines, odd cells."""

# ruff: noqa: E501  texts in rows, as they stand in a file

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random

#: A rulebook with a field of each type, references, related facts, a table, and fields that can contradict.
RULEBOOK = """\
rulebook: odd
edition: 2024-01-01
language: 1
title: Odd
documents: {d: {title: D}}
facts:
  thing:
    fields:
      name: {type: text}
      note: {type: text}
      colour: {type: choice, of: [red, green, ünd, "yes", a b]}
      lit: {type: yes/no}
      size: {type: whole number, minimum: -1000}
      price: {type: decimal, maximum: 999999999999999}
      from: {type: date}
      owner: {type: reference, to: person}
      twice: {type: whole number, computed: {plus: [size, size]}, may_be_given: yes}
      class: {type: choice, of: [cheap, dear]}
  person:
    fields:
      name: {type: text}
      boss: {type: reference, to: person}
      age: {type: whole number}
      score: {type: decimal}
tables:
  colours:
    about: thing
    by: colour
    columns: {limit: {type: decimal}, warm: {type: yes/no}}
    rows: {red: {limit: 1.5, warm: yes}, green: {warm: no}, "yes": {limit: 2}}
rules:
  named: {about: thing, require: {name: {is_not: ""}}, source: {document: d}, explain: x}
  bright: {about: thing, applies: {lit: yes}, require: {colour: {in: [red, ünd]}}, source: {document: d}, explain: x}
  small: {about: thing, require: {size: {at_most: 100}}, severity: warning, source: {document: d}, explain: x}
  even: {about: thing, require: {twice: {at_most: 20}}, source: {document: d}, explain: x}
  below: {about: thing, applies: {limit: {given: yes}}, require: {price: {at_most: {field: limit}}}, source: {document: d}, explain: x}
  exactly: {about: thing, advise: told, when: {price: 0.1}, source: {document: d}}
  cheap: {about: thing, when: {price: {less_than: 1}}, conclude: {class: cheap}, source: {document: d}}
  dear: {about: thing, when: {price: {at_least: 10}}, conclude: {class: dear}, source: {document: d}}
  class-known: {about: thing, require: {class: {known: yes}}, severity: note, source: {document: d}, explain: x}
  begun: {about: thing, require: {from: {on_or_before: {field: as_of}}}, source: {document: d}, explain: x}
  grown-up: {about: thing, applies: {owner: {given: yes}}, require: {owner.age: {at_least: 18}}, source: {document: d}, explain: x}
  few: {about: person, require: {count: {of: thing, at_most: 1}}, source: {document: d}, explain: x}
  all-lit: {about: person, require: {all: {of: thing, where: {lit: yes}}}, severity: warning, source: {document: d}, explain: x}
  worth: {about: person, advise: told, when: {sum: {field: price, of: thing, more_than: 1}}, source: {document: d}}
  score-exact: {about: person, advise: told, when: {score: 0.3}, source: {document: d}}
  old-boss: {about: person, require: {boss.age: {at_least: 18}}, severity: note, source: {document: d}, explain: x}
  same-name: {about: thing, advise: told, when: {name: "a b"}, source: {document: d}}
"""
#: The same with one kind, whose facts refer to each other.
FLAT_RULEBOOK = """\
rulebook: odd
edition: 2024-01-01
language: 1
title: Odd
documents: {d: {title: D}}
facts:
  thing:
    fields:
      name: {type: text}
      note: {type: text}
      colour: {type: choice, of: [red, green, ünd, "yes", a b]}
      lit: {type: yes/no}
      size: {type: whole number, minimum: -1000}
      price: {type: decimal, maximum: 999999999999999}
      from: {type: date}
      part_of: {type: reference, to: thing}
      twice: {type: whole number, computed: {plus: [size, size]}, may_be_given: yes}
      class: {type: choice, of: [cheap, dear]}
rules:
  named: {about: thing, require: {name: {is_not: ""}}, source: {document: d}, explain: x}
  bright: {about: thing, applies: {lit: yes}, require: {colour: {in: [red, ünd]}}, source: {document: d}, explain: x}
  small: {about: thing, require: {size: {at_most: 100}}, severity: warning, source: {document: d}, explain: x}
  even: {about: thing, require: {twice: {at_most: 20}}, source: {document: d}, explain: x}
  exactly: {about: thing, advise: told, when: {price: 0.1}, source: {document: d}}
  cheap: {about: thing, when: {price: {less_than: 1}}, conclude: {class: cheap}, source: {document: d}}
  dear: {about: thing, when: {price: {at_least: 10}}, conclude: {class: dear}, source: {document: d}}
  begun: {about: thing, require: {from: {on_or_before: {field: as_of}}}, source: {document: d}, explain: x}
  part-small: {about: thing, require: {part_of.size: {at_most: 5}}, severity: note, source: {document: d}, explain: x}
  few: {about: thing, require: {count: {of: thing, at_most: 1}}, source: {document: d}, explain: x}
  worth: {about: thing, advise: told, when: {sum: {field: price, of: thing, more_than: 1}}, source: {document: d}}
  same-name: {about: thing, advise: told, when: {name: "a b"}, source: {document: d}}
"""

#: Another edition of it, with other fields and other rules.
NEXT_RULEBOOK = (
    RULEBOOK.replace("edition: 2024-01-01", "edition: 2025-01-01")
    .replace("      note: {type: text}\n", "")
    .replace("score: {type: decimal}", "score: {type: whole number}")
    .replace("when: {score: 0.3}", "when: {score: 3}")
    .replace(
        "small: {about: thing, require: {size: {at_most: 100}}", "tiny: {about: thing, require: {size: {at_most: 5}}"
    )
)
NEXT_FLAT_RULEBOOK = (
    FLAT_RULEBOOK.replace("edition: 2024-01-01", "edition: 2025-01-01")
    .replace("      note: {type: text}\n", "")
    .replace(
        "      class: {type: choice, of: [cheap, dear]}",
        "      class: {type: choice, of: [cheap, dear, fair]}\n      new: {type: text}",
    )
    .replace(
        "small: {about: thing, require: {size: {at_most: 100}}", "tiny: {about: thing, require: {size: {at_most: 5}}"
    )
)

#: What may stand as a value in JSON, as it is written; much of it is no JSON, and some of it YAML.
NUMBERS = [
    "0", "-0", "1", "7", "-1", "00", "01", "+1", "1.0", "1.", ".5", "-.5", "0.1", "0.10", "0.3", "0.30000000000000004",
    "0.1000000000000000055511151231257827", "1e2", "1E2", "1e+2", "1e-2", "10e-1", "1e400", "1e-400", "1e999999999",
    "100", "101", "-1000", "-1001", "123456789012345", "999999999999999", "1234567890123456", "9223372036854775807",
    "9223372036854775808", "123456789012345678901234567890123456789012345", "0.123456789", "0.1234567891",
    "123456.123456789", "1234567.123456789", "99999999999999.9", "999999999999999.9", "2.675", "1.005", "4.35",
    "1e-9", "1e-10", "1.5", "1.50000000000", "12345678.1", "123456789.123456", "NaN", "-NaN", "Infinity", "-Infinity",
    ".inf", ".nan", "0x10", "0o7", "1_000", "1,5", "--1", "1e", "0e0", "-0.0", "0.0000000000",
]  # fmt: skip
WORDS = [
    "null", "Null", "NULL", "~", "", "true", "false", "True", "FALSE", "yes", "no", "Yes", "TRUE", "tru", "undefined",
    "[]", "{}", "[1]", '["red"]', '{"a":1}', "[[[]]]", "red", "'red'", '"', "\\", "[", "}", "*a", "&a 1", "!!str 1",
    "#", "# x", "|", ">", "@", "`", "%",
]  # fmt: skip
TEXTS = [
    "", " ", "\t", "a", "A", "b", "red", "Red", "green", "ünd", "u\u0308nd", "yes", "no", "true", "null", "~", "0", "1",
    "1.0", "a b", "a  b", " a", "a ", "a\nb", "a\r\nb", "a\rb", "a\tb", "\n", "a\u2028b", "a\u2029b", "a\x85b", "a\xa0b",
    "\u200b", "\u200ea", "a\u202eb", "\u2066x", "\ufeff", "\ufeffa", "\ufffe", "\uffff", "\ufffd", "a\x00b", "\x01",
    "\x1b[31m", "\x7f", "\x80", "😀", "𝒳", "\U0010ffff", "e\u0301", "é", "ß", "İ", "ı", '"', '""', 'a"b', "'", "''",
    "a'b", "\\", "\\\\", "a\\nb", "\\u0041", "/", "{", "}", "[", "]", "{}", "[]", ":", ": ", "a: b", "#", " #a", ",", ";",
    "a,b", "a;b", "|", ">", "%", "@", "`", "*a", "&a", "!a", "-", "- a", "---", "...", "?", "? a", "=", "<<", "$", "{{ a }}",
    "2024-02-29", "2023-02-29", "2024-2-9", "2024-02-29 ", " 2024-02-29", "0001-01-01", "9999-12-31", "10000-01-01",
    "0000-01-01", "2024-02-29T00:00:00", "20240229", "2024-W09-4", "2024-060", "epoch", "infinity", "-infinity", "today",
    "2024-01-01 (BC)", "2024/02/29", "２０２４-02-29", "cheap", "dear", "web-1", "x" * 300, "NaN", "nan", "inf", "<b>", "&amp;",
    "\u3000", "\u3000a", "\u061c", "\u180e", "\u2000", "\u00ad", "\x1e", "\x1f", "\x1c", "\x0b", "\x0c",
]  # fmt: skip
LONG = ["x" * 9_999, "x" * 10_000, "x" * 10_001, "ü" * 10_000, "ü" * 10_001, "😀" * 10_000, "x" * 70_000, '"' * 10_000]
#: The keys of a fact, and keys that none has.
FIELDS = ["name", "new", "note", "colour", "lit", "size", "price", "from", "owner", "part_of", "twice", "class"]
OTHER_KEYS = [
    "",
    "nme",
    "limit",
    "warm",
    "verdict",
    "Name",
    "name ",
    "n\u0061me",
    "ref",
    "case",
    "as_of",
    "id",
    "x" * 130,
    "\u2028",
    "ü",
]


class Writer:
    """Writes one odd line after the other; good ones are about as many as bad ones."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.goodness = random.choice([80, 95, 99])
        self.chance = lambda percent: random.random() * 100 < percent
        self.pick: Callable[[Sequence[str]], str] = random.choice

    # --- values ---

    def text(self, text: str) -> str:
        """A text as JSON, in one of the ways in which it can be written."""
        if self.chance(60):
            written = json.dumps(text, ensure_ascii=False)
        elif self.chance(70):
            written = json.dumps(text)
        else:
            written = '"' + "".join(f"\\u{ord(one):04x}" if ord(one) < 0x10000 else one for one in text) + '"'
        if self.chance(3):
            written = '"' + text + '"'  # with what has to be escaped and is not
        if self.chance(3):
            written = written.replace("/", "\\/").replace("a", "\\u0061", 1)
        return written.replace("\n", "\\n") if "\n" in written else written

    def good(self, field: str) -> str:
        """A value that the field takes."""
        match field:
            case "colour":
                return self.text(self.pick(["red", "green", "ünd", "yes", "a b"]))
            case "lit":
                return self.pick(["true", "false"])
            case "size" | "age":
                return self.pick(["0", "1", "7", "-5", "100", "101", "30"])
            case "twice":
                return self.pick(["0", "2", "14"])
            case "price" | "score":
                return self.pick(["0", "0.1", "0.3", "1", "1.5", "2.25", "10", "12345.678", "-3"])
            case "from":
                return self.text(self.pick(["2024-02-29", "2023-12-31", "2026-06-01", "2026-06-02"]))
            case "class":
                return self.text(self.pick(["cheap", "dear"]))
            case _:
                return self.text(self.pick(["a", "b", "c", "a b", "ü"]))

    def value(self, field: str) -> str:
        """A value for a field: mostly a good one."""
        if self.chance(self.goodness):
            return self.good(field)
        if self.chance(6):
            return self.pick([*NUMBERS, *WORDS])
        if field in ("size", "price", "twice", "age", "score") or self.chance(10):
            return self.pick(NUMBERS) if self.chance(90) else self.text(self.pick(TEXTS))
        if self.chance(8):
            return self.pick(WORDS)
        return self.text(self.pick(LONG if self.chance(4) else TEXTS))

    # --- objects ---

    def object(self, entries: Sequence[tuple[str, str]]) -> str:
        """An object as JSON, written more or less loosely."""
        space = self.pick(["", " ", "  ", "\t"]) if self.chance(20) else self.pick(["", " "])
        colon = self.pick([":", " : ", ": "]) if self.chance(10) else ":" + space
        between = self.pick([",", ", ", " , "]) if self.chance(10) else "," + space
        inside = between.join(f"{self.text(key) if self.chance(97) else key}{colon}{value}" for key, value in entries)
        if self.chance(1):
            inside += ","
        return "{" + inside + "}"

    def fact(self, fields: Sequence[str], ref: str | None) -> list[tuple[str, str]]:
        """The entries of a fact."""
        entries = [(field, self.value(field)) for field in fields if self.chance(8 if field == "part_of" else 55)]
        if ref is not None:
            entries.insert(self.random.randint(0, len(entries)) if self.chance(20) else 0, ("ref", ref))
        if self.chance(1):
            entries.append((self.pick(OTHER_KEYS), self.pick(["null", "1", '"a"'])))
        if self.chance(1) and entries:
            key, value = self.random.choice(entries)
            entries.append((key, value if self.chance(50) else "null"))
        self.random.shuffle(entries) if self.chance(10) else None
        return entries

    def reference(self) -> str:
        """A ref: mostly a plain one."""
        return self.text(self.pick(["a", "b", "c", "web-1"]) if self.chance(85) else self.pick(TEXTS))

    def odd_line(self, line: str) -> str:
        """A line with something around or in it that does not belong there."""
        where = self.random.randrange(len(line) + 1)
        odd = self.pick(
            ["\r", "\x00", "\x01", " ", "\t", "\ufeff", "\u2028", "x", ",", '"', "{", "}", "\\", "\x0c", "\x85"]
        )
        return self.pick(
            [
                line[:where] + odd + line[where:],
                line[:where],
                line[where:],
                line + line,
                " " + line + " ",
                "\ufeff" + line,
                "[" + line + "]",
                "",
                "   ",
                "# " + line,
                "---",
                "null",
                "1",
                '"a"',
                "[]",
                "{}",
                line.replace('"', "'"),
                line + " # why",
                line + "\r",
            ]
        )

    # --- lines ---

    def row(self) -> str:
        """A JSON line that is a fact."""
        entries = self.fact(
            [field for field in FIELDS if field != "owner"], self.reference() if self.chance(60) else None
        )
        if self.chance(30):
            entries.append(
                ("case", self.text(self.pick(["k", "k", "l", "m n"]) if self.chance(90) else self.pick(TEXTS)))
            )
        if self.chance(15):
            entries.append(("as_of", self.text(self.pick(["2024-02-29", "2026-06-02", "2025-01-01"]))))
        elif self.chance(4):
            entries.append(("as_of", self.value("from")))
        line = self.object(entries)
        return self.odd_line(line) if self.chance(6) else line

    def case(self) -> str:
        """A JSON line that is a case."""
        people = [self.reference() for _ in range(self.random.choice([0, 1, 1, 2, 3]))]
        entries: list[tuple[str, str]] = []
        if self.chance(60):
            entries.append(("case", self.text(self.pick(TEXTS) if self.chance(15) else f"case {self.random.random()}")))
        if self.chance(30):
            entries.append(("as_of", self.value("from")))
        things = []
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 3])):
            thing = self.fact(FIELDS, self.reference() if self.chance(60) else None)
            things.append(
                [(key, self._to(key, value, people)) for key, value in thing if key != "part_of" or self.chance(2)]
            )
        persons = []
        for ref in people:
            person = self.fact(["name", "boss", "age", "score"], ref if self.chance(90) else None)
            persons.append([(key, self._to(key, value, people)) for key, value in person])
        for kind, facts in (("thing", things), ("person", persons)):
            if facts or self.chance(40):
                written = [self.object(fact) for fact in facts]
                as_one = len(written) == 1 and self.chance(40)
                entries.append((kind, written[0] if as_one else "[" + ", ".join(written) + "]"))
        if self.chance(2):
            entries.append(
                (
                    self.pick(["thng", "thing", "note", "Thing", ""]),
                    self.pick(["[]", "null", "{}", "1", "[1]", '["a"]', "[null]", "[[]]"]),
                )
            )
        if self.chance(2):
            entries.append(
                (self.pick(["thing", "person"]), self.pick([*WORDS, "[null]", '[{"name":"a"},1]', "[{}]", "[{},{}]"]))
            )
        line = self.object(entries)
        return self.odd_line(line) if self.chance(5) else line

    def _to(self, key: str, value: str, people: Sequence[str]) -> str:
        return self.pick(people) if key in ("owner", "boss") and people and self.chance(85) else value

    # --- cells ---

    def csv_row(self, columns: Sequence[str]) -> str:
        """A row of a CSV file."""
        cells = [self.cell(column) for column in columns]
        if self.chance(2):
            cells = cells[: self.random.randrange(len(cells) + 1)]
        if self.chance(2):
            cells.append(self.cell("name"))
        line = ",".join(cells)
        if self.chance(2):
            where = self.random.randrange(len(line) + 1)
            line = line[:where] + self.pick(['"', ",", " ", "\t", "\r", "\x00", "\\", "'", "\ufeff"]) + line[where:]
        return line if self.chance(98) else ""

    def cell(self, column: str) -> str:
        """A cell, in quotes where it has to be, and sometimes where not."""
        if self.chance(95 if column == "part_of" else 30):
            return self.pick(["", '""', " ", "NULL", "\\N"]) if self.chance(10) else ""
        if column == "case":
            text = self.pick(["k", "k", "l", "", "m n"]) if self.chance(92) else self.pick(TEXTS)
        elif column == "as_of":
            text = self.pick(["2024-02-29", "2026-06-02", "", "", ""]) if self.chance(95) else self.pick(TEXTS)
        elif column == "lit" and self.chance(60):
            text = self.pick(["yes", "no", "true", "TRUE", "False", "NO"])
        elif self.chance(80):
            value = self.good(column)
            text = str(json.loads(value)) if value.startswith('"') else value
        elif self.chance(50):
            text = self.pick([one for one in NUMBERS if "," not in one] if self.chance(60) else WORDS)
        else:
            text = self.pick(LONG if self.chance(3) else TEXTS)
        if self.chance(2):
            return text  # whatever that makes of the row
        if self.chance(8) or any(one in text for one in ',"\n\r'):
            return '"' + text.replace('"', '""') + '"'
        return text


def lines_of(write: Callable[[], str], number: int, random: Random, header: str | None = None) -> bytes:
    """A file of so many lines, which end in one way or another, the header among them."""
    ending = random.choice(["\n", "\n", "\n", "\r\n"])
    last = random.choice([ending, ending, "", "\n\n"])
    mark = random.choice(["", "", "", "\ufeff"])
    lines = [write() for _ in range(number)]
    text = mark + ending.join(lines if header is None else [header, *lines]) + last
    data = text.encode("utf-8", "surrogatepass")
    if random.random() < 0.2:
        where = random.randrange(len(header or "") * 2, len(data) + 1)
        data = data[:where] + random.choice([b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f"]) + data[where:]
    return data
