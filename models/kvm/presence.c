/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * presence.c - time integrals of who is where
 */
#include "models/kvm/presence.h"

#include <glib.h>
#include <stdbool.h>

void presence_init(struct presence *presence, struct presence_host *host, uint32_t vcpus,
		   uint32_t pcpus)
{
	*presence = (struct presence){
		.host = host,
		.set = vcpus < pcpus ? vcpus : pcpus,
		.pcpu = g_new0(struct presence_pcpu, pcpus),
	};
}

void presence_clear(struct presence *presence)
{
	g_free(presence->pcpu);
}

void presence_host_settle(struct presence_host *host, uint64_t now)
{
	if (host->stacked)
		host->stacked_time += now - host->since;
	host->since = now;
}

void presence_settle(struct presence *presence, uint64_t now)
{
	uint64_t elapsed = now - presence->since;

	presence->since = now;
	presence->pair_time += elapsed * presence->pairs;
	presence->queue_time += elapsed * presence->stacked;
	if (presence->stacked)
		presence->stacked_time += elapsed;
	if (presence->waiting)
		presence->waiting_time += elapsed;
	if (presence->on_cpu == presence->set)
		presence->gang += elapsed;
}

void presence_reset(struct presence *presence, uint64_t now)
{
	presence_settle(presence, now);
	presence->gang = presence->pair_time = presence->queue_time = 0;
	presence->stacked_time = presence->waiting_time = 0;
}

static void note(struct presence *presence, const struct presence_pcpu *pcpu, uint32_t sign)
{
	if (pcpu->runnable > 1) {
		presence->pairs += sign * (uint32_t)(pcpu->runnable - 1);
		presence->stacked += sign;
	}
	if (pcpu->runnable - pcpu->running > 1)
		presence->waiting += sign;
}

void presence_change(struct presence *presence, uint32_t pcpu, int runnable, int running,
		     uint64_t now)
{
	struct presence_pcpu *here = &presence->pcpu[pcpu];
	struct presence_host *host = presence->host;
	bool before = presence->stacked, after;

	presence_settle(presence, now);
	note(presence, here, UINT32_MAX);
	here->runnable += runnable;
	here->running += running;
	presence->on_cpu += (uint32_t)running;
	note(presence, here, 1);
	after = presence->stacked;
	if (after == before)
		return;
	presence_host_settle(host, now);
	host->stacked += after ? 1 : UINT32_MAX;
}
