"""The commands, and what becomes of errors: one line on standard error and an exit status."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from engine import __version__
from engine.cli import options
from engine.cli.attack import attack_command, attack_flags
from engine.cli.audit import audit_command, audit_flags
from engine.cli.case import case_flags, runs_command, runs_flags
from engine.cli.compare import compare_command, compare_flags
from engine.cli.decide import decide_flags
from engine.cli.encrypted import address_flags, serve_command, serve_flags
from engine.cli.flags import RUN, flag, with_flags
from engine.cli.lab import lab_app
from engine.cli.listing import doctor_command, schema_command, schemes_command
from engine.cli.logs import import_command, import_flags
from engine.cli.merge import merge_command, merge_flags
from engine.cli.outcome import BAD_INPUT, CLOSED, FAILURE
from engine.cli.output import Stopped, WriteError, say
from engine.cli.plan import plan_command, plan_flags
from engine.cli.prune import prune_command, prune_flags
from engine.cli.reading import epsilon_flag
from engine.cli.replay import replay_command, replay_flags
from engine.cli.report import report_command, report_flags
from engine.cli.resume import resume_command, resume_flags
from engine.cli.run import certify_command, decide_command, predict_command
from engine.cli.sign import keys_app, sign_command, signing_flags
from engine.cli.slides import slides_command, slides_flags
from engine.cli.subject import subject_flags
from engine.cli.train import train_command, train_flags
from engine.cli.verify import verify_command, verify_flags
from engine.core.errors import DiskFull, StoppedEarly, UserError, memory_is_short, quoted
from engine.evidence.settings import Task
from engine.system.interrupt import INTERRUPTED, interrupted

COMMANDS = (
    "certify",
    "predict",
    "decide",
    "attack",
    "audit",
    "plan",
    "serve-encrypted",
    "replay",
    "import",
    "compare",
    "prune",
    "train",
    "lab",
    "report",
    "slides",
    "resume",
    "runs",
    "merge",
    "verify",
    "sign",
    "keys",
    "schema",
    "schemes",
    "doctor",
    "demo",
)
_HELP = "Certificates by randomized smoothing: certify an image, take home a report."
_DIGIT = "--model demo:digits-0.25 --input digits:52"
_EXAMPLES = {
    "certify": f"certiscope certify {_DIGIT} --sigma 0.25 --n 10000 --report out.pdf",
    "predict": f"certiscope predict {_DIGIT} --sigma 0.25 --n 10000",
    "decide": f"certiscope decide {_DIGIT} --sigma 0.25 --radius 0.5",
    "attack": f"certiscope attack {_DIGIT} --sigma 0.25 --n 10000",
    "audit": "certiscope audit --model demo:digits-0.25 --input digits --limit 20 --json set.json",
    "plan": "certiscope plan --pilot 97/100 --sigma 0.25 --target-radius 0.3",
    "serve-encrypted": "certiscope serve-encrypted --model demo:digits-encrypted",
    "replay": "certiscope replay votes.csv --scheme gaussian --sigma 0.25 --alpha 0.001 "
    "--bound anytime",
    "import": "certiscope import log.tsv other.tsv --plot curves.svg",
    "compare": "certiscope compare --input digits --limit 20",
    "prune": "certiscope prune --model demo:aircraft --seeds 3 --out pruned",
    "train": "certiscope train --method consistency --sigma 0.25 --epochs 40",
    "verify": "certiscope verify out.pdf",
    "resume": "certiscope resume runs.certiscope",
    "report": "certiscope report runs.certiscope --report out.pdf",
    "slides": "certiscope slides out.pdf --out replay.gif",
    "runs": "certiscope runs runs.certiscope",
    "merge": "certiscope merge set.certiscope shard1.certiscope shard2.certiscope",
    "sign": "certiscope sign out.pdf out.json",
}
"""A whole command line of each command that needs one; shown in its help, and where a flag is
missing."""
_UNADVISED = ("Missing ", "No such option: ", "Got unexpected extra argument")
_STOPPED = "Stopped before it was done; nothing more was written."
_MEMORY = (
    "There is too little memory for this; end other programs, or allow this one more (ulimit -v). "
    "CERTISCOPE_TRACEBACK=1 shows where."
)
Demo = Callable[[Path], int]


def main(arguments: Sequence[str], *, demo: Demo | None = None) -> int:
    """Run a command line and return its exit status.

    Args:
        arguments: without the program's name.
        demo: opens a window on the shipped example; None where there is no window, and then the
            command does not exist.
    """
    try:
        status = build(demo)(list(arguments), prog_name="certiscope", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        return _say(_in_our_words(error), BAD_INPUT)
    except (DiskFull, WriteError) as error:
        return _say(str(error), FAILURE)
    except (StoppedEarly, Stopped) as stopped:
        return _say(str(stopped), INTERRUPTED)
    except UserError as error:
        return _say(str(error), BAD_INPUT)
    except (SystemExit, OSError) as error:  # typer and rich end the process at a broken pipe
        return _no_output(error)
    except Exception as error:  # the last line of defence: no traceback reaches a user
        if interrupted():  # swallowed while a library was loading, which then failed
            return _say(_STOPPED, INTERRUPTED)
        return _internal(error)
    if status == INTERRUPTED:
        return _say(_STOPPED, INTERRUPTED)
    return status if isinstance(status, int) else 0


def build(demo: Demo | None) -> typer.Typer:
    """The commands as a typer application."""
    app = typer.Typer(
        epilog="Without a command, certiscope opens the window, with the files that are named.",
        pretty_exceptions_enable=False,
        add_completion=True,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode="rich",
    )
    app.callback(help=_HELP)(_program)
    own = [epsilon_flag(), *options.oracle_label_flags(), *address_flags()]
    _add(app, "certify", certify_command, _run_flags("certify", own))
    _add(app, "attack", attack_command, _run_flags("certify", attack_flags()))
    _add(app, "predict", predict_command, _run_flags("predict", [_test_flag(), *address_flags()]))
    _add(app, "decide", decide_command, decide_flags())
    _add(app, "audit", audit_command, audit_flags())
    _add(app, "plan", plan_command, plan_flags())
    _add(app, "serve-encrypted", serve_command, serve_flags())
    _add(app, "replay", replay_command, replay_flags())
    _add(app, "import", import_command, import_flags())
    _add(app, "compare", compare_command, compare_flags())
    _add(app, "prune", prune_command, prune_flags())
    _add(app, "train", train_command, train_flags())
    app.add_typer(lab_app(), name="lab")
    _add(app, "resume", resume_command, resume_flags())
    _add(app, "report", report_command, report_flags())
    _add(app, "slides", slides_command, slides_flags())
    _add(app, "runs", runs_command, runs_flags())
    _add(app, "merge", merge_command, merge_flags())
    _add(app, "verify", verify_command, verify_flags())
    app.command("sign", epilog=_example("sign"))(sign_command)
    app.add_typer(keys_app(), name="keys")
    app.command("schema")(schema_command)
    app.command("schemes")(schemes_command)
    app.command("doctor")(doctor_command)
    if demo is not None:
        app.command("demo")(_demo_command(demo))
    return app


def _run_flags(task: Task, more: list[Any]) -> list[Any]:
    """The flags of a run on one input, with those of one command alone."""
    served = any(each.name == "encrypted" for each in more)
    return [
        *subject_flags(served=served),
        *options.scheme_flags(),
        *options.run_flags(task),
        *more,
        *([options.at_flag()] if task == "certify" else []),
        *case_flags(),
        *options.output_flags(),
        *signing_flags(),
    ]


def _add(
    app: typer.Typer, name: str, function: Callable[[Mapping[str, Any]], int], flags: list[Any]
) -> None:
    command = with_flags(function, flags)
    app.command(name, epilog=_example(name))(command)


def _example(name: str) -> str:
    return f"Example: {_EXAMPLES[name]}"


def _test_flag() -> Any:
    return flag(
        "test",
        "one-sided: top class against 1/2; two-class: the top two against each other.",
        RUN,
        default="one-sided",
        metavar="one-sided|two-class",
    )


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"certiscope {__version__}")
        raise typer.Exit


def _program(
    version: bool = typer.Option(  # noqa: FBT001 - typer reads it from the signature
        False, "--version", help="Print the version.", is_eager=True, callback=_print_version
    ),
) -> None:
    """Options of the program itself; ``--version`` has done its work when this is called."""


def _demo_command(demo: Demo) -> Callable[..., int]:
    def command(
        out: Path = typer.Option(Path("out"), "--out", help="Folder for demo.pdf, .json, .png."),
    ) -> int:
        """Open the window on a shipped digit, certify it, and leave a report in --out."""
        return demo(out)

    return command


def _say(sentence: str, status: int) -> int:
    if sentence:  # a command line without a command has shown its help instead
        say(sentence)
    return status


def _in_our_words(error: typer.TyperException) -> str:
    """What is wrong with a command line; one that lacks a flag is shown a whole one."""
    message = error.format_message()
    param, context = getattr(error, "param", None), getattr(error, "ctx", None)
    example = _EXAMPLES.get((context and context.info_name) or "", "")
    if message.startswith("Missing ") and example:
        return f"{message} For example: {example}"
    if context is not None and message.startswith(_UNADVISED) and "ossible option" not in message:
        return f"{message.rstrip('.')}; {context.command_path} --help lists what there is."
    if param is not None and param.opts and error.message.startswith("must be "):
        return f"{param.opts[0]} {error.message}"
    return message


def _no_output(error: BaseException) -> int:
    """Standard output is closed, or full, or a file cannot be: no verdict, no error of the program.

    What is still buffered goes nowhere, so that the interpreter does not complain at its end.
    """
    cause = error if isinstance(error, OSError) else error.__context__
    if not isinstance(cause, OSError):
        raise error
    if cause.filename is not None:  # of a file, such as one whose name is too long
        return _say(f"{quoted(cause.filename)}: {cause.strerror}.", FAILURE)
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(cause, BrokenPipeError):
        return CLOSED
    return _say(f"Standard output cannot be written: {cause.strerror}.", FAILURE)


def _internal(error: Exception) -> int:
    if os.environ.get("CERTISCOPE_TRACEBACK"):
        traceback.print_exception(error)
    if memory_is_short(error):
        return _say(_MEMORY, FAILURE)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return _say(
        f"An error inside the program ({what}); CERTISCOPE_TRACEBACK=1 shows where.", FAILURE
    )
