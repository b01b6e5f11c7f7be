"""`entrepot data refresh`: the command over ``refresh``."""

from __future__ import annotations

from typing import Annotated

import typer

from kg import settings as setting
from kg.console import counted, said
from kg.errors import Misuse

data = typer.Typer(name="data", help="Tables whose source is a package.", no_args_is_help=True)


@data.callback()
def _data() -> None:
    """Tables whose source is a package."""


@data.command("refresh")
def refreshing(
    tables: Annotated[
        list[str] | None, typer.Argument(metavar="[TABLE]...", help="All that are made from a package.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 if something would change.")] = False,
) -> None:
    """Make the tables anew from the packages that are their source (the extra `data`)."""
    from kg import refresh

    folder = setting.read().ontology / "tables"
    if not check and folder.resolve().is_relative_to(setting.PACKAGED):
        raise Misuse(
            "These tables travel with the program.", "Copy the ontology into a folder of your own and refresh it there."
        )
    changed = refresh.refresh(folder, tables or (), check=check)
    for path in changed:
        said.print(f"{'would change' if check else 'changed'} {path}")
    looked_at = len(tables or refresh.TABLES)
    said.print(f"{counted(looked_at, 'table')}, {len(changed)} {'to change' if check else 'changed'}")
    raise typer.Exit(1 if check and changed else 0)
