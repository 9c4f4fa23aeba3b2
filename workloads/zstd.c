/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zstd.c - zstd as a GConverter, which GLib has for gzip only
 *
 * A file is a chain of frames. Ours have one, with a checksum, so that a changed byte is noticed.
 * Decompression takes the windows that zstd takes without being asked for more (128 MiB).
 */
#include "workloads/packed.h"

#ifdef HAVE_ZSTD

#include <zstd.h>

G_DECLARE_FINAL_TYPE(ZstdCompressor, zstd_compressor, ZSTD, COMPRESSOR, GObject)
G_DECLARE_FINAL_TYPE(ZstdDecompressor, zstd_decompressor, ZSTD, DECOMPRESSOR, GObject)

struct _ZstdCompressor {
	GObject parent;
	ZSTD_CCtx *context;
};

struct _ZstdDecompressor {
	GObject parent;
	ZSTD_DCtx *context;
	gboolean between; /* frames: what has come may be all */
};

static GConverterResult fault(GError **error, gint code, const char *message)
{
	g_set_error(error, G_IO_ERROR, code, "zstd: %s", message);
	return G_CONVERTER_ERROR;
}

/* What a step did; one that did nothing asks for more input. */
static GConverterResult step_done(const ZSTD_inBuffer *in, const ZSTD_outBuffer *out,
				  gsize *bytes_read, gsize *bytes_written, GError **error)
{
	*bytes_read = in->pos;
	*bytes_written = out->pos;
	return in->pos || out->pos
		       ? G_CONVERTER_CONVERTED
		       : fault(error, G_IO_ERROR_PARTIAL_INPUT, "the file has been cut");
}

static GConverterResult compressor_convert(GConverter *converter, const void *input,
					   gsize input_size, void *output, gsize output_size,
					   GConverterFlags flags, gsize *bytes_read,
					   gsize *bytes_written, GError **error)
{
	ZSTD_inBuffer in = { input, input_size, 0 };
	ZSTD_outBuffer out = { output, output_size, 0 };
	ZSTD_EndDirective what = flags & G_CONVERTER_INPUT_AT_END ? ZSTD_e_end
				 : flags & G_CONVERTER_FLUSH	  ? ZSTD_e_flush
								  : ZSTD_e_continue;
	size_t left = ZSTD_compressStream2(ZSTD_COMPRESSOR(converter)->context, &out, &in, what);

	if (ZSTD_isError(left))
		return fault(error, G_IO_ERROR_FAILED, ZSTD_getErrorName(left));
	if (left == 0 && what != ZSTD_e_continue) {
		*bytes_read = in.pos;
		*bytes_written = out.pos;
		return what == ZSTD_e_end ? G_CONVERTER_FINISHED : G_CONVERTER_FLUSHED;
	}
	return step_done(&in, &out, bytes_read, bytes_written, error);
}

static void compressor_reset(GConverter *converter)
{
	ZSTD_CCtx_reset(ZSTD_COMPRESSOR(converter)->context, ZSTD_reset_session_only);
}

static GConverterResult decompressor_convert(GConverter *converter, const void *input,
					     gsize input_size, void *output, gsize output_size,
					     GConverterFlags flags, gsize *bytes_read,
					     gsize *bytes_written, GError **error)
{
	ZstdDecompressor *self = ZSTD_DECOMPRESSOR(converter);
	ZSTD_inBuffer in = { input, input_size, 0 };
	ZSTD_outBuffer out = { output, output_size, 0 };
	size_t left;

	*bytes_read = *bytes_written = 0;
	if (self->between && !input_size)
		return flags & G_CONVERTER_INPUT_AT_END
			       ? G_CONVERTER_FINISHED
			       : fault(error, G_IO_ERROR_PARTIAL_INPUT, "more is needed");
	left = ZSTD_decompressStream(self->context, &out, &in);
	if (ZSTD_isError(left))
		return fault(error, G_IO_ERROR_INVALID_DATA, ZSTD_getErrorName(left));
	self->between = left == 0;
	return step_done(&in, &out, bytes_read, bytes_written, error);
}

static void decompressor_reset(GConverter *converter)
{
	ZSTD_DCtx_reset(ZSTD_DECOMPRESSOR(converter)->context, ZSTD_reset_session_only);
}

static void compressor_iface_init(GConverterIface *iface)
{
	iface->convert = compressor_convert;
	iface->reset = compressor_reset;
}

static void decompressor_iface_init(GConverterIface *iface)
{
	iface->convert = decompressor_convert;
	iface->reset = decompressor_reset;
}

/* GLib's own macros. NOLINTBEGIN(performance-no-int-to-ptr) */
G_DEFINE_TYPE_WITH_CODE(ZstdCompressor, zstd_compressor, G_TYPE_OBJECT,
			G_IMPLEMENT_INTERFACE(G_TYPE_CONVERTER, compressor_iface_init))
G_DEFINE_TYPE_WITH_CODE(ZstdDecompressor, zstd_decompressor, G_TYPE_OBJECT,
			G_IMPLEMENT_INTERFACE(G_TYPE_CONVERTER, decompressor_iface_init))
/* NOLINTEND(performance-no-int-to-ptr) */

static void compressor_finalize(GObject *object)
{
	ZSTD_freeCCtx(ZSTD_COMPRESSOR(object)->context);
	G_OBJECT_CLASS(zstd_compressor_parent_class)->finalize(object);
}

static void zstd_compressor_class_init(ZstdCompressorClass *class)
{
	G_OBJECT_CLASS(class)->finalize = compressor_finalize;
}

static void zstd_compressor_init(ZstdCompressor *self)
{
	self->context = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(self->context, ZSTD_c_checksumFlag, 1);
}

static void decompressor_finalize(GObject *object)
{
	ZSTD_freeDCtx(ZSTD_DECOMPRESSOR(object)->context);
	G_OBJECT_CLASS(zstd_decompressor_parent_class)->finalize(object);
}

static void zstd_decompressor_class_init(ZstdDecompressorClass *class)
{
	G_OBJECT_CLASS(class)->finalize = decompressor_finalize;
}

static void zstd_decompressor_init(ZstdDecompressor *self)
{
	self->context = ZSTD_createDCtx();
}

GConverter *zstd_compressor_new(void)
{
	return g_object_new(zstd_compressor_get_type(), NULL);
}

GConverter *zstd_decompressor_new(void)
{
	return g_object_new(zstd_decompressor_get_type(), NULL);
}

#endif
