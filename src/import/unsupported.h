/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names what a file in an unsupported format seems to be. */
#ifndef GRE_UNSUPPORTED_H
#define GRE_UNSUPPORTED_H

#include "import/file.h"

/* What a file in an unsupported format seems to be, as the end of a sentence; NULL: unknown.
 * Static, untranslated. */
const char *gre_unsupported_name(const GreFile *file);

#endif
