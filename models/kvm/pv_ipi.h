/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pv_ipi.h - which targets one KVM_HC_SEND_IPI reaches (kvm-and-guest.md 3.7)
 *
 * A guest goes through its targets in the order of its CPUs and collects their APIC ids. A hypercall
 * carries a map of 128 bits from the lowest id on; the first id that leaves it too wide ends it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PV_IPI_WINDOW 128

struct pv_ipi_batch {
	bool any;
	uint32_t lowest, highest; /* APIC ids */
};

/* False: the id belongs to the next hypercall. */
static inline bool pv_ipi_add(struct pv_ipi_batch *batch, uint32_t id)
{
	uint32_t lowest = batch->any && batch->lowest < id ? batch->lowest : id;
	uint32_t highest = batch->any && batch->highest > id ? batch->highest : id;

	if (highest - lowest >= PV_IPI_WINDOW)
		return false;
	*batch = (struct pv_ipi_batch){ true, lowest, highest };
	return true;
}
