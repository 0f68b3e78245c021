"""Help that can be read: options in groups, with the defaults of the choices that they stand for."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import click

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Files": (
        "model",
        "grf",
        "external_loads",
        "ik_setup",
        "emg",
        "forces",
        "names",
        "config",
        "out",
        "force",
        "playback",
    ),
    "What is analysed": ("start_s", "end_s", "side", "body_scope"),
    "Where a file is wrong": ("units", "angles", "turn_axes"),
    "How it is solved": ("filter_hz", "knee_range_deg", "engine", "ik_engine", "muscle_solver", "passive_force"),
    "How sure": ("uncertainty", "seed", "jobs"),
    "Plugins": ("plugins_dir", "strict_plugins"),
}
"""Options of an analysis by what they are about; what is named here by none stands under *Other options*."""


class GroupedCommand(click.Command):
    """A verb whose many options are shown in groups, with their defaults."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each group that has options."""
        group_of = {name: group for group, names in GROUPS.items() for name in names}
        defaults = _defaults()
        sections: dict[str, list[tuple[str, str]]] = {group: [] for group in (*GROUPS, "Other options")}
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx) if isinstance(option, click.Option) else None
            if record is not None:
                name, said = record
                default = defaults.get(option.name or "", "")
                shown = f"{said}  [default: {default}]" if default else said
                sections[group_of.get(option.name or "", "Other options")].append((name, shown))
        for group, records in sections.items():
            if records:
                with formatter.section(group):
                    formatter.write_dl(records)


def _defaults() -> dict[str, str]:
    """Say what each choice is when nobody makes it; nothing where there is nothing to say."""
    from swinglever.records.parameters import Parameters

    usual = Parameters()
    return {field.name: _said(getattr(usual, field.name)) for field in fields(usual)}


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return ""
    return f"{value:g}" if isinstance(value, (int, float)) else value if isinstance(value, str) else ""
