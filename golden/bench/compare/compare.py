#!/usr/bin/env python3
"""Measures what others need to render the jobs and agents' configuration that hlmc writes, and puts it into
docs/performance.md: `compare.py [--smoke]`.

Every program gets the same facts and renders the same files: what it wrote is compared with what hlmc wrote before
anything is measured. Each run stands beside `cp -r` of what that program wrote, in the same round.
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import page
import programs

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
RELEASE = ROOT / "target/release"

FULL = [(200, 20), (1000, 200)]
SMOKE = [(10, 4)]
# As many rounds as there are, unless they would take longer than this.
ROUNDS = 7
SECONDS_A_PROGRAM = 12


def run(command, inputs=None, output=None):
    """Runs a command to its end and gives the seconds."""
    environment = {**os.environ, "HOME": str(ROOT / "target/compare"), "ANSIBLE_LOCALHOST_WARNING": "false"}
    with open(output or os.devnull, "w") as out:
        start = time.perf_counter()
        done = subprocess.run(command, stdin=inputs or subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, env=environment)
        seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"error: {' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr.decode()[-2000:]}")
    return seconds


def memory(command, inputs=None):
    """The most memory that a command took, in MiB, asked by a small process: a child counts from what its parent has."""
    asked = [RELEASE / "hlmc-bench", "--memory-of", *command]
    output = subprocess.run(asked, stdin=inputs or subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if output.returncode:
        sys.exit(f"error: {' '.join(map(str, command))} failed:\n{output.stderr.decode()[-2000:]}")
    return int(output.stdout) / 2**20


def facts(services, nodes):
    """What hlmc-bench puts into its lab, as plain data."""
    address = lambda node: f"10.20.{node // 250}.{node % 250 + 1}"
    name = lambda service: f"app-{service:04}"

    def service(number):
        return {
            "name": name(number),
            "image": f"registry.example.com/team/{name(number)}:1.{number % 7}.0",
            "user": "1000:1000",
            "args": ["--config", "/etc/app/app.conf", "--workers=4"],
            "priority": 60,
            "ports": [{"name": "http", "to": 8080}, {"name": "metrics", "to": 9100}],
            "cpu": 200,
            "memory": 256,
            "memory_max": 512,
            "volume": {"name": f"data-{number:04}", "to": "/var/lib/app"},
            "env": {
                "TZ": "Europe/Dublin",
                "APP_NAME": name(number),
                "APP_LOG_LEVEL": "info",
                "APP_LOG_FORMAT": "json",
                "APP_PUBLIC_URL": f"https://{name(number)}.bench.example.com",
                "APP_DATA": "/var/lib/app",
            },
            # Go's templates take a map by the order of its names.
            "env_order": ["TZ", "APP_NAME", "APP_LOG_LEVEL", "APP_LOG_FORMAT", "APP_PUBLIC_URL", "APP_DATA"],
            "secrets": [{"env": "APP_TOKEN", "key": "token"}, {"env": "DB_PASSWORD", "key": "db_password"}],
            "upstream": name(number - 1) if number else "",
            "health": "/healthz",
            "node": f"node-{number % nodes:03}",
            "tags": ["bench", "tier=web", f"team=team-{number % 7}"],
        }

    def node(number):
        volumes = [{"name": f"data-{s:04}", "path": f"/srv/data/{name(s)}"} for s in range(number, services, nodes)]
        reserved = "22,4646-4648,8300-8302,8500-8503,8600"
        if number == 0:
            shared = [{"name": f"{volume}-data", "path": f"/srv/{volume}"} for volume in ["caddy", "prometheus"]]
            volumes, reserved = shared + volumes, reserved.replace("22,", "22,53,")
        return {
            "name": f"node-{number:03}",
            "address": address(number),
            "class": "small" if number % 3 else "large",
            "server": number < 3,
            "volumes": volumes,
            "reserved_ports": reserved,
        }

    lab = {"name": "bench", "datacenter": "bench", "servers": [address(node) for node in range(min(nodes, 3))]}
    return {"lab": lab, "services": [service(n) for n in range(services)], "nodes": [node(n) for n in range(nodes)]}


class Setting:
    """One lab on one file system: its facts, hlmc's bundle of it, and the part of the bundle that others render."""

    def __init__(self, services, nodes, folder):
        self.services, self.nodes, self.folder = services, nodes, folder
        folder.mkdir()
        self.lab, self.bundle, self.reference = folder / "lab", folder / "bundle", folder / "reference"
        run([RELEASE / "hlmc-bench", "--generate", str(services), str(nodes), self.lab])
        run([RELEASE / "hlmc", "build", "--lab", self.lab, "--out", self.bundle])
        (self.reference / "jobs").mkdir(parents=True)
        (self.reference / "nodes").mkdir()
        for job in sorted((self.bundle / "nomad/jobs/default").glob("app-*")):
            shutil.copyfile(job, self.reference / "jobs" / job.name)
        for node in sorted((self.bundle / "nodes").iterdir()):
            shutil.copyfile(node / "etc/nomad.d/nomad.hcl", self.reference / "nodes" / f"{node.name}.hcl")
        text = json.dumps(facts(services, nodes), indent=1)
        self.json, self.yaml = folder / "facts.json", folder / "facts.yaml"
        self.json.write_text(text)
        python = ROOT / "target/compare/python/bin/python"
        code = "import json, sys, yaml; yaml.safe_dump(json.load(open(sys.argv[1])), open(sys.argv[2], 'w'), sort_keys=False)"
        run([python, "-c", code, self.json, self.yaml])
        self.paths = folder / "paths"
        jobs = sorted((self.reference / "jobs").iterdir())
        self.paths.write_text("".join(f"{job}\n" for job in jobs))


def measure(setting, program, most):
    """The medians of a program and of `cp -r` beside it, in seconds, and how many rounds there were."""
    kept = setting.folder / f"kept-{program.key}"
    took, copies = [], []
    while len(took) < most and sum(took) < SECONDS_A_PROGRAM:
        fresh = kept if not took else setting.folder / f"{program.key}-{len(took)}"
        took.append(program.run(setting, fresh, run))
        written = program.wrote(setting, kept)
        copies.append(run(["cp", "-r", written, setting.folder / f"{program.key}-copy-{len(took)}"]))
    return statistics.median(took), statistics.median(copies), len(took)


def compare(sizes, rounds, smoke):
    """All figures: by services, file system and program."""
    figures = {}
    for services, nodes in sizes:
        for system, place in [("memory", pathlib.Path("/dev/shm")), ("disk", ROOT / "target")]:
            folder = place / f"hlmc-compare-{os.getpid()}"
            try:
                setting = Setting(services, nodes, folder)
                os.sync()
                for program in programs.ALL:
                    if not smoke and (services > program.most_services or (system == "disk" and program.is_slow)):
                        continue
                    figure = measure(setting, program, rounds)
                    if system == "memory":
                        program.check(setting, folder / f"kept-{program.key}")
                    figures[services, system, program.key] = figure
                    print(f"{services:5} {system:6} {program.name:45} {figure[0] * 1000:9.1f} ms  {figure[0] / figure[1]:7.2f}", flush=True)
                if system == "memory":
                    for program in programs.ALL:
                        if services <= program.most_services and (services == sizes[-1][0] or program.is_slow):
                            command, inputs = program.command(setting, folder / f"memory-{program.key}")
                            with open(inputs or os.devnull) as opened:
                                figures["memory", program.key] = memory(command, opened)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                os.sync()
    return figures


def main():
    smoke = sys.argv[1:] == ["--smoke"]
    if sys.argv[1:] and not smoke:
        sys.exit("usage: compare.py [--smoke]")
    figures = compare(SMOKE if smoke else FULL, 2 if smoke else ROUNDS, smoke)
    if smoke:
        print(f"{len(programs.ALL)} programs render the same as hlmc")
        return
    page.write(ROOT, FULL, figures)


main()
