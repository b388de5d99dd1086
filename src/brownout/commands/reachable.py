"""Who can reach a server: this machine alone, unless it is said that others may."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import NamedTuple

import click


class Reach(NamedTuple):
    """An address to listen on, and who can see it."""

    host: str
    is_loopback: bool
    is_every: bool
    """Whether it stands for every address that the machine has."""

    @classmethod
    def of(cls, host: str, allow_remote: bool) -> Reach:
        """Raises `UsageError` for what others than this machine could reach, unless they are allowed to."""
        try:
            address = ip_address(host)
        except ValueError:
            reach = cls(host, host == "localhost", False)
        else:
            reach = cls(host, address.is_loopback, address.is_unspecified)
        if not reach.is_loopback and not allow_remote:
            raise click.UsageError(
                f"{host} can be reached from other machines, and whoever reaches it can use the service; "
                "--allow-remote says that this is meant"
            )
        return reach

    @property
    def names(self) -> tuple[str, ...]:
        """By which clients may call it, beside those of loopback."""
        if self.is_loopback:
            return () if self.host == "localhost" else (self.host,)
        return (socket.gethostname(),) if self.is_every else (self.host, socket.gethostname())

    @property
    def warning(self) -> str:
        """What whoever starts it should know; nothing where nobody else can reach it."""
        if self.is_loopback:
            return ""
        where = "every network interface of this machine" if self.is_every else self.host
        return (
            f"Warning: this listens on {where}. Whoever can reach it can use the service, with any key; "
            "nothing but fake answers can be had. From elsewhere, put this machine's name or address in the URL."
        )
