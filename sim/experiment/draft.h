/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft.h - a configuration in the making, layer by layer; inside of scenario_resolve()
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct document;
struct machine_config;
struct policy_choice;

/* Names of VMs and set-ups. */
#define NAME_LEGAL "1 to 32 of A-Z a-z 0-9 _ -"
bool name_is_legal(const char *name);

/* Who said something, for messages: a path in a document, or an option. */
struct origin {
	const struct document *document; /* borrowed; NULL: an option */
	char *path;			 /* in the document; or the option: "--set a=b" */
};

/* One parameter of a workload, kept until the profile is known. */
struct workload_setting {
	struct origin origin;
	char *name;
	json_t *json; /* own reference; or NULL, and the option's text counts */
	char *text;
};

struct vm_draft {
	char *profile; /* or the file of a trace, as `is_trace` says */
	bool is_trace;
	struct origin profile_origin;
	GPtrArray *settings; /* of struct workload_setting, owned, in the order said */
};

struct policy_setting {
	char *option, *policy, *param, *text;
};

struct draft {
	struct machine_config *config; /* borrowed; what is filled so far */
	GHashTable *said;	       /* "host.hz", "vms[0].guest.hz" -> struct origin, owned */
	struct vm_draft *vms;	       /* [config->vm_kinds], owned */
	const char *setup;	       /* borrowed; for messages */
	char *policy;
	struct origin policy_origin;
	GPtrArray *policy_settings; /* of struct policy_setting, owned */
};

void draft_init(struct draft *draft, struct machine_config *config);
void draft_clear(struct draft *draft);

/* The layers, in this order. The first puts every default; a machine without root says nothing. */
bool draft_apply_machine(struct draft *draft, const struct document *machine, GError **error);
bool draft_apply_file(struct draft *draft, const struct document *document, GError **error);
bool draft_apply_setup(struct draft *draft, const struct document *document, const char *path,
		       const char *setup, GError **error);
bool draft_apply_option(struct draft *draft, const char *option, GError **error);
/*
 * Loads profiles and policies, and checks what concerns the whole. `policy` overrides what the
 * layers said.
 */
bool draft_finish(struct draft *draft, const struct document *document, const char *policy,
		  GError **error);
/* The part of draft_finish() that compares parameters with each other. */
bool draft_check(const struct draft *draft, GError **error);

/* For the layers. */
void draft_say(struct draft *draft, const char *path, const struct document *document,
	       const char *doc_path);
const struct origin *draft_origin(const struct draft *draft, const char *path);
void origin_set(struct origin *origin, const struct document *document, const char *path);
void origin_clear(struct origin *origin);
/* Fails with the origin's place in front. */
gboolean origin_fail(const struct origin *origin, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
/*
 * "vms[2].guest.hz" of "vms.guest", "hz"; `vm` counts only for sections of a VM. Free with
 * g_free().
 */
char *draft_path(const char *section, const char *name, uint32_t vm);
void draft_set_profile(struct draft *draft, uint32_t vm, const char *profile, bool is_trace,
		       const struct document *document, const char *path);
struct workload_setting *draft_add_setting(struct draft *draft, uint32_t vm, const char *name,
					   const struct document *document, const char *path);
