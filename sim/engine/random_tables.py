#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes random_tables.c: python3 random_tables.py >random_tables.c

Every entry is computed with 60 decimal digits and rounded to the nearest integer, so the output does
not depend on the machine. The sizes must agree with random_tables.h.
"""
from decimal import Decimal, getcontext
from statistics import NormalDist

getcontext().prec = 60
LN2 = Decimal(2).ln()
STEPS = 256  # of log2 and exp2, per octave
OCTAVES = 32  # of the normal quantile
SUBSTEPS = 32  # per octave
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")


def fixed(x, bits):
    return int((x * 2**bits).to_integral_value())


def density(z):
    return (-z * z / 2).exp() / (2 * PI).sqrt()


def tail(z):
    """Upper tail of the normal distribution, by its power series."""
    term = total = z
    n = 1
    while term > Decimal(10) ** -58:
        n += 2
        term = term * z * z / n
        total += term
    return Decimal("0.5") - density(z) * total


def tail_quantile(p):
    """The z whose upper tail is p, by Newton's method from the double's value."""
    if p == Decimal("0.5"):
        return Decimal(0)
    z = Decimal(-NormalDist().inv_cdf(float(p)))
    for _ in range(4):
        z += (tail(z) - p) / density(z)
    return z


def show(kind, name, size, values, digits, columns):
    print(f"\nconst {kind} {name}[{size}] = {{")
    for i in range(0, len(values), columns):
        print("\t" + ", ".join(f"0x{v:0{digits}x}" for v in values[i : i + columns]) + ",")
    print("};")


log2 = [fixed((1 + Decimal(i) / STEPS).ln() / LN2, 63) for i in range(STEPS + 1)]
exp2 = [fixed((LN2 * i / STEPS).exp(), 63) for i in range(STEPS)] + [2**64 - 1]
normal = [
    fixed(tail_quantile((1 + Decimal(j) / SUBSTEPS) / 2 ** (OCTAVES - k + 1)), 28)
    for k in range(OCTAVES)
    for j in range(SUBSTEPS)
] + [0]

print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
print("/*\n * random_tables.c - fixed-point tables of the samplers; made by random_tables.py\n */")
print('#include "sim/engine/random_tables.h"')
show("uint64_t", "random_log2", "RANDOM_LOG_STEPS + 1", log2, 16, 4)
show("uint64_t", "random_exp2", "RANDOM_LOG_STEPS + 1", exp2, 16, 4)
show("uint32_t", "random_normal", "RANDOM_NORMAL_OCTAVES * RANDOM_NORMAL_STEPS + 1", normal, 8, 7)
