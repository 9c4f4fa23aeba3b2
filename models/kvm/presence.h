/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * presence.h - where the vCPUs of a VM run and wait, as time integrals: gang, stacking
 *
 * Stacked are siblings that are runnable on one pCPU (mmu-illumos-pvsched-rcu.md E.4).
 */
#pragma once

#include <stdint.h>

/* Over all VMs. Owner: struct kvm. */
struct presence_host {
	uint32_t stacked;      /* VMs with two runnable siblings on some pCPU */
	uint64_t since;	       /* ns: the integral is up to date */
	uint64_t stacked_time; /* ns in which any VM is */
};

/* Of one VM on one pCPU. */
struct presence_pcpu {
	int32_t runnable, running;
};

struct presence {
	struct presence_host *host;
	uint32_t set;		    /* pCPUs that the VM may fill: min(vCPUs, pCPUs) */
	uint32_t on_cpu;	    /* vCPUs that have a pCPU */
	uint32_t pairs;		    /* runnable siblings beyond the first on each pCPU, summed */
	uint32_t stacked;	    /* pCPUs with two or more runnable siblings */
	uint32_t waiting;	    /* pCPUs with two or more siblings that wait */
	struct presence_pcpu *pcpu; /* [pCPUs] */
	uint64_t since;		    /* ns: the integrals are up to date */

	/* ns, since the last reset */
	uint64_t gang, pair_time, stacked_time, waiting_time;
	uint64_t queue_time; /* ns x pCPUs with two or more runnable siblings */
};

void presence_init(struct presence *presence, struct presence_host *host, uint32_t vcpus,
		   uint32_t pcpus);
void presence_clear(struct presence *presence);
/* Integrals begin anew, or are brought up to `now`. */
void presence_reset(struct presence *presence, uint64_t now);
void presence_settle(struct presence *presence, uint64_t now);
void presence_host_settle(struct presence_host *host, uint64_t now);
/* One more or one less (or none) is runnable on the pCPU, or runs there. */
void presence_change(struct presence *presence, uint32_t pcpu, int runnable, int running,
		     uint64_t now);
