dnl SPDX-License-Identifier: GPL-3.0-or-later
dnl VCPUSIM_WARNINGS: --enable-werror; sets WARN_CFLAGS.
AC_DEFUN([VCPUSIM_WARNINGS], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [treat warnings as errors (the CI does)])],
    [], [enable_werror=no])
  WARN_CFLAGS="-Wall -Wextra"
  m4_foreach_w([flag],
    [-Wmissing-prototypes -Wstrict-prototypes -Wpointer-arith -Wvla -Wwrite-strings -Wformat=2],
    [VCPUSIM_TRY_CFLAG([flag], [WARN_CFLAGS])])
  AS_IF([test "x$enable_werror" = xyes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
  AC_SUBST([WARN_CFLAGS])
])
