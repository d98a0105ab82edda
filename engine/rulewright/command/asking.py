"""`rulewright ask`: an interview in the terminal that writes a case file."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import date
from io import TextIOWrapper

from rich.console import Console
from rich.text import Text

from rulewright.ask.choosing import Chooser, Question, Requirement
from rulewright.ask.interview import Answer, Declined, Interview, Listed, Place, Stated, with_answer
from rulewright.ask.interview_file import interview_text
from rulewright.ask.typed_answers import NoAnswer, choices_of, read_ref, read_value
from rulewright.catalogue import Catalogue, Chosen, find_rulebook
from rulewright.command.inputs import read_date, read_input
from rulewright.command.outputs import tell, write_output
from rulewright.command.rulebooks import Choice
from rulewright.diagnostics import Diagnostic, Span, has_errors, in_source_order
from rulewright.engines import PLAIN, Judge
from rulewright.evaluate.plain import plain_engine
from rulewright.explain.missing import missing_fact
from rulewright.model.contradictions import wrong_order
from rulewright.model.facts import Case
from rulewright.model.outcomes import Verdict
from rulewright.model.rulebook import Rulebook
from rulewright.read.cases import read_case
from rulewright.read.documents import read_documents
from rulewright.render.clean import clean
from rulewright.render.terminal import print_text

FINE, NOT_READY, AT_FAULT, INTERRUPTED = 0, 1, 2, 130
_GOOD = (Verdict.READY, Verdict.NOT_APPLICABLE)
_HELP = "? explains, /skip: nobody knows, /back, /list, /end; a text in quotation marks is taken as it is"
_UNKNOWN = frozenset({"/skip", "don't know", "dont know", "unknown"})


@dataclass(frozen=True, slots=True)
class _Start:
    """The start of an interview, and today's date in the time zone of its rulebook."""

    interview: Interview
    chosen: Chosen
    answered_on: date


def run_ask(case: str | None, rulebook: Choice, edition: str | None, as_of: str | None, output: str | None) -> int:
    """Interview the user about a case and write its file; return the exit status of its check."""
    start = _start(case, rulebook.named, edition, as_of)
    if not isinstance(start, _Start):
        tell(in_source_order(start))
        rulebook.remark_after(start)
        return AT_FAULT
    talk = _Talk(start.interview, Console(stderr=True, highlight=False, soft_wrap=True))
    interrupted = False
    try:
        talk.run()
    except KeyboardInterrupt:
        talk.say("")
        interrupted = True
    if not talk.interview.case.facts:
        # a check rejects such a file as well
        tell(
            [Diagnostic("F011", "the case states no facts, so it is not written", help="answer one question at least")]
        )
        return INTERRUPTED if interrupted else AT_FAULT
    failure = write_output(interview_text(talk.interview, start.answered_on), output)
    if failure is not None:
        tell([failure])
        return AT_FAULT
    verdict = talk.end(start.chosen)
    if interrupted:
        return INTERRUPTED
    return FINE if verdict in _GOOD else NOT_READY


def _start(case: str | None, rulebook: str, edition: str | None, as_of: str | None) -> _Start | list[Diagnostic]:
    """Return the start of the interview, or the errors that prevent it."""
    on, wanted = read_date(as_of, "--as-of"), read_date(edition, "--edition")
    found = find_rulebook(rulebook)
    if isinstance(on, Diagnostic) or isinstance(wanted, Diagnostic) or isinstance(found, Diagnostic):
        return [item for item in (on, wanted, found) if isinstance(item, Diagnostic)]
    document = None
    if case is not None:
        data = read_input(case)
        if isinstance(data, Diagnostic):
            return [data]
        documents, wrong = read_documents(data, case)
        if has_errors(wrong):
            return wrong
        if len(documents) != 1:
            message = f"an interview is about one case, and the file has {len(documents)}"
            return [Diagnostic("U013", message, Span(case), "give it a file of its own")]
        document = documents[0]
    catalogue = Catalogue(found)
    today = catalogue.today(wanted)
    day = on or (None if document is None else document.as_of) or today
    chosen, told = catalogue.choose(day, wanted)
    if chosen is None:
        return told
    model = chosen.program.rulebook
    if document is None:
        return _Start(Interview(model, Case("case", day, {})), chosen, today)
    read, wrong = read_case(document, model, day)
    errors = list(wrong) if read is None else list(plain_engine(model).evaluate_case(read).errors)
    return errors if read is None or errors else _Start(Interview(model, read), chosen, today)


class _EndError(Exception):
    """The user ended the interview."""


class _Talk:
    """The dialogue: shows questions and takes answers; `Chooser` selects the questions."""

    def __init__(self, interview: Interview, console: Console) -> None:
        self.interview = interview
        self.console = console
        self.chooser = Chooser(interview.rulebook)
        self.number = 0

    @property
    def rulebook(self) -> Rulebook:
        return self.interview.rulebook

    def run(self) -> None:
        """Ask until no answer can change the verdict, or the user ends the interview."""
        self.say(f"{self.rulebook.title}, edition of {self.rulebook.edition}, as of {self.interview.start.as_of}")
        self.say(_HELP, "dim")
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")  # an undecodable character must not end the interview
        while True:
            question = self.chooser.next(self.interview)
            if question is None:
                return
            self.number += 1
            try:
                self.ask(question)
            except _EndError:
                return
            except EOFError:
                self.say("")  # end the line of the prompt
                return

    def end(self, chosen: Chosen) -> Verdict:
        """Print the explained result of the case and return its verdict."""
        judge = Judge(chosen.program, PLAIN)
        result = judge.result(self.interview.case)
        assert result.verdict is not None, "no answer is taken that contradicts the others"
        self.say("")
        print_text([judge.explain(self.interview.case, result, chosen.notices)], self.console)
        return result.verdict

    def say(self, text: str, style: str = "") -> None:
        self.console.print(Text(clean(text), style=style))

    # --- questions ---

    def ask(self, question: Question) -> None:
        """Show a question until it is answered or the user goes back."""
        place = question.place
        asked = missing_fact(self.rulebook, place.kind, place.ref, place.field)
        self.say("")
        self.say(f"{self.number}. {asked.ask}", "bold")
        about = " ".join(part for part in (self.rulebook.kinds[place.kind].label, place.ref) if part)
        self.say(f"   {about}{self.form(place)}", "dim")
        if asked.note:
            self.say(f"   {asked.note}", "dim")
        for number, (value, label) in enumerate(choices_of(self.rulebook, place, self.interview.case), 1):
            self.say(f"   {number:>2}  {value}{f'  {label}' if label and label != value else ''}")
        self.say(f"   needed for: {'; '.join(self.titles(question.needed_by))}", "dim")
        if question.instead is not None:
            self.say(f"   /instead states the {self.label(place, question.instead)} in its place", "dim")
        if place.field is None:
            self.list_of(question)
        else:
            self.field(question, place)

    def form(self, place: Place) -> str:
        """Return the description of an answer's form."""
        if place.field is None:
            return ": one name a line, an empty line at the end"
        field = self.rulebook.kinds[place.kind].fields[place.field]
        unit = "" if field.unit is None else f", in {field.unit}"
        return f": {field.label} ({field.type.value}{unit})"

    def label(self, place: Place, field: str) -> str:
        return self.rulebook.kinds[place.kind].fields[field].label

    def titles(self, requirements: tuple[Requirement, ...]) -> list[str]:
        return list(dict.fromkeys(self.rulebook.rules[rule].title for rule, _, _ in requirements))

    def field(self, question: Question, place: Place) -> None:
        while True:
            text = self.typed(question)
            if text is None:
                return
            if text == "/instead" and question.instead is not None:
                other = replace(question, place=Place(place.kind, place.ref, question.instead), instead=None)
                self.ask(other)
                return
            if not text:
                self.say(_HELP, "dim")
                continue
            value = read_value(self.rulebook, place, self.interview.case, text)
            if isinstance(value, NoAnswer):
                self.say(f"   {value.message}", "red")
            elif self.take(place, Stated(value)):
                return

    def list_of(self, question: Question) -> None:
        refs: list[str] = []
        while True:
            text = self.typed(question)
            if text is None:
                return
            if not text:
                self.take(question.place, Listed(tuple(refs)))
                return
            ref = read_ref(text, refs)
            if isinstance(ref, NoAnswer):
                self.say(f"   {ref.message}", "red")
            else:
                refs.append(ref)

    def typed(self, question: Question) -> str | None:
        """Return the typed answer, or None if the user moved to another question.

        Commands of the interview are executed here.
        """
        if sys.stdin is None:
            raise _EndError
        while True:
            text = self.console.input("   > ").strip()
            lowered = text.lower()
            if text == "?":
                self.explain(question)
            elif lowered in _UNKNOWN:
                self.interview = self.interview.answer(question.place, Declined())
                return None
            elif lowered == "/back":
                if self.interview.answered:
                    self.number -= 2
                    self.interview = self.interview.back()
                    return None
                self.say("   this is the first question")
            elif lowered == "/list":
                self.list_answers()
            elif lowered == "/end":
                raise _EndError
            elif lowered.startswith("/") and lowered != "/instead":
                self.say(_HELP, "dim")
            else:
                return text

    def take(self, place: Place, answer: Answer) -> bool:
        """Store an answer, unless it contradicts the stated facts; print the errors and return False if it does."""
        after = with_answer(self.rulebook, self.interview.case, place, answer)
        facts = [(self.rulebook.kinds[kind], fact) for kind, found in after.facts.items() for fact in found]
        errors = [error for kind, fact in facts for error in wrong_order(fact, kind)]
        errors += [] if errors else self.chooser.engine.evaluate_case(after).errors
        for error in errors:
            self.say(f"   {error.message}; {error.help}", "red")
        if not errors:
            self.interview = self.interview.answer(place, answer)
        return not errors

    def explain(self, question: Question) -> None:
        """Print the rules that depend on the answer, with their sources and rationales."""
        for name, _, ref in question.needed_by:
            rule = self.rulebook.rules[name]
            told = f"   {rule.title}{f' ({ref})' if ref else ''}, rule {name}"
            places = [
                ", ".join(part for part in (self.rulebook.documents[source.document].title, source.section) if part)
                for source in rule.sources
            ]
            self.say(f"{told}: {'; '.join(places)}" if places else told)
            if rule.rationale:
                self.say(f"      {rule.rationale}", "dim")
        self.say(_HELP, "dim")

    def list_answers(self) -> None:
        """Print the answers so far."""
        for place, answer in self.interview.answered:
            match answer:
                case Stated(value):
                    shown = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
                case Listed(refs):
                    shown = ", ".join(refs) or "there are none"
                case Declined():
                    shown = "nobody knows"
            self.say(f"   {' '.join(part for part in place if part)}: {shown}")
        if not self.interview.answered:
            self.say("   nothing yet")
