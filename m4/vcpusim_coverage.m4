dnl SPDX-License-Identifier: GPL-3.0-or-later
dnl VCPUSIM_COVERAGE: --enable-coverage; `make check-coverage` then writes coverage/index.html.
AC_DEFUN([VCPUSIM_COVERAGE], [
  AC_ARG_ENABLE([coverage],
    [AS_HELP_STRING([--enable-coverage], [count executed lines (gcc and lcov)])],
    [], [enable_coverage=no])
  COVERAGE_CFLAGS=
  AC_CHECK_PROG([LCOV], [lcov], [lcov])
  AC_CHECK_PROG([GENHTML], [genhtml], [genhtml])
  AS_IF([test "x$enable_coverage" = xyes], [
    AS_IF([test -z "$LCOV" || test -z "$GENHTML"], [AC_MSG_ERROR([--enable-coverage needs lcov])])
    COVERAGE_CFLAGS="--coverage -O0"
  ])
  AC_SUBST([COVERAGE_CFLAGS])
  AM_CONDITIONAL([COVERAGE], [test "x$enable_coverage" = xyes])
])
