/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * account.h - where every nanosecond of every owner went
 *
 * An owner (a pCPU) is in exactly one account at any time. Switching closes the elapsed part, so
 * the accounts of a run sum to owners x time by construction; accounts_check() recomputes that sum.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct account_owner {
	uint64_t since; /* ns: start of the open interval */
	uint32_t current;
};

struct accounts {
	uint32_t owners, kinds;
	uint64_t start;		     /* ns: when counting began, or was last reset */
	struct account_owner *owner; /* [owners] */
	uint64_t *total;	     /* [owners * kinds], ns */
};

void accounts_init(struct accounts *accounts, uint32_t owners, uint32_t kinds, uint64_t now);
void accounts_clear(struct accounts *accounts);

static inline void account_switch(struct accounts *accounts, uint32_t owner, uint32_t kind,
				  uint64_t now)
{
	struct account_owner *o = &accounts->owner[owner];

	accounts->total[owner * accounts->kinds + o->current] += now - o->since;
	o->since = now;
	o->current = kind;
}

/* Closes all open intervals at `now`; counting goes on. */
void accounts_settle(struct accounts *accounts, uint64_t now);
/* Settles, then forgets: the end of warm-up. */
void accounts_reset(struct accounts *accounts, uint64_t now);
/* Sum over owners, ns; settle first. */
uint64_t accounts_sum(const struct accounts *accounts, uint32_t kind);
/* After a settle at `now`: do the accounts of every owner sum to the time since the last reset? */
bool accounts_check(const struct accounts *accounts, uint64_t now);
