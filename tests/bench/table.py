# SPDX-License-Identifier: MIT
"""Medians as tables in Markdown that also read well on a terminal."""
from statistics import median


def head(lines):
    print("## Bench\n")
    for line in lines:
        print(f"- {line}")
    print(flush=True)


def show(case, samples, troubles):
    rows = {name: {key: _median(some, key) for key in case.load.columns}
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


def _median(samples, key):
    values = [sample[key] for sample in samples if sample[key] is not None]
    return median(values) if values else None


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
    if value is None:
        return "–"
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
    ours = costs["naysay"]
    for words, bar in _bars(case.bars, costs):
        verdict, sign = ("met", "≤") if ours <= bar else ("**missed**", ">")
        yield f"{verdict}: {_short(ours)} {sign} {_short(bar)}, {words}"


def _bars(bars, costs):
    """In words, and as the cost that naysay may have."""
    peers = [name for name in costs if name != "limit" and not name.startswith("naysay")]
    for against, times in bars.items():
        if against == "figure":
            yield "a bare figure", times
            continue
        for name in peers if against == "peers" else [against]:
            if name in costs:
                yield name if times == 1 else f"{times} × {name}", times * costs[name]


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
