"""The group of all commands, and how it ends: with an exit code, and a message that helps."""

from __future__ import annotations

import errno
import signal
import sys

import click

from brownout import __version__

from .comparing import compare, demo, report, run
from .serving import serve
from .starting import init, list_, sample_incident, schema, show
from .studying import alerts, stability, validate
from .tuning import latencies, tune
from .using import doctor, export

_COMMANDS = (
    run,
    compare,
    report,
    serve,
    demo,
    init,
    tune,
    latencies,
    stability,
    alerts,
    validate,
    export,
    doctor,
    sample_incident,
    list_,
    show,
    schema,
)


@click.group(commands=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="brownout")
def group() -> None:
    """Put a Claude client's resilience through the failures that production will."""


_FULL = (errno.ENOSPC, errno.EIO, errno.EFBIG)
"""What a disk, or whatever the output goes to, has against it: no error of ours."""


def main() -> None:
    """Run the command line and turn what goes wrong into an exit code and a message that helps."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a CI that cancels is as good as Ctrl-C
    try:
        code = group(standalone_mode=False)  # click hands an exit with a code back as a value
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    except Exception as error:  # ours: say so, with all that a report of it needs
        if isinstance(error, OSError) and error.errno in _FULL:
            click.echo(f"Error: cannot write: {(error.strerror or str(error)).lower()}", err=True)
            sys.exit(2)
        import traceback

        traceback.print_exception(error)
        click.echo("This is an error of Brownout, not of your files. Please report it with the lines above.", err=True)
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)
