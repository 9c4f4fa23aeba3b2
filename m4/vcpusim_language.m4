dnl SPDX-License-Identifier: GPL-3.0-or-later
dnl VCPUSIM_LANGUAGE: gnu17, and no contraction of a * b + c. With contraction a compiler decides
dnl the last bit of a result; gcc and clang decide differently, and the bytes must be the same.
AC_DEFUN([VCPUSIM_LANGUAGE], [
  LANGUAGE_CFLAGS=
  VCPUSIM_TRY_CFLAG([-std=gnu17], [LANGUAGE_CFLAGS],
    [AC_MSG_ERROR([the compiler does not know -std=gnu17])])
  VCPUSIM_TRY_CFLAG([-ffp-contract=off], [LANGUAGE_CFLAGS])
  AC_SUBST([LANGUAGE_CFLAGS])
])

dnl VCPUSIM_TRY_CFLAG(FLAG, VARIABLE, [IF-NOT]): appends FLAG if the compiler takes it.
AC_DEFUN([VCPUSIM_TRY_CFLAG], [
  AC_MSG_CHECKING([whether $CC takes $1])
  vcpusim_saved_cflags=$CFLAGS
  CFLAGS="$CFLAGS -Werror $1"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
    [AC_MSG_RESULT([yes]); $2="$$2 $1"],
    [AC_MSG_RESULT([no]); m4_default([$3], [:])])
  CFLAGS=$vcpusim_saved_cflags
])
