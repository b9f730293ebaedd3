"""`hostnet-doctor render`: a saved report in another format."""

from __future__ import annotations

from hostnetdoctor.cli import options


def render(
    report: options.ReportFile,
    output: options.Output = "text",
    output_file: options.OutputFile = None,
    anonymize: options.Anonymize = False,
    mapping: options.MappingFile = None,
    verbose: options.VerboseErrors = False,  # noqa: ARG001 - cli/run.py looks for the word itself
) -> None:
    """Show a report that was saved with -o json in any format. It may be of an older or a newer version of this tool."""
    from hostnetdoctor.cli import answer

    wanted, saved = answer.format_named(output), answer.saved_report(report)
    answer.write(answer.for_strangers(saved, mapping) if anonymize else saved, wanted, output_file)
