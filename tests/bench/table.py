# SPDX-License-Identifier: MIT
"""Medians as tables in Markdown that also read well on a terminal."""
from statistics import median


def head(lines):
    print("## Bench\n")
    for line in lines:
        print(f"- {line}")
    print(flush=True)


def show(case, samples, troubles):
    rows = {name: {key: median(s[key] for s in some) for key in case.load.columns}
            for name, some in samples.items() if some}
    costs = {name: row[case.load.cost] for name, row in rows.items()}
    print(f"### {case.name}: {case.title}\n")
    if rows:
        _print_table(_headings(case), [_cells(case, name, row, samples[name], costs)
                                       for name, row in rows.items()])
    lines = [*_verdicts(case, costs), *case.notes, *(f"**{t}**" for t in troubles)]
    if lines:
        print("", *(f"- {line}" for line in lines), sep="\n")
    print(flush=True)


def _headings(case):
    headings = ["server"]
    for key, heading in case.load.columns.items():
        headings += [heading, "least–most"] if key == case.load.cost else [heading]
    return [*headings, "÷ limit", "÷ naysay"]


def _cells(case, name, row, samples, costs):
    cells = [name]
    for key, value in row.items():
        cells.append(_figure(key, value))
        if key == case.load.cost:
            cost = [sample[key] for sample in samples]
            cells.append(f"{_short(min(cost))}–{_short(max(cost))}")
    return [*cells, _ratio(costs, name, "limit"), _ratio(costs, name, "naysay")]


def _figure(key, value):
    if key == "busy":
        return f"{value:.0f} %"
    return f"{value:,.0f}" if key == "rate" and value >= 1000 else _short(value)


def _short(value):
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _ratio(costs, name, other):
    return f"{costs[name] / costs[other]:.2f}" if costs.get(other, 0) > 0 else "–"


def _verdicts(case, costs):
    """One line per bar, when naysay was there to be held to it."""
    if "naysay" not in costs:
        return
    for against, times in case.bars.items():
        for name, bar in _bars(against, times, costs):
            is_met = costs["naysay"] <= bar
            yield f"{'met' if is_met else '**missed**'}: {name} ({_short(bar)})"


def _bars(against, times, costs):
    if against == "figure":
        return [(f"at most {times}", times)]
    others = [against] if against != "peers" else [
        name for name in costs if name != "limit" and not name.startswith("naysay")]
    within = "at most that of" if times == 1 else f"at most {times} times that of"
    return [(f"{within} {name}", times * costs[name]) for name in others if name in costs]


def _print_table(headings, rows):
    widths = [max(map(len, column)) for column in zip(headings, *rows)]
    print(_line(headings, widths))
    print("|" + "|".join("-" * (w + 1) + ("-" if i == 0 else ":")
                         for i, w in enumerate(widths)) + "|")
    for row in rows:
        print(_line(row, widths))


def _line(cells, widths):
    first, *others = zip(cells, widths)
    return "| " + " | ".join([first[0].ljust(first[1]),
                              *(cell.rjust(width) for cell, width in others)]) + " |"
