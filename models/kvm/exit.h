/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exit.h - VM exits: what causes them, what they cost, what their handlers do
 */
#pragma once

#include <stdbool.h>

#include "models/kvm/vcpu.h"

/* Leaves guest mode; exit_handle() follows when the exit and the handler's time have passed. */
void vcpu_exit(struct vcpu *vcpu, enum exit_reason reason);
/* The handler's effect. Ends with the thread's next segment. */
void exit_handle(struct vcpu *vcpu);

/* Has the guest an instruction that exits before its next work, and which? */
bool exit_requested(const struct vcpu *vcpu);
enum exit_reason exit_next(const struct vcpu *vcpu);
