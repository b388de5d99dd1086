"""The command line. Imports nothing heavy: each command imports what it needs when it is called."""

import click

from . import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="brownout")
def main() -> None:
    """Put a Claude client's resilience through the failures that production will."""
