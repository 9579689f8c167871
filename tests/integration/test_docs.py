# SPDX-License-Identifier: MIT
"""What a user reads is true: manual pages, the schema, the README and the examples in them."""
import json
import re
import shlex
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from lib.runner import BINARY, REPO, clean_env

ROOT = Path(REPO)
CONF = sorted((ROOT / "conf").glob("*.yaml"))
COMMANDS = ["serve", "run", "check", "explain", "judge", "codes"]


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2, as editors read it: `on` is a text, 1:30 too."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, form, first in [("bool", r"true|false", "tf"), ("null", r"~|null|", ["~", "n", ""]),
                         ("int", r"-?[0-9]+", "-0123456789"),
                         ("float", r"-?[0-9]*\.[0-9]+", "-.0123456789")]:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{form})$"),
                                     list(first))


def read_old(text):
    """YAML 1.1, as PyYAML reads it: `on` as a key becomes true, and is put right here."""
    def mend(value):
        if isinstance(value, dict):
            return {"on" if k is True else str(k): mend(v) for k, v in value.items()}
        return [mend(v) for v in value] if isinstance(value, list) else value
    return [mend(d) for d in yaml.safe_load_all(text)]


def read_new(text):
    def mend(value):
        if isinstance(value, dict):
            return {str(k): mend(v) for k, v in value.items()}
        return [mend(v) for v in value] if isinstance(value, list) else value
    return [mend(d) for d in yaml.load_all(text, CoreLoader)]


# ---- the schema ----

@pytest.fixture
def schema(naysay):
    done = naysay.command("check", "--schema")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.fixture
def validator(schema):
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_is_one(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("read", [read_old, read_new])
@pytest.mark.parametrize("path", CONF, ids=lambda p: p.stem)
def test_the_schema_takes_every_example(validator, path, read):
    for document in read(path.read_text()):
        if "scenario" in document:      # without one it is there to be included
            validator.validate(document)


GOOD = "scenario: x\nrules: [{match: any **, do: 200}]\n"
WRONG = {
    "no title": "rules: [{match: any **, do: 200}]",
    "a list": "[1, 2]",
    "an unknown key": GOOD + "expcet: []",
    "an unknown key of a rule": "scenario: x\nrules: [{match: any **, do: 200, tiems: 2}]",
    "an unknown key of an answer": "scenario: x\nrules: [{match: any **, do: {statsu: 200}}]",
    "an unknown key of a match": "scenario: x\nrules: [{match: {pth: /}, do: 200}]",
    "an unknown fault": GOOD + "faults: [{ct: 10%}]",
    "an unknown step": "scenario: x\nrules: [{match: any **, do: {steps: [{haed: 200}]}}]",
    "no times at all": "scenario: x\nrules: [{match: any **, do: 200, times: 0}]",
    "times in words": "scenario: x\nrules: [{match: any **, do: 200, times: twice}]",
    "both names of a key": "scenario: x\nrules: [{match: any **, on: any **, do: 200}]",
    "a word that is no choice": "scenario: x\nrules: [{match: any **, do: 200, then: stop}]",
    "an end that is none": "scenario: x\nrules: [{match: any **, do: {status: 200, end: bang}}]",
    "a duration without a unit": GOOD + "time-limit: 20",
    "a rate of nothing": "scenario: x\nrules: [{match: any **, do: {fill: 1MiB, rate: 0}}]",
    "a rate in words": "scenario: x\nrules: [{match: any **, do: {fill: 1MiB, rate: slow}}]",
    "a chance above one": GOOD + "faults: [{reset: , chance: 2}]",
    "a flag that is none": GOOD + "allow-no-requests: perhaps",
    "a session without a cookie": GOOD + "session: {lasts: 3 requests}",
    "a connection that meets nothing": GOOD + "connections: [{nth: 2}]",
    "a level that is none": GOOD + "expect: [{never: x, level: shall}]",
    "a seed in words": GOOD + "seed: lucky",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_what_does_not_load_the_schema_does_not_take(naysay, validator, tmp_path, text):
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    assert naysay.command("check", path).returncode == 2
    for read in (read_old, read_new):
        assert not validator.is_valid(read(text)[0])


def test_every_key_is_told_in_a_sentence(schema):
    """One sentence, then what it takes, then its age; nothing is left of a range's dots."""
    for shape in schema["$defs"].values():
        for form in [shape, *shape.get("oneOf", [])]:
            for name, key in form.get("properties", {}).items():
                words = key["description"]
                assert words[0].isupper() or words[0] in "1{", (name, words)
                assert not re.search(r"\d\.\.\.|\?\.", words), (name, words)
                assert words.count("`") % 2 == 0, (name, words)
                assert key["markdownDescription"], name


# ---- manual pages ----

@pytest.fixture
def scenario_page(naysay):
    done = naysay.command("check", "--manual")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def formatted(text):
    """The page as a reader sees it; troff has nothing to say about it."""
    done = subprocess.run(["groff", "-ww", "-mdoc", "-Kutf8", "-Tutf8", "-P-cbou"], input=text.encode(),
                          capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode()


def test_the_manual_page_is_troff():
    page = formatted((ROOT / "data" / "naysay.1").read_text())
    assert "NAYSAY(1)" in page and "EXIT STATUS" in page


def test_the_scenario_page_has_every_shape(schema, scenario_page):
    page = formatted(scenario_page)
    for shape in schema["$defs"]:
        assert re.search(f"^{re.escape(shape.upper())}$", page, re.M), shape
    for word in ["NAYSAY-SCENARIO(5)", "{{request.path.id}}", "down.2", "uuid"]:
        assert word in page
    assert "@" not in page


def unescaped(block):
    return block.replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")


def test_the_scenario_of_the_page_loads(naysay, scenario_page, tmp_path):
    blocks = re.findall(r"^\.Bd -literal.*\n((?:.*\n)*?)\.Ed", scenario_page, re.M)
    assert blocks
    for block in blocks:
        path = tmp_path / "page.yaml"
        path.write_text(unescaped(block))
        done = naysay.command("check", path)
        assert done.returncode == 0, done.stderr


def options_of_help(text):
    return set(re.findall(r"^  (--?[A-Za-z][a-z-]*)", text, re.M))


def options_of_page():
    found = set()
    for line in (ROOT / "data" / "naysay.1").read_text().splitlines():
        if line.startswith(".It Fl"):
            found |= {"-" + word for word in re.findall(r"(?:^|\s)(-?[A-Za-z][a-z-]*)(?=\s|$)",
                                                         line[6:].split(" Ar ")[0])}
    return found


def test_the_manual_page_has_the_options_of_help_and_no_others(naysay):
    told = options_of_help(naysay.command("--help").stdout) | {"--version"}
    for command in COMMANDS:
        told |= options_of_help(naysay.command(command, "--help").stdout)
    assert told == options_of_page()


def test_the_manual_page_has_every_command():
    page = (ROOT / "data" / "naysay.1").read_text()
    for command in COMMANDS:
        assert re.search(rf"^\.Cm {command}$", page, re.M), command      # SYNOPSIS
        assert re.search(rf"^\.It Nm Cm {command}\b", page, re.M), command


# ---- the README ----

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.M | re.S)
SAME_EACH_TIME = ("naysay codes", "naysay check", "naysay explain", "naysay --version")


def transcripts():
    """Commands of the README whose output is the same each time, with that output."""
    for kind, text in BLOCKS:
        for part in re.split(r"^\$ ", text, flags=re.M)[1:] if kind == "console" else []:
            command, _, output = part.partition("\n")
            if command.startswith(SAME_EACH_TIME):
                yield command, output


@pytest.mark.parametrize("command, output", list(transcripts()), ids=lambda p: p.split("\n")[0][:60])
def test_what_the_readme_prints_is_what_is_printed(command, output):
    done = subprocess.run([BINARY, *shlex.split(command)[1:]], capture_output=True, cwd=ROOT,
                          env=clean_env(COLUMNS="80"), text=True, check=False)
    assert done.stdout + done.stderr == output


def test_scenarios_of_the_readme_load(naysay, tmp_path):
    texts = [text for kind, text in BLOCKS if kind == "yaml"]
    assert texts
    for text in texts:
        path = tmp_path / "readme.yaml"
        path.write_text(text if "scenario:" in text else GOOD.split("rules")[0] + text)
        done = naysay.command("check", path)
        assert done.returncode == 0, (text, done.stderr)


def test_options_of_the_readme_are_options():
    code = "\n".join(re.findall(r"`[^`]*`", README) + [text for _, text in BLOCKS])
    named = set()
    for line in re.findall(r"naysay [^\n`]*", code):
        named |= set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", line.split(" -- ")[0]))
    assert named <= options_of_page(), named - options_of_page()


def test_files_that_the_readme_names_are_there():
    named = set(re.findall(r"\]\(([^)#]+)\)", README))
    named |= set(re.findall(r"\b((?:conf|data|tests|clients|src|include)/[\w./-]*\w)", README))
    missing = {n for n in named if "://" not in n and "*" not in n and not (ROOT / n).exists()}
    assert not missing
