#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# repeatability.py - how often does a repeated measurement of data/realkvm keep the bounds of its other repetitions?
#
#   plots/repeatability.py FILE...
#
# Pinned runs of one program with the same parameters, VMs, layout and trigger, in any boot and with any seed of the
# noise. Each is held against the median of the others, as a simulation's median is against it. Left out: boots whose
# probes delay yields, emulator slices of 16 us or none, runs without noise. docs/validation.md says what follows.
import collections
import json
import statistics
import sys

KINDS = [  # name, bound, value of a run or None, what keeps the bound
    ("work", "0.05, without yields 0.2", lambda r: sum(v["count"] for v in r["vcpus"]) / r["window_ms"],
     lambda a, b, yields: abs(a / b - 1) <= (0.05 if yields else 0.2)),
    ("gang fraction", "0.15", lambda r: r["gang_fraction"], lambda a, b, yields: abs(a - b) <= 0.15),
    ("yields tried", "factor 1.5",
     lambda r: r["yields"]["attempts"] if r["yields"]["attempts"] >= 20 else None,
     lambda a, b, yields: max(a, b) <= 1.5 * min(a, b)),
    ("honoured, other pCPU", "0.15", lambda r: honoured(r), lambda a, b, yields: abs(a - b) <= 0.15),
    ("lock, p99", "factor 2",
     lambda r: max(r["latency_us"]["p99"], 5) if r["type"] in ("lock_random", "ping") else None,
     lambda a, b, yields: max(a, b) <= 2 * min(a, b)),
]


def honoured(run):
    there = run["yields"]["by_current_on_target_cpu"].get("other_vm", {})
    decisions = sum(there.values())
    return there.get("target_next", 0) / decisions if decisions >= 20 else None


def repeated(runs):
    """Lists of runs that differ in boot, seed or emulator slice only."""
    groups = collections.defaultdict(list)
    for run in runs:
        if run["type"] in ("env", "control") or run["V"] < 2 or not run["pin"] or not run["noise"]:
            continue
        if run["boot"].endswith(("_elig", "_eligroot")) or run["name"].endswith(("_hp0", "_hp16000")):
            continue
        # the Hyper-V call yields as PAUSE does, and an exit without a yield helps as little as none (finding 6)
        yields = run["hmode"] in (1, 2)
        key = [run[k] for k in ("file", "type", "V", "n", "layout", "a", "b", "phase")] + [run["W"] if yields else 0]
        groups[tuple(key + [run["name"].startswith("shoot1"), yields])].append(run)
    return [group for group in groups.values() if len(group) > 1]


def main():
    runs = [dict(run, file=name) for name in sys.argv[1:] for run in json.load(open(name))["runs"]]
    print("| value | bound | repeated runs | that keep it |\n| --- | --- | ---: | ---: |")
    for name, bound, value, keeps in KINDS:
        judged = kept = 0
        for group in repeated(runs):
            yields = group[0]["hmode"] in (1, 2)
            values = [value(run) for run in group]
            values = [v for v in values if v is not None]
            for i, v in enumerate(values if len(values) > 1 else []):
                judged += 1
                kept += keeps(v, statistics.median(values[:i] + values[i + 1:]), yields)
        print(f"| {name} | {bound} | {judged} | {kept} ({100 * kept // judged} %) |")


if __name__ == "__main__":
    main()
