"""`rulewright replay`: repeated evaluation of recorded decisions, with the differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rulewright.catalogue import Catalogue, Chosen, cannot_be_read, find_rulebook, read_bytes
from rulewright.command.inputs import read_date
from rulewright.command.outputs import tell, write_output
from rulewright.command.projects import local_rulebooks
from rulewright.command.rulebooks import rulebook_name
from rulewright.diagnostics import Diagnostic, Span, has_errors, in_source_order
from rulewright.engines import Judge
from rulewright.model.explanation import Explanation
from rulewright.model.replays import Replay
from rulewright.read.cases import read_case
from rulewright.record.comparing import changes
from rulewright.record.record_reader import DecisionRecord, read_record
from rulewright.render.replay_reports import write_replays_json, write_replays_text

SAME, CHANGED, AT_FAULT, REJECTED = 0, 1, 2, 3


def run_replay(
    records: Sequence[str], rulebook: str | None, edition: str | None, format_: str, output: str | None, engine: str
) -> int:
    """Evaluate recorded decisions again and report the differences; return the exit status."""
    wanted, unavailable = read_date(edition, "--edition"), Judge.unavailable(engine)
    wrong = [item for item in (wanted, unavailable) if isinstance(item, Diagnostic)]
    if wrong or isinstance(wanted, Diagnostic):
        tell(wrong)
        return AT_FAULT
    found, diagnostics = _read(records)
    rejected = has_errors(diagnostics)
    judges = _Judges(rulebook, wanted, engine)
    replays: list[Replay] = []
    for record in found:
        replay = _replayed(record, judges)
        if isinstance(replay, Replay):
            replays.append(replay)
        else:
            diagnostics += replay
            rejected = True
    diagnostics = in_source_order(diagnostics)
    tell(diagnostics)
    if not replays:
        return AT_FAULT
    told = {"text": write_replays_text, "json": write_replays_json}[format_](replays)
    failure = write_output(told, output, for_people=format_ == "text")
    if failure is not None:
        tell([failure])
        return AT_FAULT
    if rejected:
        return REJECTED
    return SAME if all(replay.same for replay in replays) else CHANGED


def _read(named: Iterable[str]) -> tuple[list[DecisionRecord], list[Diagnostic]]:
    """Return the records of files and folders, without duplicates, in the order of their names."""
    found: list[DecisionRecord] = []
    diagnostics: list[Diagnostic] = []
    files: dict[Path, None] = {}
    for name in named:
        path = Path(name)
        try:
            inside = sorted(path.glob("*.json")) if path.is_dir() else [path]
        except (OSError, ValueError) as error:
            diagnostics.append(cannot_be_read(name, getattr(error, "strerror", None) or str(error)))
            continue
        if not inside:
            help_ = "give a folder that `rulewright check --record` has written into"
            diagnostics.append(Diagnostic("U018", "the folder holds no decision records", Span(name), help_))
        files.update(dict.fromkeys(inside))
    for file in files:
        data = read_bytes(file)
        record = [data] if isinstance(data, Diagnostic) else read_record(data, str(file))
        if isinstance(record, DecisionRecord):
            found.append(record)
        else:
            diagnostics += record
    return found, diagnostics


@dataclass(frozen=True, slots=True)
class _Judging:
    """The judge of a record, with its edition."""

    judge: Judge
    chosen: Chosen


class _Judges:
    """The judges of records: each record's own rulebook and edition, or those of the options."""

    def __init__(self, rulebook: str | None, edition: date | None, engine: str) -> None:
        self.rulebook = rulebook
        self.edition = edition
        self.engine = engine
        self._catalogues: dict[str, Catalogue | Diagnostic] = {}
        self._judges: dict[str, Judge] = {}

    def of(self, record: DecisionRecord) -> _Judging | list[Diagnostic]:
        """Return the judge of a record, or the errors of its rulebook."""
        catalogue = self._catalogue(self.rulebook or record.rulebook)
        if isinstance(catalogue, Diagnostic):
            return [catalogue]
        editions = catalogue.editions
        wanted = self.edition
        if wanted is None and record.edition in editions.files:
            wanted = record.edition
        chosen, told = catalogue.choose(record.as_of, wanted)
        if chosen is None:
            return told
        digest = chosen.program.digest
        if digest not in self._judges:
            self._judges[digest] = Judge(chosen.program, self.engine)
        return _Judging(self._judges[digest], chosen)

    def _place_of(self, name: str) -> str:
        """Return the place of a rulebook: in the working directory, else among the shipped ones."""
        local = local_rulebooks()
        own = [] if isinstance(local, Diagnostic) else [str(path) for path in local]
        return next((path for path in own if rulebook_name(path) == name), name)

    def _catalogue(self, named: str) -> Catalogue | Diagnostic:
        if named not in self._catalogues:
            editions = find_rulebook(named if self.rulebook is not None else self._place_of(named))
            if isinstance(editions, Diagnostic) and self.rulebook is None:
                editions = Diagnostic(editions.code, editions.message, help="say where it is with --rulebook")
            self._catalogues[named] = editions if isinstance(editions, Diagnostic) else Catalogue(editions)
        return self._catalogues[named]


def _replayed(record: DecisionRecord, judges: _Judges) -> Replay | list[Diagnostic]:
    """Return the replay of a record, or the errors of its rulebook."""
    judging = judges.of(record)
    if not isinstance(judging, _Judging):
        return judging
    rulebook = judging.chosen.program.rulebook
    recorded: Mapping[str, str] = {
        "rulebook": record.rulebook,
        "edition": str(record.edition),
        "digest": record.digest,
        "engine": record.engine,
    }
    present = {
        "rulebook": rulebook.name,
        "edition": str(rulebook.edition),
        "digest": judging.chosen.program.digest,
        "engine": judging.judge.explainer().engine,
    }
    basis = {name: (before, present[name]) for name, before in recorded.items() if before != present[name]}
    explanation = _explained(record, judging)
    if isinstance(explanation, list):
        return Replay(record.file, record.document.name, record.result["verdict"], basis, (), tuple(explanation))
    found = changes(record.result, explanation)
    return Replay(record.file, record.document.name, record.result["verdict"], basis, found, ())


def _explained(record: DecisionRecord, judging: _Judging) -> Explanation | list[Diagnostic]:
    case, wrong = read_case(record.document, judging.chosen.program.rulebook, record.as_of)
    if case is None:
        return list(wrong)
    (result,) = judging.judge.judge([case])
    if result.verdict is None:
        return list(result.errors)
    return judging.judge.explain(case, result, judging.chosen.notices)
