"""Renders the jobs and the agents' configuration with jinja2: `render.py FACTS FOLDER`."""

import json
import pathlib
import sys

import jinja2

facts_file, target = sys.argv[1], pathlib.Path(sys.argv[2])
with open(facts_file) as opened:
    if facts_file.endswith(".json"):
        facts = json.load(opened)
    else:
        import yaml

        facts = yaml.safe_load(opened)

here = pathlib.Path(__file__).parent
environment = jinja2.Environment(
    variable_start_string="[[", variable_end_string="]]", trim_blocks=True, keep_trailing_newline=True
)


def template(name):
    # The first line is for Ansible.
    return environment.from_string((here / name).read_text().split("\n", 1)[1])


job, agent = template("job.nomad.hcl.j2"), template("node.hcl.j2")
(target / "jobs").mkdir(parents=True)
(target / "nodes").mkdir()
for service in facts["services"]:
    (target / "jobs" / f"{service['name']}.nomad.hcl").write_text(job.render(s=service, lab=facts["lab"]))
for node in facts["nodes"]:
    (target / "nodes" / f"{node['name']}.hcl").write_text(agent.render(n=node, lab=facts["lab"]))
