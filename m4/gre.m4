dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl AX_GRE_CFLAG(FLAG, [IF-KNOWN], [IF-NOT])
dnl Whether the compiler takes FLAG without a word; -Werror, because clang only warns of one it doesn't know.
AC_DEFUN([AX_GRE_CFLAG],
[AS_VAR_PUSHDEF([known], [gre_cv_cflag_$1])dnl
AC_CACHE_CHECK([whether $CC takes $1], [known],
  [gre_saved_cflags=$CFLAGS
   CFLAGS="$CFLAGS -Werror $1"
   AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])], [AS_VAR_SET([known], [yes])], [AS_VAR_SET([known], [no])])
   CFLAGS=$gre_saved_cflags])
AS_VAR_IF([known], [yes], [m4_default([$2], [:])], [m4_default([$3], [:])])
AS_VAR_POPDEF([known])dnl
])
