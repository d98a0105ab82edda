"""The command line itself: help, wrong usage, completion, and the modules that a start loads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from command_page import MARK, made_part
from commands import AT_FAULT, EXAMPLE, FINE, NOT_READY, ROOT, environment, process, rw
from rulewright.command.app import app
from rulewright.command.help_pages import Command
from rulewright.command.parameters import Argument, Option

COMMANDS = app.list_commands(click.Context(app))
PAGE = ROOT / "docs" / "command-line.md"


def declaration(name: str) -> Command:
    command = app.get_command(click.Context(app), name)
    assert isinstance(command, Command)
    return command


# --- help ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_at_80_columns(name: str, golden: Callable[[str, str], None]) -> None:
    words = [name] if name else []
    ran = process(*words, "--help", COLUMNS="80")  # in this process, Click's runner takes a width of its own
    assert (ran.status, ran.err) == (FINE, "")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "\nExit status:\n  0  " in ran.out
    assert rw(*words, "-h").out == rw(*words, "--help").out
    golden(f"command_line/{name or 'rulewright'}.txt", ran.out)


@pytest.mark.parametrize("columns", ["60", "200"])
def test_help_at_other_widths(columns: str) -> None:
    for words in ([], ["check"], ["fix"]):
        lines = process(*words, "--help", COLUMNS=columns).out.splitlines()
        assert 50 < max(map(len, lines)) <= min(int(columns), 80)


def test_the_sections_of_check() -> None:
    headings = [line[:-1] for line in rw("check", "--help").out.splitlines() if line[:1].strip() and line[-1:] == ":"]
    assert headings == [
        "Arguments",
        "Facts",
        "Rows (CSV, Parquet, or with --kind)",
        "Rulebook",
        "Evaluation",
        "Output",
        "Rejected rows",
        "Large runs (jsonl, csv, parquet)",
        "Spark",
        "Other",
        "Exit status",
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_parameter_is_described_in_sentences(name: str) -> None:
    command = declaration(name)
    assert set(command.statuses) <= {0, 1, 2, 3, 130}
    for parameter in command.params:
        assert isinstance(parameter, Option | Argument)
        if not getattr(parameter, "hidden", False):
            assert parameter.text.endswith(".") and ".." not in parameter.text, parameter.name
            assert not parameter.text[0].islower(), parameter.name


def test_without_a_command_help_goes_to_standard_error() -> None:
    ran = rw()
    assert (ran.status, ran.out) == (AT_FAULT, "")
    assert ran.err == rw("--help").out


def test_the_version() -> None:
    ran = rw("--version")
    assert (ran.status, ran.out.split()[0], ran.err) == (FINE, "rulewright", "")


def test_the_page_agrees_with_the_commands(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(MARK) == 1
    whole = text.split(MARK)[0] + MARK + made_part()
    if request.config.getoption("--update-golden"):
        PAGE.write_text(whole, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == whole


# --- wrong usage -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "message", "hint", "usage"),
    [
        ("chek", "unknown command `chek`", "did you mean `check`?", ""),
        ("zzz", "unknown command `zzz`", "known here: `ask`, `check`, ", ""),
        ("--vesion", "unknown option `--vesion`", "did you mean `--version`?", ""),
        ("check - --rulebok x", "unknown option `--rulebok`", "did you mean `--rulebook`?", "check"),
        ("check - --rulebook=", None, None, "check"),
        ("check - --al", "unknown option `--al`", "did you mean `--all`?", "check"),
        ("check - --zzz", "unknown option `--zzz`", "`rulewright check --help` lists the options", "check"),
        ("check - --chunk-byte 3", "unknown option `--chunk-byte`", "`rulewright check --help` lists", "check"),
        ("lint -x", "unknown option `-x`", "`rulewright lint --help` lists the options", "lint"),
        ("check", "missing argument `FACTS...`", "give files (YAML, JSON, JSON Lines, ", "check"),
        ("explain", "missing argument `CASE`", "give a case file, or the code of a diagnostic", "explain"),
        ("import", "missing argument `SOURCE FILE...`", "give the name of an importer and its files; ", "import"),
        ("completion", "missing argument `SHELL`", "give the shell that runs the script", "completion"),
        ("check - --format jsonn", "`jsonn` is not a value of `--format`", "did you mean `json`?", "check"),
        ("check - -f xls", "`xls` is not a value of `--format`", "write one of text, json, ", "check"),
        ("check - --engine ''", "`` is not a value of `--engine`", "write one of durable, plain", "check"),
        ("schema case", "`case` is not a value of `OF`", "did you mean `cases`?", "schema"),
        ("completion tcsh", "`tcsh` is not a value of `SHELL`", "write one of bash, zsh, fish", "completion"),
        ("check - -j 0", "`0` after `--jobs` is out of range: the minimum is 1", "write 1 or more", "check"),
        ("check - --sample -1", "`-1` after `--sample` is out of range: the minimum is 0", "write 0 or more", "check"),
        ("check - -j x", "`x` after `--jobs` is not a whole number", "write a number, as in 10", "check"),
        ("fix - --maximum-steps 1.5", "`1.5` after `--maximum-steps` is not a whole number", "write a number", "fix"),
        ("check - -o", "the option `-o` needs a value", "write `-o FILE`", "check"),
        ("check - --all=yes", "the option `--all` takes no value", "write `--all` alone", "check"),
        ("test --no-coverage=1", "the option `--no-coverage` takes no value", "write `--no-coverage`", "test"),
        ("explain a.yaml b.yaml", "Got unexpected extra argument (b.yaml)", "`rulewright explain --help`", "explain"),
        ("--version=3", "the option `--version` takes no value", "write `--version` alone", ""),
    ],
)
def test_wrong_usage(line: str, message: str | None, hint: str | None, usage: str) -> None:
    words = [word.strip("'") for word in line.split(" ")]
    ran = rw(*words)
    assert (ran.status, ran.out) == (AT_FAULT, "")
    if message is None:  # a mistake that the command itself reports
        assert "Usage:" not in ran.err
        return
    first, second, blank, last = ran.err.split("\n")[:4]
    assert first == f"Error: {message}"
    assert second.startswith(f"  help: {hint}")
    assert (blank, last.startswith(f"Usage: rulewright {usage}".rstrip())) == ("", True)
    assert not set("╭│╰─") & set(ran.err)


def test_a_mistake_does_not_reach_the_terminal_raw() -> None:
    ran = rw("check", "-", "--\x1b[31mred")
    assert ran.status == AT_FAULT
    assert "\x1b" not in ran.err and "\\x1b[31mred" in ran.err


def test_a_name_that_begins_with_a_dash(tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path / "-x.yaml")
    ran = subprocess.run(
        [sys.executable, "-m", "rulewright", "check", "--", "-x.yaml"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (NOT_READY, b"")


def test_a_run_lists_its_arguments() -> None:
    words = ["check", str(EXAMPLE), "--format", "json", "--as-of=2023-10-15"]
    assert rw(*words).json["run"]["arguments"] == words


# --- completion ------------------------------------------------------------------------------------------------------

#: Completes the words after it, and prints what the function would have the shell offer.
IN_BASH = """
compopt() { printf 'compopt %s %s\\n' "$@"; }
source <(rulewright completion bash)
COMP_WORDS=(rulewright "$@")
COMP_CWORD=$#
_rulewright_completion rulewright
printf '%s\\n' "${COMPREPLY[@]}"
"""

COMPLETED = [
    (["che"], ["check"]),
    (["check", "--form"], ["--format"]),
    (["check", "--format", "js"], ["json", "jsonl"]),
    (["check", "-r", "ali"], ["compopt -o default", "alibaba-cloud-icp-filing"]),
    (["check", "-r", "./"], ["compopt -o default"]),
    (["check", ""], ["compopt -o default"]),
    (["check", "--templates", ""], ["compopt -o dirnames"]),
    (["check", "--lang", "z"], ["zh"]),
    (["check", "x.yaml", "-o", "out"], ["compopt -o default"]),
    (["check", "--chunk"], []),
    (["lint", "huawei"], ["compopt -o default", "huawei-cloud-icp-filing"]),
    (["import", "aliyun-e"], ["compopt -o default", "aliyun-ecs", "aliyun-ens"]),
    (["completion", ""], ["bash", "zsh", "fish"]),
    (["nonsense", "--form"], []),
]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the program, as a shell finds it."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "rulewright").write_text(f"#!/bin/sh\nexec '{sys.executable}' -m rulewright \"$@\"\n")
    (folder / "rulewright").chmod(0o755)
    return folder


def in_shell(program: Path, shell: str, *words: str) -> list[str]:
    path = f"{program}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run([shell, *words], env=environment(PATH=path), capture_output=True, check=False, timeout=120)
    assert (ran.returncode, ran.stderr) == (0, b"")
    return [line for line in ran.stdout.decode().split("\n") if line]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is needed")
@pytest.mark.parametrize(("words", "offered"), COMPLETED, ids=lambda value: " ".join(value))
def test_completion_in_bash(program: Path, words: list[str], offered: list[str]) -> None:
    assert in_shell(program, "bash", "--norc", "-c", IN_BASH, "bash", *words) == offered


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is needed")
@pytest.mark.parametrize(
    ("line", "offered"), [("che", "check"), ("check --format jso", "json"), ("lint ten", "tencent")]
)
def test_completion_in_fish(program: Path, line: str, offered: str) -> None:
    found = in_shell(program, "fish", "-c", f"rulewright completion fish | source; complete -C 'rulewright {line}'")
    assert any(one.startswith(offered) for one in found)
    assert not any(one.startswith("fix") for one in found)


#: The same for zsh.
IN_ZSH = """
compdef() { registered=$2 }
compadd() { print -l -- ${completions} }
_describe() { print -l -- ${completions_with_descriptions%%:*} }
_path_files() { print -- path_files $* }
eval "$(rulewright completion zsh)"
words=(rulewright "$@")
CURRENT=$#words
[[ $registered == rulewright ]] && _rulewright_completion
"""


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is needed")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["che"], ["check"]),
        (["check", "--form"], ["--format"]),
        (["check", "--format", "js"], ["json", "jsonl"]),
        (["check", "--record", ""], ["path_files -/"]),
        (["lint", "tencent"], ["path_files -f", "tencent-cloud-icp-filing"]),
    ],
)
def test_completion_in_zsh(program: Path, words: list[str], offered: list[str]) -> None:
    assert in_shell(program, "zsh", "-f", "-c", IN_ZSH, "zsh", *words) == offered


def test_the_scripts_ask_this_program() -> None:
    for shell in ("bash", "zsh", "fish"):
        script = rw("completion", shell).out
        assert f"_RULEWRIGHT_COMPLETE={shell}_complete" in script
        assert process(_RULEWRIGHT_COMPLETE=f"{shell}_source").out == script


def test_a_shell_that_asks_nonsense() -> None:
    ran = process("check", _RULEWRIGHT_COMPLETE="tcsh_complete")
    assert (ran.status, ran.out) == (1, "")


# --- start-up --------------------------------------------------------------------------------------------------------

#: Writes the names of the modules that were loaded when the process ends.
LIST_MODULES = "import atexit, sys; atexit.register(lambda: print('MODULES', *sys.modules, file=sys.stderr))"
#: Modules that take long to load.
HEAVY = {"typer", "pydantic", "duckdb", "sqlglot", "numpy", "jinja2", "pyspark"}


def loaded(*words: str | Path) -> set[str]:
    ran = process(*words, before=LIST_MODULES)
    return set(ran.err.split("MODULES ")[-1].split())


@pytest.mark.parametrize("words", [("--version",), ("--help",), ("check", "--help"), ("completion", "bash"), ("chek",)])
def test_modules_of_help(words: tuple[str, ...]) -> None:
    found = loaded(*words)
    assert not found & (HEAVY | {"rich", "yaml", "rulewright.catalogue", "rulewright.engines"})


def test_only_the_module_of_the_command_is_imported() -> None:
    declared = {f"rulewright.command.{name}_command" for name in COMMANDS}
    assert loaded("check", "--help") & declared == {"rulewright.command.check_command"}
    assert loaded("--version") & declared == set()
    assert loaded("--help") & declared == declared


def test_modules_of_a_check_of_one_case() -> None:
    # the texts of rules are templates
    assert not loaded("check", EXAMPLE) & (HEAVY - {"jinja2"})


def test_the_former_name_of_an_engine_is_taken() -> None:
    plain, former = (rw("check", EXAMPLE, "--engine", name) for name in ("plain", "reference"))
    assert former.out.replace("--engine reference", "--engine plain") == plain.out
    assert former.status == plain.status == NOT_READY
