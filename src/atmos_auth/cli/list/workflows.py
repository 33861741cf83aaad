"""`atmos list workflows`."""

import argparse
from functools import partial

from atmos_auth.cli.shell_completion.following import WORKFLOW_FILES
from atmos_auth.cli.stack_words import accept_identity_flag, add_workflows_flag
from atmos_auth.cli.workflow_names import described, description, step_names, warn, workflows_of
from atmos_auth.host.plain_text import plain_text
from atmos_auth.wiring import Project

USAGE = "atmos list workflows [flags]"
DESCRIPTION = """\
List the workflows of atmos.yaml and of the files in `workflows.base_path`.
Nothing is run for it. Where the output is no terminal, name, file and
description are separated by tabs.

examples:
  atmos list workflows
  atmos list workflows --format json"""
COMPLETIONS = {"--file": WORKFLOW_FILES}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("-f", "--file", metavar="FILE", help="only those of this workflow file")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text, or json with the steps")
    add_workflows_flag(parser)
    accept_identity_flag(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the workflows; files that cannot be read are warned of."""
    workflows = workflows_of(project, partial(warn, project))
    known = workflows.in_file(arguments.file) if arguments.file else workflows.everywhere()
    stdout = project.streams.stdout
    if arguments.format == "json":
        import json

        rows = [
            {"name": one.name, "file": one.source.word, "description": description(one), "steps": step_names(one)}
            for one in known
        ]
        stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    elif stdout.isatty():
        stdout.writelines(f"{line}\n" for line in described(known))
    else:
        rows_of_text = ((plain_text(one.name), plain_text(one.source.word), description(one)) for one in known)
        stdout.writelines("\t".join(row).rstrip("\t") + "\n" for row in rows_of_text)
    if not known:
        project.prompter.say("there are no workflows")
    return 0
