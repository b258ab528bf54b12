"""Puts the figures into docs/performance.md, between the marks that stand there."""

import datetime
import json
import os
import re
import subprocess
import sys

import programs

SYSTEMS = ["memory", "disk"]


def write(root, sizes, figures):
    """Rewrites the page with what was measured, and with the last figures of `make bench`."""
    file = root / "docs/performance.md"
    text = file.read_text()
    text = put(text, "comparison", f"{measured(root)}\n\n{comparison(sizes, figures)}")
    bench = root / "target/bench.json"
    if bench.exists():
        text = put(text, "bench", own(json.loads(bench.read_text())))
    else:
        print("no target/bench.json: `make bench` writes it; its table stays as it is", file=sys.stderr)
    file.write_text(text)
    print(f"wrote {file}")


def put(text, name, block):
    start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, found, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        sys.exit(f"error: docs/performance.md lacks `{start.strip()}` … `{end}`")
    return f"{before}{start}\n{block}\n{end}{after}"


def git(root, *arguments):
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True).stdout.strip()


def measured(root):
    """When, what and where."""
    changed = "+" if git(root, "status", "--porcelain", "--untracked-files=no") else ""
    info = open("/proc/cpuinfo").read()
    model = re.search(r"^model name\s*: (.*)", info, re.MULTILINE)
    memory = int(re.search(r"MemTotal:\s+(\d+)", open("/proc/meminfo").read()).group(1)) / 2**20
    disk = subprocess.run(["stat", "-f", "-c", "%T", root / "target"], capture_output=True, text=True).stdout.strip()
    name = model.group(1) if model else "an unnamed processor"
    machine = f"{len(os.sched_getaffinity(0))} cores of {name}, {memory:.0f} GiB, Linux {os.uname().release.split('-')[0]}, disk {disk}"
    return f"{datetime.date.today()}, commit {git(root, 'rev-parse', '--short=12', 'HEAD')}{changed}; {machine}."


def comparison(sizes, figures):
    columns = [(services, nodes, system) for services, nodes in sizes for system in SYSTEMS]
    heads = " | ".join(f"{s:,} services, {n} nodes, {system}" for s, n, system in columns)
    lines = [f"| program | {heads} | MiB |", "|---|" + "---:|" * (len(columns) + 1)]
    texts = [figures[s, system, "jinja"] for s, _, system in columns]
    for program in programs.ALL:
        cells = [cell(figures.get((s, system, program.key))) for s, _, system in columns]
        most = figures.get(("memory", program.key))
        lines.append(f"| {program.name} | {' | '.join(cells)} | {f'{most:.0f}' if most else '–'} |")
    copies = " | ".join(f"{figure[1] * 1000:.1f} ms" for figure in texts)
    lines.insert(2, f"| `cp -r` of the jobs and agents' configuration | {copies} | |")
    bundles = [figures[s, system, "build"] for s, _, system in columns]
    copies = " | ".join(f"{figure[1] * 1000:.1f} ms" for figure in bundles)
    lines.insert(3, f"| `cp -r` of hlmc's whole bundle | {copies} | |")
    return "\n".join(lines) + "\n"


def cell(figure):
    """Milliseconds, and the ratio to `cp -r` in the same rounds; how often it ran where that is once."""
    if figure is None:
        return "–"
    took, copy, rounds = figure
    milliseconds = f"{took * 1000:,.0f}" if took >= 0.1 else f"{took * 1000:.1f}"
    once = ", one run" if rounds == 1 else ""
    return f"{milliseconds} ms ({took / copy:.1f}{once})"


def own(figures):
    """The table of `make bench`: a line a lab and file system."""
    names = list(dict.fromkeys(figure["name"] for figure in figures))
    rows = {}
    for figure in figures:
        lab = (figure["services"], figure["nodes"], figure["file_system"])
        rows.setdefault(lab, {})[figure["name"]] = figure
    lines = [f"Commit {figures[0]['commit'][:12]}{'+' if figures[0]['commit'].endswith('+') else ''}, the same machine.", ""]
    lines += ["| services, nodes | file system | " + " | ".join(names) + " |", "|---|---|" + "---:|" * len(names)]
    for (services, nodes, system), row in rows.items():
        cells = [bench_cell(row.get(name)) for name in names]
        lines.append(f"| {services:,}, {nodes} | {system} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def bench_cell(figure):
    if figure is None:
        return "–"
    memory = f", {figure['max_rss_mib']:.0f} MiB" if figure["max_rss_mib"] else ""
    return f"{figure['median_s'] * 1000:.1f} ms ({figure['ratio_to_cp']:.2f}{memory})"
