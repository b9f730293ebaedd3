"""`hostnet-doctor diagnose`: who holds the port that a pod cannot listen on."""

from __future__ import annotations

import typer

from hostnetdoctor.cli import options


def diagnose(
    name: options.Name = None,
    namespace: options.Namespaces = None,
    all_namespaces: options.AllNamespaces = False,
    selector: options.Selector = None,
    examine_all: options.ExamineAll = False,
    since: options.Since = "1h",
    context: options.Context = None,
    kubeconfig: options.Kubeconfig = None,
    as_user: options.AsUser = None,
    saved: options.From = None,
    save: options.Save = None,
    timeout: options.Timeout = "60s",
    max_requests: options.MaxRequests = 8,
    max_log_requests: options.MaxLogRequests = None,
    output: options.Output = "text",
    output_file: options.OutputFile = None,
    anonymize: options.Anonymize = False,
    mapping: options.MappingFile = None,
    attach: options.Attach = None,
    check_access: options.CheckAccess = False,
    exit_zero: options.ExitZero = False,
    verbose: options.Verbose = False,
) -> None:
    """Find every container that cannot take its address, name who holds it, show how that is known and how to fix it."""
    from hostnetdoctor.cli import answer
    from hostnetdoctor.cli.ask import Scope, duration, logs_of, refuse_together
    from hostnetdoctor.cli.source import Access, opened
    from hostnetdoctor.collect.redact import Redactor
    from hostnetdoctor.collect.redact_report import finished

    refuse_together(
        {"NAME": bool(name), "-n": bool(namespace), "-A": all_namespaces, "-l": bool(selector), "--from": bool(saved),
         "--context": bool(context), "--kubeconfig": bool(kubeconfig), "--as": bool(as_user), "--check-access": check_access},
        ("-n", "-A"), ("NAME", "-A"), ("NAME", "-l"), ("--from", "--context"), ("--from", "--kubeconfig"), ("--from", "--as"),
        ("--from", "--check-access"),
    )  # fmt: skip
    render = answer.format_named(output)
    scope = Scope(
        name=name,
        namespaces=tuple(namespace or ()),
        all_namespaces=all_namespaces,
        selector=selector,
        examine_all=examine_all,
        since=duration(since, "--since"),
    )
    access = Access(
        saved=saved,
        save=save,
        context=context,
        kubeconfig=kubeconfig,
        as_user=as_user,
        timeout=duration(timeout, "--timeout"),
        max_requests=max_requests,
        max_log_requests=logs_of(max_requests, max_log_requests),
        verbose=verbose,
    )
    tickets = answer.addressees(attach or ())
    redactor = Redactor()
    with opened(access, scope, redactor) as (question, cluster):
        if check_access:
            answer.tell_missing_rights(question, cluster)
        report = finished(answer.diagnosed(question, cluster), redactor)
    told = answer.for_strangers(report, mapping) if anonymize else report
    answer.write(told, render, output_file)
    answer.post(told, tickets)
    raise typer.Exit(answer.exit_code(report, exit_zero=exit_zero))
