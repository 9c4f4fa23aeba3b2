/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packed.h - what the suffix of a file's name says about its compression: .gz, .zst
 *
 * zstd is there if the program was built with libzstd; otherwise such a name is refused.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

bool packed_is(const char *name);

/*
 * The stream of the plain text, over `stream`, which the caller no longer owns; the same one if
 * the name says no compression. NULL on a fault, after which the stream is closed.
 */
GInputStream *packed_input(const char *name, GInputStream *stream, GError **error);
GOutputStream *packed_output(const char *name, GOutputStream *stream, GError **error);

/* zstd.c, if HAVE_ZSTD */
GConverter *zstd_compressor_new(void);
GConverter *zstd_decompressor_new(void);
