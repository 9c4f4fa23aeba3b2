/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * account.c - closing, resetting and checking the accounts of time
 */
#include "sim/measure/account.h"

#include <glib.h>
#include <string.h>

void accounts_init(struct accounts *accounts, uint32_t owners, uint32_t kinds, uint64_t now)
{
	accounts->owners = owners;
	accounts->kinds = kinds;
	accounts->start = now;
	accounts->owner = g_new0(struct account_owner, owners);
	accounts->total = g_new0(uint64_t, (size_t)owners * kinds);
	for (uint32_t i = 0; i < owners; i++)
		accounts->owner[i].since = now;
}

void accounts_clear(struct accounts *accounts)
{
	g_clear_pointer(&accounts->owner, g_free);
	g_clear_pointer(&accounts->total, g_free);
	accounts->owners = 0;
}

void accounts_settle(struct accounts *accounts, uint64_t now)
{
	for (uint32_t i = 0; i < accounts->owners; i++)
		account_switch(accounts, i, accounts->owner[i].current, now);
}

void accounts_reset(struct accounts *accounts, uint64_t now)
{
	accounts_settle(accounts, now);
	memset(accounts->total, 0, sizeof(*accounts->total) * accounts->owners * accounts->kinds);
	accounts->start = now;
}

uint64_t accounts_sum(const struct accounts *accounts, uint32_t kind)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < accounts->owners; i++)
		sum += accounts->total[(size_t)i * accounts->kinds + kind];
	return sum;
}

bool accounts_check(const struct accounts *accounts, uint64_t now)
{
	uint64_t due = now - accounts->start;

	for (uint32_t i = 0; i < accounts->owners; i++) {
		const uint64_t *total = &accounts->total[(size_t)i * accounts->kinds];
		uint64_t left = due;

		/*
		 * Subtracted piece by piece: totals that wrapped around cannot sum to `due` by
		 * chance.
		 */
		for (uint32_t kind = 0; kind < accounts->kinds; kind++) {
			if (total[kind] > left)
				return false;
			left -= total[kind];
		}
		if (left != 0)
			return false;
	}
	return true;
}
