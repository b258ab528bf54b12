"""The programs that are compared: how each is called, and how what it wrote is held against what hlmc wrote."""

import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TOOLS = ROOT / "target/compare"
NOMAD = ROOT / "golden/consumers/bin/nomad-batch"


class Program:
    """A program that renders jobs and agents' configuration from the facts."""

    most_services = 10**9
    is_slow = False

    def __init__(self, key, name, command, check, prints=False):
        self.key, self.name, self._command, self._check, self.prints = key, name, command, check, prints

    def command(self, setting, target):
        """The command, and the file that is its input."""
        return self._command(setting, target), None

    def run(self, setting, target, run):
        """Renders into a folder that isn't there yet; gives the seconds."""
        command, inputs = self.command(setting, target)
        output = None
        if self.prints:
            target.mkdir()
            output = target / "all"
        if inputs is None:
            return run(command, output=output)
        with open(inputs) as opened:
            return run(command, opened, output)

    def wrote(self, setting, target):
        """The folder that `cp -r` copies beside it."""
        return target

    def check(self, setting, target):
        """Stops with a message when something else was rendered than what hlmc wrote."""
        self._check(setting, target)


class Slow(Program):
    """One whose larger runs would take longer than all others together."""

    most_services = 200
    is_slow = True


class Beside(Program):
    """One that renders nothing else: it reads the files, or is hlmc itself."""

    def __init__(self, key, name, command, folder, inputs=None):
        super().__init__(key, name, command, lambda *_: None)
        self.folder, self.inputs = folder, inputs

    def command(self, setting, target):
        return self._command(setting, target), setting.paths if self.inputs else None

    def wrote(self, setting, target):
        return getattr(setting, self.folder)


def differs(what, path):
    sys.exit(f"error: {what} renders another `{path}` than hlmc: bring its template up to date")


def texts(what):
    """Every file has hlmc's bytes."""

    def check(setting, target):
        hold(what, setting, {str(f.relative_to(target)): f.read_text() for f in target.rglob("*.hcl")})

    return check


def hold(what, setting, written):
    reference = setting.reference
    expected = {str(f.relative_to(reference)): f.read_text() for f in reference.rglob("*.hcl")}
    for path in sorted(expected.keys() | written.keys()):
        if expected.get(path) != written.get(path):
            differs(what, path)


def helm(setting, target):
    """The texts in the config maps are hlmc's. They are literal blocks at one depth: four blanks before each line."""
    found = {}
    for document in (target / "all").read_text().split("\n---\n"):
        head, found_one, block = document.partition(": |\n")
        if found_one:
            name = head.rsplit("\n", 1)[1].strip()
            lines = [line[4:] for line in block.rstrip("\n").split("\n")]
            folder = "jobs" if name.endswith(".nomad.hcl") else "nodes"
            found[f"{folder}/{name}"] = "\n".join(lines) + "\n"
    hold("helm", setting, found)


AGENTS = {}


def said(value):
    """A value without what says nothing: Nomad's API leaves out or gives as empty what a job doesn't say."""
    if isinstance(value, dict):
        return {k: said(v) for k, v in value.items() if said(v) not in (None, "", 0, False, [], {})}
    return [said(entry) for entry in value] if isinstance(value, list) else value


def jobs(what, read):
    """Every job is the one that Nomad reads from hlmc's file; the agents' configuration is the same from all."""

    def check(setting, target):
        files = read(target)
        parsed = subprocess.run([NOMAD], stdin=open(setting.paths), capture_output=True, check=True).stdout
        expected = {}
        for line in parsed.splitlines():
            verdict = json.loads(line)
            if verdict["error"]:
                sys.exit(f"error: Nomad refuses `{verdict['path']}`: {verdict['error']}")
            expected[f"jobs/{verdict['job']['Name']}.json"] = said(verdict["job"])
        written = {path: said(file["Job"]) for path, file in files.items() if path.startswith("jobs/")}
        for path in sorted(expected.keys() | written.keys()):
            if expected.get(path) != written.get(path):
                differs(what, path)
        agents = {path: file for path, file in files.items() if path.startswith("nodes/")}
        names = {f"nodes/{f.stem}.json" for f in (setting.reference / "nodes").iterdir()}
        if agents.keys() != names or AGENTS.setdefault((setting.services, setting.nodes), agents) != agents:
            differs(what, "nodes")

    return check


def folder_of_json(target):
    return {str(f.relative_to(target)): json.loads(f.read_text()) for f in target.rglob("*.json")}


def one_json(target):
    return json.loads((target / "all").read_text())


def jsonnet(program):
    def command(setting, target):
        facts = f"facts={setting.json}"
        return [TOOLS / "bin" / program, "-c", "-m", target, "--tla-code-file", facts, HERE / "lab.jsonnet"]

    return command


def python(facts):
    return lambda setting, target: [TOOLS / "python/bin/python", HERE / "render.py", getattr(setting, facts), target]


def ansible(setting, target):
    (target / "jobs").mkdir(parents=True)
    (target / "nodes").mkdir()
    playbook = TOOLS / "python/bin/ansible-playbook"
    return [playbook, "-i", "localhost,", "-e", f"@{setting.json}", "-e", f"target={target}", HERE / "playbook.yml"]


def pinned(file, pattern):
    found = re.search(pattern, (HERE / file).read_text(), re.MULTILINE)
    return found.group(1) if found else "?"


def go(module, path):
    return pinned(f"{module}/go.mod", rf"^\s*{re.escape(path)} v(\S+)")


def wheel(name):
    return pinned("requirements.txt", rf"^{name}==(\S+)")


HLMC = ROOT / "target/release/hlmc"
JINJA, YAML = wheel("jinja2"), wheel("pyyaml")

ALL = [
    Beside("build", "`hlmc build`: the whole bundle, checked", lambda s, t: [HLMC, "build", "--lab", s.lab, "--out", t], "bundle"),
    Beside("unchanged", "`hlmc build`, nothing changed", lambda s, _: [HLMC, "build", "--lab", s.lab, "--out", s.bundle], "bundle"),
    Beside("check", "`hlmc check`", lambda s, _: [HLMC, "check", "--lab", s.lab], "bundle"),
    Program("jrsonnet", f"jrsonnet {pinned('install.sh', '^version=(.*)')}, `-m`", jsonnet("jrsonnet"), jobs("jrsonnet", folder_of_json)),
    Program("jinja", f"jinja2 {JINJA}, facts in JSON", python("json"), texts("jinja2")),
    Program("jinja-yaml", f"jinja2 {JINJA}, facts in YAML (PyYAML {YAML})", python("yaml"), texts("jinja2")),
    Program("helm", f"`helm template` {go('helm', 'helm.sh/helm/v4')}, one chart", lambda s, _: [TOOLS / "bin/helm", "template", "compare", HERE / "chart", "-f", s.json], helm, prints=True),
    Program("cue", f"`cue export` {go('cue', 'cuelang.org/go')}", lambda s, _: [TOOLS / "bin/cue", "export", "-e", "files", HERE / "lab.cue", s.json], jobs("cue", one_json), prints=True),
    Program("jsonnet", f"go-jsonnet {go('jsonnet', 'github.com/google/go-jsonnet')}, `-m`", jsonnet("jsonnet"), jobs("go-jsonnet", folder_of_json)),
    Slow("ansible", f"Ansible's template module, ansible-core {wheel('ansible-core')}", ansible, texts("ansible")),
    Beside("nomad", "Nomad's parser and validation reading the jobs, in one process", lambda s, _: [NOMAD], "reference", inputs=True),
]
