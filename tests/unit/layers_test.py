#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The include ladder of src/LAYERS holds.

    layers_test.py [ROOT]     check the sources below ROOT, then the checker itself

A file of src/X includes public headers (naysay/Y.h) of X and of folders that stand
further left, private headers of its own folder alone, and names a socket, a clock or
libevent only from the line that begins with "journal" on.
"""
import pathlib
import re
import sys

# What makes a folder reach out of the process: not before the journal.
OUTSIDE = re.compile(r"event2/|event\.h|ares\.h|sys/(socket|epoll|timerfd|eventfd|un)\.h"
                     r"|netdb\.h|poll\.h|signal\.h|pthread\.h|time\.h|sys/time\.h")
FIRST_OUTSIDE = "journal"
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.M)
# Programs that build the tables: they stand beside the ladder, not on it.
BESIDE = {"http/tables"}


def read_ladder(text):
    """{folder: rung}; folders on one line share a rung."""
    rungs = [line.split() for line in text.splitlines()
             if line.strip() and not line.startswith("#")]
    return {folder: i for i, rung in enumerate(rungs) for folder in rung}


def judge_own(name, folder, ladder):
    """Complaint about #include "name" in src/folder, or None."""
    if not name.startswith("naysay/"):
        if ".." in name.split("/"):
            return f'"{name}" climbs out of its folder: only public headers cross folders'
        return None
    other = pathlib.PurePosixPath(name).name.split(".")[0]
    if other == "endings":          # endings.gen.h is made for http.h
        other = "http"
    if other not in ladder:
        return f'"{name}" belongs to no folder of src/LAYERS'
    if other != folder and ladder[other] >= ladder[folder]:
        return f'"{name}": {other} does not stand to the left of {folder}'
    return None


def judge_system(name, folder, ladder):
    """Complaint about #include <name> in src/folder, or None."""
    if OUTSIDE.fullmatch(name) or name.startswith("event2/"):
        if ladder[folder] < ladder[FIRST_OUTSIDE]:
            return f"<{name}> in {folder}: no socket, clock or loop before {FIRST_OUTSIDE}"
    return None


def judge_text(text, folder, ladder, private):
    """Every complaint about one file; `private` are the headers beside it."""
    if folder not in ladder:
        return [f"{folder} is not in src/LAYERS"]
    found = []
    for quote, name in INCLUDE.findall(text):
        why = judge_system(name, folder, ladder) if quote == "<" else \
            judge_own(name, folder, ladder)
        if quote == '"' and "/" not in name and name not in private \
                and not name.endswith(".gen.h"):
            why = f'"{name}" is not beside its source'
        if why:
            found.append(why)
    return found


def sources(root):
    """(path, folder, private headers) of everything the ladder speaks about."""
    for path in sorted((root / "src").rglob("*.[ch]")):
        inside = path.relative_to(root / "src")
        if str(inside.parent) in BESIDE:
            continue
        beside = {h.name for h in path.parent.glob("*.h")}
        yield path, inside.parts[0], beside
    for path in sorted((root / "include" / "naysay").glob("*.h")):
        yield path, path.stem, set()


def check_checker():
    """The checker notices what it is for."""
    ladder = read_ladder("# words\nbase\nhttp\nh1 h2\njournal tls\nnet\n")
    cases = [
        ('#include "naysay/base.h"', "h1", 0),
        ('#include "naysay/h1.h"', "h1", 0),
        ('#include "naysay/h2.h"', "h1", 1),
        ('#include "naysay/net.h"', "http", 1),
        ('#include "naysay/nothing.h"', "net", 1),
        ('#include "../h1/parse.h"', "net", 1),
        ('#include "parse.h"', "h1", 0),
        ('#include "other.h"', "h1", 1),
        ("#include <event2/event.h>", "h1", 1),
        ("#include <sys/socket.h>", "h1", 1),
        ("#include <time.h>", "http", 1),
        ("#include <event2/event.h>\n#include <ares.h>", "net", 0),
        ("#include <string.h>", "base", 0),
        ("", "strange", 1),
    ]
    for text, folder, want in cases:
        got = judge_text(text, folder, ladder, {"parse.h"})
        assert len(got) == want, (text, folder, got)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    check_checker()
    ladder = read_ladder((root / "src" / "LAYERS").read_text())
    bad = [f"{path.relative_to(root)}: {why}"
           for path, folder, private in sources(root)
           for why in judge_text(path.read_text(), folder, ladder, private)]
    print("\n".join(bad) or "every include keeps to src/LAYERS")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
