"""Runs __main__.py of the folder as an inline program of the Automation API, which needs no language host."""

import runpy
import sys

from pulumi import automation

stack = automation.create_or_select_stack(
    stack_name="prod",
    project_name="cluster-access",
    program=lambda: runpy.run_path("__main__.py"),
    opts=automation.LocalWorkspaceOptions(work_dir="."),
)
operation = sys.argv[1]
if operation == "preview":
    changes = stack.preview(on_output=print).change_summary
    same = set(map(str, changes)) <= {"same", "OpType.SAME"}
    print("unchanged" if same else f"changes: {changes}")
else:
    getattr(stack, operation)(on_output=print)
