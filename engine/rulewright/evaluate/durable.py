"""Inference by durable-rules: each subject is observed as a signature, and each signature is inferred once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from rulewright.compile.program import FALSE, TRUE, UNKNOWN, Inference, Program
from rulewright.evaluate.engine import Engine, Step, step_of_field
from rulewright.evaluate.kind_rules import KindRules
from rulewright.evaluate.letters import LEFT_OUT, OUTCOMES
from rulewright.evaluate.situations import Situations
from rulewright.model.outcomes import OUTCOME_LETTERS, Outcome, SubjectResult, Verdict
from rulewright.model.values import Value
from rulewright.semantics.compiled import Predicate
from rulewright.semantics.exact_interpreter import ExactInterpreter
from rulewright.semantics.items import Item, What
from rulewright.semantics.state import State, Subject, UnresolvedError

#: Maximum total length of cached signatures: hundreds of thousands of short ones.
MAXIMUM_LENGTH = 20_000_000

_LETTERS = {True: TRUE, False: FALSE, None: UNKNOWN}


def durable_engine(program: Program) -> Engine:
    """Return an engine that infers by durable-rules."""
    interpreter = ExactInterpreter(program.rulebook)
    return Engine(program.rulebook, interpreter, _Durable(program, interpreter))


class _Durable:
    """Inference by durable-rules, which caches the results of each signature."""

    def __init__(self, program: Program, interpreter: ExactInterpreter) -> None:
        rulebook = program.rulebook
        self._levels = program.levels
        of_stated = ExactInterpreter(rulebook, of_stated=True)
        self._situations: dict[str, Situations] = {}
        self._inferences: dict[tuple[int, str], _Inference] = {}
        for level in program.levels:
            for kind, inference in level.inferences.items():
                situations = self._situations[inference.name] = Situations(rulebook, inference)
                observe = _Observation(inference, interpreter, of_stated)
                self._inferences[level.number, kind] = _Inference(observe, situations, self._forget)
        self._program = program
        self._forget()

    def _forget(self) -> None:
        """Empty the caches, which grow with the number of distinct signatures."""
        for inference in self._inferences.values():
            inference.forget()
        kinds = self._program.rulebook.kinds
        self._rules = {kind: KindRules(self._program, kind, self._situations) for kind in kinds}

    def steps(self) -> list[Step]:
        found: list[Step] = []
        for level in self._levels:
            for kind, names in level.fields.items():
                found += [step_of_field(kind, name) for name in names]
            found += [(kind, self._inferences[level.number, kind].infer) for kind in level.inferences]
        return found

    def result(self, state: State, subject: Subject, values: Mapping[str, Value]) -> SubjectResult:
        rules = self._rules[subject.kind].of(subject.signature)
        return SubjectResult(subject.kind, subject.ref, values, rules.outcomes, rules.verdict, rules.truths)

    def derive_outcome(self, state: State, subject: Subject, rule: str) -> Outcome:
        raise UnresolvedError(Item(What.OUTCOME, subject.kind, subject.ref, rule))

    def derive_verdict(self, state: State, subject: Subject) -> Verdict:
        return Verdict.NOT_APPLICABLE  # no rule decides the verdict of this kind, or its inference would have set it


class _Inference:
    """The inference about one kind at one level."""

    def __init__(self, observe: _Observation, situations: Situations, forget_all: Callable[[], None]) -> None:
        self._observe = observe
        self._situations = situations
        self._forget_all = forget_all
        self._outcomes: dict[str, Mapping[str, Outcome]] = {}

    def forget(self) -> None:
        self._situations.forget()
        self._outcomes.clear()

    def infer(self, state: State, subject: Subject) -> None:
        key = self._observe(state, subject)
        situations = self._situations
        if situations.length > MAXIMUM_LENGTH:
            self._forget_all()
        situation = situations[key]
        outcomes = self._outcomes.get(key)
        if outcomes is None:
            letters = zip(situations.rules, situation.outcomes, strict=True)
            outcomes = self._outcomes[key] = {rule.name: OUTCOMES[letter] for rule, letter in letters}
        subject.outcomes.update(outcomes)
        subject.signature += (key,)
        if situation.verdict is not None:
            subject.verdict = situation.verdict


class _Observation:
    """Observes the signature of a subject: a letter for each test and each prior rule.

    The letter of a test is `-` if the test does not matter.
    """

    def __init__(self, inference: Inference, interpreter: ExactInterpreter, of_stated: ExactInterpreter) -> None:
        self._groups: list[tuple[Sequence[Predicate], Sequence[Predicate], str]] = []
        for guards, observed in groupby(inference.observed, key=lambda test: test.guards):
            tests = [(of_stated if one.of_stated else interpreter).condition(one.test) for one in observed]
            conditions = [] if None in guards else [interpreter.condition(guard) for guard in guards]
            self._groups.append((conditions, tests, LEFT_OUT * len(tests)))
        self._prior = [prior.rule for prior in inference.prior]

    def __call__(self, state: State, subject: Subject) -> str:
        letters: list[str] = []
        for guards, tests, left_out in self._groups:
            if not guards or any(guard(state, subject) is not False for guard in guards):
                letters += [_LETTERS[test(state, subject)] for test in tests]
            else:
                letters.append(left_out)
        letters += [OUTCOME_LETTERS[state.outcome(subject, rule)] for rule in self._prior]
        return "".join(letters)
