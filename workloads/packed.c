/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packed.c - the compressions that a file's name may ask for
 */
#include "workloads/packed.h"

#include "sim/engine/fail.h"

static GConverter *gzip_compressor_new(void)
{
	return G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
}

static GConverter *gzip_decompressor_new(void)
{
	return G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
}

/* Without makers: not built in. */
static const struct packing {
	const char *suffix;
	GConverter *(*compressor)(void);
	GConverter *(*decompressor)(void);
} packings[] = {
	{ ".gz", gzip_compressor_new, gzip_decompressor_new },
#ifdef HAVE_ZSTD
	{ ".zst", zstd_compressor_new, zstd_decompressor_new },
#else
	{ ".zst", NULL, NULL },
#endif
};

static const struct packing *packing_of(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(packings); i++) {
		if (g_str_has_suffix(name, packings[i].suffix))
			return &packings[i];
	}
	return NULL;
}

bool packed_is(const char *name)
{
	return packing_of(name) != NULL;
}

static bool check(const struct packing *packing, const char *name, GError **error)
{
	if (packing->compressor)
		return true;
	return fail(
		error, ERROR_INPUT,
		"%s: found zstd; legal: plain text or gzip (.gz): this vcpusim was built without "
		"libzstd",
		name);
}

GInputStream *packed_input(const char *name, GInputStream *stream, GError **error)
{
	const struct packing *packing = packing_of(name);
	g_autoptr(GInputStream) packed = stream;

	if (!packing)
		return g_steal_pointer(&packed);
	if (!check(packing, name, error))
		return NULL;

	g_autoptr(GConverter) converter = packing->decompressor();

	return g_converter_input_stream_new(packed, converter);
}

GOutputStream *packed_output(const char *name, GOutputStream *stream, GError **error)
{
	const struct packing *packing = packing_of(name);
	g_autoptr(GOutputStream) packed = stream;

	if (!packing)
		return g_steal_pointer(&packed);
	if (!check(packing, name, error))
		return NULL;

	g_autoptr(GConverter) converter = packing->compressor();

	return g_converter_output_stream_new(packed, converter);
}
