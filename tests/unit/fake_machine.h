/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fake_machine.h - a machine that only draws numbers, in place of models/machine.c
 *
 * Work of a VM: 1000 units a ms, shared by all VMs, times a factor of the seed alone (0.9 to 1.1),
 * times 1.5 if PLE is off, minus 10 % if there are several VMs. It tells how it was used.
 */
#pragma once

#include <glib.h>

/* Machines that live now, and at the most at one time. */
extern gint fake_machines, fake_machines_most;
