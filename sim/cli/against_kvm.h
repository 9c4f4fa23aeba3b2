/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * against_kvm.h - what validate-against says of measured runs of KVM
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "sim/experiment/measured_kvm_compare.h"

struct against_kvm {
	struct measured_kvm file;
	GArray *checks; /* of struct kvm_checks, owned; NULL: not simulated yet */
};

void against_kvm_clear(struct against_kvm *kvm);
bool against_kvm_passed(const struct against_kvm *kvm);
/* One line a run, then one a kind of value. Appends. */
void against_kvm_text(const struct against_kvm *kvm, guint replications, bool colour,
		      GString *text);
/* Likewise for a page; `notes`: lines "PATTERN reason", why a value misses whose FILE/run/value, with _ for
 * each space, matches. */
void against_kvm_markdown(const struct against_kvm *kvm, guint replications, const char *notes,
			  GString *text);
json_t *against_kvm_json(const struct against_kvm *kvm, guint replications);
