dnl SPDX-License-Identifier: GPL-3.0-or-later
dnl VCPUSIM_SANITIZERS: --enable-sanitizers[=LIST]; sets SANITIZER_CFLAGS for compiler and linker.
AC_DEFUN([VCPUSIM_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@],
      [build with sanitizers (default list: address,undefined)])],
    [], [enable_sanitizers=no])
  AS_CASE([$enable_sanitizers],
    [no], [SANITIZER_CFLAGS=],
    [yes], [vcpusim_list=address,undefined],
    [vcpusim_list=$enable_sanitizers])
  AS_IF([test "x$enable_sanitizers" != xno], [
    SANITIZER_CFLAGS="-fsanitize=$vcpusim_list -fno-omit-frame-pointer -fno-sanitize-recover=all"
    AC_MSG_CHECKING([whether programs link with $SANITIZER_CFLAGS])
    vcpusim_saved_cflags=$CFLAGS
    CFLAGS="$CFLAGS $SANITIZER_CFLAGS"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [AC_MSG_RESULT([yes])],
      [AC_MSG_RESULT([no]); AC_MSG_ERROR([cannot link with these sanitizers])])
    CFLAGS=$vcpusim_saved_cflags
  ])
  AC_SUBST([SANITIZER_CFLAGS])
  AM_CONDITIONAL([SANITIZERS], [test "x$enable_sanitizers" != xno])
])
