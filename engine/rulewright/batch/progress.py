"""Progress on a terminal: percentage, speed, remaining time, and the counts so far."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from rulewright.batch.tally import Tally

_WORDS: Mapping[str, tuple[str, str]] = {
    "ready": ("ready", "green"),
    "not_ready": ("not ready", "red"),
    "needs_information": ("open", "yellow"),
    "not_applicable": ("n/a", "dim"),
}


class _Rate(ProgressColumn):
    """Cases per second."""

    def render(self, task: Task) -> Text:
        elapsed = task.elapsed or 0
        cases = task.fields["tally"].cases + task.fields["tally"].rejected - task.fields["before"]
        return Text(f"{cases / elapsed:,.0f} cases/s" if elapsed > 0 else "", style="cyan")


class _Counts(ProgressColumn):
    """The counts of verdicts and rejected cases so far."""

    def render(self, task: Task) -> Text:
        tally: Tally = task.fields["tally"]
        text = Text()
        for verdict, (word, style) in _WORDS.items():
            if tally.verdicts[verdict]:
                text.append(f"{tally.verdicts[verdict]:,} {word}  ", style=style)
        if tally.rejected:
            text.append(f"{tally.rejected:,} rejected", style="bold red")
        return text


class Bar:
    """A progress bar on standard error; it shows nothing if it is not wanted."""

    def __init__(self, wanted: bool, total: int, tally: Tally) -> None:
        columns = [TextColumn("checking"), BarColumn(), TextColumn("{task.percentage:>3.0f}%")]
        console = Console(stderr=True, force_terminal=True if wanted else None)
        self._progress = Progress(
            *columns, _Rate(), TimeRemainingColumn(), _Counts(), console=console, disable=not wanted, transient=True
        )
        self._is_shown = False
        before = tally.cases + tally.rejected
        self._task = self._progress.add_task("checking", total=max(1, total), tally=tally, before=before)

    def at(self, completed: int, tally: Tally) -> None:
        """Show the completed part and the counts."""
        if not self._is_shown and not self._progress.disable:  # not earlier: its thread would prevent forking
            self._progress.start()
            self._is_shown = True
        self._progress.update(self._task, completed=completed, tally=tally)

    def end(self) -> None:
        """Remove the bar."""
        if self._is_shown:
            self._progress.stop()
